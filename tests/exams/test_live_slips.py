"""The own score slip: in hand in the same minute, checked by the verifier, closed to everybody else."""

import json

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from exams import live_slips
from exams.models import LiveDelivery, LiveRow
from ledger import log
from ledger.actions import recording
from ledger.models import Entry, Pending
from ledger.tlog import canon
from tests.exams.live_room import Room
from tests.parts import make_user
from verifier import cli

pytestmark = pytest.mark.usefixtures("own_database")
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Slip:
    """Alya sat with eleven others; the scores arrived and the keeper rang once."""

    def __init__(self):
        self.alya = make_user("alya@pelamar.example", name="Alya")
        self.room = Room(12, owners=[self.alya])
        self.delivery, _new = self.room.bring(self.room.lines(twk=97))
        recording.record_waiting(self.room.now)
        self.application = self.room.story.people[0]
        self.row = LiveRow.objects.get(score__application=self.application)
        self.address = f"/lamaran/{self.application.ref}/nilai-layar/"
        self.file = f"{self.address}{self.row.pk}.json"

    def as_user(self, user) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client


@pytest.fixture
def slip():
    return Slip()


@pytest.fixture
def check(tmp_path, capsys):
    """Exit code and words of the verifier about a slip, under the portal's own policy."""

    def run(body: dict, *more: str) -> tuple[int, str]:
        file = tmp_path / "nilai.json"
        file.write_text(json.dumps(body, ensure_ascii=False))
        code = cli.main(["receipt", str(file), "--policy", str(log.folder() / "policy"), *more])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_the_slip_is_in_hand_and_holds_without_the_portal(slip, check):
    mine = slip.as_user(slip.alya)

    page, answer = mine.get(slip.address), mine.get(slip.file)

    assert "Tercatat" in page.content.decode() and ">377<" in page.content.decode()
    assert page.headers["Cache-Control"] == answer.headers["Cache-Control"] == "private, no-store"
    body = answer.json()
    assert body["opening"]["scores"] == {"tiu": "100", "tkp": "180", "twk": "97"}
    code, words = check(body, "--me", f"nid={body['opening']['nid']}")
    assert code == 0, words
    assert "twk 97" in words
    assert mine.get(slip.file.replace(".json", ".svg")).headers["Content-Type"] == "image/svg+xml"
    assert slip.address in mine.get(f"/lamaran/{slip.application.ref}/pantau/").content.decode()


def test_before_the_record_holds_it_the_page_says_so_and_gives_no_file(slip):
    slip.room.bring(slip.room.lines(minutes=1, twk=99))
    mine = slip.as_user(slip.alya)

    page = mine.get(slip.address).content.decode()

    newest = LiveRow.objects.filter(score__application=slip.application).latest("score__shown_at")
    assert "sedang dicatat" in page and "Nilai di bawah ini lebih lama" in page
    assert mine.get(f"{slip.address}{newest.pk}.json").status_code == 404
    assert mine.get(slip.file).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        lambda body: body["opening"]["scores"].update(twk="150"),
        lambda body: body["opening"].update(name="Budi"),
        lambda body: body["opening"].update(session="lain"),
        lambda body: body.update(index=body["index"] + 1),
        lambda body: body.update(kind="submission"),
        lambda body: body.update(path=body["path"][::-1]),
        lambda body: body.update(entry=body["entry"].replace('"rows":12', '"rows":11')),
    ],
)
def test_a_slip_that_was_changed_proves_nothing(slip, check, changed):
    body = live_slips.of(slip.row)
    assert check(body)[0] == 0  # the twin: as it was given out
    changed(body)

    assert check(body)[0] not in (0, 3)


def test_a_slip_of_a_better_score_that_nobody_saw_does_not_fit_the_record(slip, check):
    """A bribed official makes a whole new slip: right in itself, and not in the delivery."""
    row = slip.row
    row.score.values = [150, 100, 180]
    real = row.commitment
    opening = live_slips._opening(
        slip.application, row.delivery.session, row.room, row.score.shown_at, row.score.components, row.score.values
    )
    row.commitment = live_slips._commitment(slip.application, opening)
    forged = live_slips.of(row)

    assert forged["commitment"] != real
    assert check(forged)[0] not in (0, 3)


def test_the_record_holds_one_root_of_a_delivery_and_no_score(slip):
    fact = slip.delivery.fact
    body = canon.load(bytes(fact.body))["body"]

    assert body.keys() == {"recruitment", "stage", "session", "delivery", "rows", "root"}
    assert (body["session"], body["delivery"], body["rows"]) == (slip.room.session.slug, 1, 12)
    assert Entry.objects.filter(body=bytes(fact.body)).exists()
    slip.room.bring(slip.room.lines(twk=97) + b"\n")  # other bytes, nothing new
    assert Pending.objects.filter(kind="scores.shown").count() == 1


def test_a_delivery_that_the_record_does_not_know_is_refused(slip):
    def bring():
        LiveDelivery.objects.create(
            session=slip.room.session, sequence=7, sha256="0" * 64, rows=1, same=0, by=slip.room.story.pia,
            received_at=slip.room.now,
        )  # fmt: skip

    with pytest.raises(DatabaseError, match="live_delivery_is_recorded"), transaction.atomic():
        bring()
    with connection.cursor() as cursor:  # the twin
        cursor.execute("ALTER TABLE exams_livedelivery DROP CONSTRAINT live_delivery_is_recorded")
    bring()


def test_a_rival_and_a_visitor_do_not_see_the_slip(slip):
    rival = slip.as_user(make_user("saingan@pelamar.example"))
    cache.clear()

    for address in (slip.address, slip.file, slip.file.replace(".json", ".svg")):
        assert rival.get(address).status_code == 404
        assert Client().get(address).status_code == 302
        assert slip.as_user(slip.room.story.pia).get(address).status_code in (302, 403, 404)
        assert slip.as_user(slip.alya).get(address).status_code == 200  # the twin


def test_after_erasure_of_the_secret_nothing_can_be_opened(slip):
    slip.application.salt = "lain"
    row = LiveRow.objects.get(pk=slip.row.pk)
    row.score.application.salt = "lain"

    assert live_slips.of(row) is None
