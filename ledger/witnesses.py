"""Who is asked to vouch for the record, and how many of them it takes: read from the settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from ledger.tlog.notes import Key
from ledger.tlog.policy import Policy, parse_policy
from ledger.tlog.scalars import TlogError, dec

QUORUM = "quorum-of-witnesses"


@dataclass(frozen=True)
class Asked:
    """A witness that the settings name; `label` is how the tables know it."""

    key: Key
    url: str

    @property
    def label(self) -> str:
        return label_of(self.key)


def label_of(key: Key) -> str:
    return f"{key.name}+{key.id.hex()}"


def asked(policy: Policy) -> list[Asked]:
    """The witnesses with an address, in the order of the policy. Raises TlogError for an address that cannot be asked."""
    return [Asked(key, _checked(policy.urls[name])) for name, key in policy.witnesses.items() if name in policy.urls]


def policy_text(log_keys: Iterable[Key]) -> str:
    """Whom a reader should expect to have signed, as a tlog-policy."""
    return "".join(f"log {key}\n" for key in log_keys) + _rules()


def policy(log_keys: Iterable[Key]) -> Policy:
    """Raises TlogError where the settings do not make one."""
    return parse_policy(policy_text(log_keys))


def _rules() -> str:
    if settings.LOG_POLICY:
        return Path(settings.LOG_POLICY).read_text()
    return built(settings.WITNESSES, settings.WITNESS_QUORUM)


def built(lines: list[str], quorum: str) -> str:
    """The lines witness, group and quorum out of "vkey address [group]" and a number.

    Without groups the number counts witnesses; with them it counts groups, and any one member speaks for its
    group. Everything finer is written into the file LOG_POLICY.
    """
    text, groups = "", {}
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if len(parts) not in (2, 3):
            raise TlogError(f"witness {number}: not a vkey, an address and perhaps a group")
        text += f"witness w{number} {parts[0]} {parts[1]}\n"
        groups.setdefault("".join(parts[2:]), []).append(f"w{number}")
    if len(groups) > 1 and "" in groups:
        raise TlogError("either all witnesses have a group or none has")
    members = groups.pop("", None)
    for name, some in groups.items():
        text += f"group {name} any {' '.join(some)}\n"
    members = members or list(groups)
    needed = dec(quorum) if quorum else len(members) // 2 + 1 if members else 0
    if not needed:
        return f"{text}quorum none\n"
    if needed > len(members):
        raise TlogError("the quorum is larger than the number of those who could meet it")
    return f"{text}group {QUORUM} {needed} {' '.join(members)}\nquorum {QUORUM}\n"


def _checked(url: str) -> str:
    parts = urlsplit(url)
    safe = {"https"} if settings.PROFILE == "production" else {"https", "http"}
    if parts.scheme not in safe or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise TlogError(f"a witness cannot be asked at {url}: https://host/path")
    return url.rstrip("/")
