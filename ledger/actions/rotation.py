"""A new key follows the old one: announced in the record, both sign for a while, then the old one stops."""

from ledger.actions import record, signing
from ledger.models import Pending
from ledger.tlog.notes import Key, parse_vkey


def start(*, at) -> Key:
    """Make a second key and announce it; from the next checkpoint on both sign. Raises signing.Refused."""
    made = parse_vkey(signing.ask("add-key").decode().strip())
    record.append("log.key", at=at, vkey=str(made))
    return made


def finish(*, at) -> Key:
    """The old key stops signing, which the record says too. Raises signing.Refused while only one is in force."""
    old = parse_vkey(signing.ask("retire-key").decode().strip())
    record.append("log.key.retired", at=at, vkey=str(old))
    return old


def announce_missing(*, at) -> int:
    """Announce keys in force that the record does not name: a crash came between making and announcing."""
    known = {fact.fact["body"]["vkey"] for fact in Pending.objects.filter(kind__in=["log.genesis", "log.key"])}
    missing = [key for key in signing.keys_in_force() if str(key) not in known]
    for key in missing:
        record.append("log.key", at=at, vkey=str(key))
    return len(missing)
