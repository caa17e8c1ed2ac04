"""Facts to record and ways to get behind the record's protections."""

import os
import secrets
from contextlib import contextmanager

import psycopg
from django.db import connection

from ledger import facts, files, log
from ledger.actions import record, recording
from ledger.models import Pending
from ledger.tlog.tree import leaf_hash
from tests.parts import NOON


def hold(number: int = 0):
    """Any fact will do."""
    return record.append("hold.placed", at=NOON, recruitment="cpns", stage="skd", hold=number)


def grow(count: int, first: int = 0) -> None:
    """`count` facts more, recorded, published and signed."""
    made = []
    for number in range(first, first + count):
        body = {"recruitment": "cpns", "stage": "skd", "hold": number}
        text = facts.envelope("hold.placed", body, identifier=secrets.token_hex(16), at=record.instant(NOON))
        made.append(Pending(kind="hold.placed", body=text, leaf=leaf_hash(text), at=NOON))
    Pending.objects.bulk_create(made)
    recording.record_waiting(NOON)


def path(name: str = files.CHECKPOINT):
    return log.folder() / name


@contextmanager
def administrator():
    """A cursor of the server's superuser on the database of this test, outside any transaction."""
    name = connection.settings_dict["NAME"]
    url = os.environ["ADMIN_DATABASE_URL"]
    with psycopg.connect(url, dbname=name, autocommit=True) as admin, admin.cursor() as cursor:
        yield cursor


def behind_the_triggers(*statements: str) -> None:
    """What only somebody with the whole database in hand can do: switch protections off and change the past."""
    with administrator() as cursor:
        for table in ("ledger_entry", "ledger_node", "ledger_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
