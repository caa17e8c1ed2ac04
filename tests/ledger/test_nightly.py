import logging

import pytest

from ledger import audit, tasks
from tests.ledger.parts import grow, path
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")


def test_the_night_finds_a_changed_file_and_says_so(caplog):
    grow(3)
    file = next(path("tile/entries").rglob("000.p/*"))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    with working_as("portal_work"):
        tasks.verify_record()

    assert "tile/entries/000.p" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_whole_record_passes_the_night_in_silence(caplog):
    grow(3)

    with working_as("portal_work"):
        tasks.verify_record()

    assert caplog.records == []


def test_a_record_that_grows_while_it_is_read_is_no_alarm(caplog, monkeypatch):
    grow(3)
    real, left = audit.Whole._pending, [4, 5]

    def meanwhile(whole):
        if left:
            grow(2, first=left.pop())
        yield from real(whole)

    monkeypatch.setattr(audit.Whole, "_pending", meanwhile)

    assert list(audit.Whole().problems()) != [], "the twin: read once, it looks like a difference"
    tasks.verify_record()

    assert left == []
    assert caplog.records == []
