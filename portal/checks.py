"""What a production installation must have, asked by `manage.py check` and before each migration."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

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
