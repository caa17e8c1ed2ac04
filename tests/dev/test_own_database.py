from threading import Thread

from django.db import connection, connections

from accounts.models import User
from ledger.actions import record
from ledger.models import Pending
from tests.parts import NOON


def test_a_commit_in_one_thread_is_seen_by_another(own_database):
    seen = []

    def look():
        seen.append(User.objects.filter(email="alya@contoh.example").count())
        connections.close_all()

    User.objects.create_user("alya@contoh.example")
    thread = Thread(target=look)
    thread.start()
    thread.join()

    assert seen == [1]


def test_each_test_begins_without_the_rows_of_the_last(own_database):
    assert User.objects.count() == 0
    assert connection.settings_dict["NAME"].endswith("_clone")


def test_append_only_tables_survive_because_the_clone_is_dropped(own_database):
    record.append(
        "delay.noticed",
        at=NOON,
        recruitment="r",
        stage="s",
        number="T-2026-1",
        due="2026-11-02T05:00:00Z",
        issues=1,
    )

    assert Pending.objects.count() == 1
