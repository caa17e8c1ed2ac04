"""Facts that were written down before the record existed enter it once, marked late."""

import hashlib
import json

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ledger import facts
from ledger.models import Pending

OLD = {
    "hold.lifted": {"as": "team", "hold": 3, "reason": "Canary: sudah jelas.", "recruitment": "r", "stage": "skd"},
    "registration.closed": {"applications": 0, "recruitment": "r", "stage": "daftar"},
}


@pytest.fixture
def before_the_record(own_database):
    """The tables of the first release, with its facts in their old form."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    MigrationExecutor(connection).migrate([("ledger", "0001_initial")])
    for kind, body in OLD.items():
        text = json.dumps(
            body | {"kind": kind, "at": "2026-10-01T01:02:03Z"},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_pending (kind, body, digest, at) VALUES (%s, %s, %s, '2026-10-01 01:02:03Z')",
                [kind, text, hashlib.sha256(text.encode()).hexdigest()],
            )


def test_old_facts_get_the_envelope_marked_late_and_their_sentences_are_kept_apart(before_the_record):
    MigrationExecutor(connection).migrate([("ledger", "0002_the_record")])

    lifted, closed = Pending.objects.order_by("pk")
    first, second = facts.check(bytes(lifted.body)), facts.check(bytes(closed.body))
    assert (first["type"], first["late"], first["at"]) == ("hold.lifted", True, "2026-10-01T01:02:03Z")
    assert (second["type"], second["late"], second["body"]) == ("registration.closed", True, OLD["registration.closed"])
    assert lifted.wordings.get().text == "Canary: sudah jelas."
    assert b"Canary" not in bytes(lifted.body)
    assert (lifted.n, closed.n) == (None, None)


def test_the_triggers_of_the_record_fire_in_every_session(own_database):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relname LIKE 'ledger_%%' AND t.tgname LIKE 'pgtrigger_%%'"
        )
        found = cursor.fetchall()

    assert len(found) == 16
    assert [name for _table, name, when in found if when != "A"] == []
