"""What a production installation must have, asked by `manage.py check` and before each migration."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

from ledger import witnesses
from ledger.tlog.notes import LOG, Key
from ledger.tlog.scalars import TlogError

# A policy needs the key of a log; before the first entry there is none. This one is from RFC 8032, test 1.
ANY_LOG = Key("a.log", LOG, bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
DURABLE = {"fsync": "on", "full_page_writes": "on", "data_checksums": "on"}


@register(Tags.database)
def database_keeps_what_it_acknowledges(app_configs=None, databases=None, **kwargs) -> list:
    """In production the server must write through: an application that got its receipt is never lost."""
    if settings.PROFILE != "production":
        return []
    found = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            for name in (*DURABLE, "synchronous_commit", "synchronous_standby_names"):
                cursor.execute(f"SHOW {name}")
                found += _judged(name, cursor.fetchone()[0])
    return found


@register()
def witnesses_make_a_policy(app_configs=None, **kwargs) -> list:
    """Who vouches for the record is read from the settings at every round: better that they are right at the start."""
    try:
        witnesses.asked(witnesses.policy([ANY_LOG]))
    except (TlogError, OSError) as error:
        return [Error(f"WITNESSES, WITNESS_QUORUM or LOG_POLICY: {error}", id="portal.E002")]
    return []


def _judged(name: str, value: str) -> list:
    if name in DURABLE and value != DURABLE[name]:
        return [Error(f"PostgreSQL runs with {name} = {value}; it must be {DURABLE[name]}.", id="portal.E001")]
    if name == "synchronous_commit" and value in ("off", "local"):
        return [Error(f"PostgreSQL runs with synchronous_commit = {value}; it must be on.", id="portal.E001")]
    if name == "synchronous_standby_names" and not value:
        return [
            Warning(
                "No second machine receives the write-ahead log: losing the disk loses applications.",
                hint="Set synchronous_standby_names to a receiver (pg_receivewal --synchronous).",
                id="portal.W001",
            )
        ]
    return []
