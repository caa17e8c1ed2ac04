"""What an applicant holds in hand, checked by the verifier, which shares no code with the portal."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from ledger import log
from ledger.actions import recording
from ledger.models import Pending
from selection import receipts
from selection.actions import announcement, batches, keeping
from selection.actions import application as applications
from selection.models import ApplicationBatch, Opening, Receipt
from tests.parts import NOON, make_person, make_user
from tests.selection.applying import Vacancy
from tests.selection.story import DUE, Stage
from verifier import cli, policy
from verifier import receipt as outside
from verifier.report import PROMISED, Report

pytestmark = pytest.mark.usefixtures("own_database")
BACKEND = "django.contrib.auth.backends.ModelBackend"
NIK = "9901011505950001"


@pytest.fixture
def check(tmp_path, capsys):
    """Exit code and words of the verifier about a receipt, under the portal's own policy."""

    def run(body: dict, *more: str) -> tuple[int, str]:
        file = tmp_path / "bukti.json"
        file.write_text(json.dumps(body, ensure_ascii=False))
        code = cli.main(["receipt", str(file), "--policy", str(log.folder() / "policy"), *more])
        return code, capsys.readouterr().out

    return run


def sent(name: str = "alya", nik: str = NIK, vacancy: Vacancy | None = None):
    user = make_user(f"{name}@pelamar.example")
    draft = (vacancy or Vacancy()).draft(user, nik=nik)
    applications.submit(draft, by=user)
    draft.refresh_from_db()
    return draft


def in_an_hour():
    return timezone.now() + timedelta(minutes=30)


def test_at_submit_the_receipt_is_a_signed_promise(check):
    vacancy = Vacancy()
    keeping.keep(timezone.now() - timedelta(minutes=30))

    code, words = check(receipts.of_submission(sent(vacancy=vacancy)), "--me", f"nid={NIK}")

    assert code == PROMISED, words


def test_after_the_next_batch_it_completes_itself(check):
    application = sent()
    keeping.keep(in_an_hour())

    body = receipts.of_submission(application)

    assert check(body, "--me", f"nid={NIK}")[0] == 0, check(body)[1]
    assert receipts.is_recorded(application)
    assert "promise" not in body


def test_every_applicant_of_a_batch_holds_a_proof_of_their_own(check):
    vacancy = Vacancy()
    everybody = [sent(f"p{n}", f"99010115059500{n:02d}", vacancy) for n in range(5)]
    keeping.keep(in_an_hour())

    bodies = [receipts.of_submission(one) for one in everybody]

    assert [check(body)[0] for body in bodies] == [0] * 5
    assert len({body["commitment"] for body in bodies}) == 5
    assert ApplicationBatch.objects.latest("pk").count == 5


@pytest.mark.parametrize(
    "change", [{"name": "Orang Lain"}, {"nid": "9901011505950002"}, {"at": "2026-01-01T00:00:00Z"}]
)
def test_a_receipt_that_was_changed_proves_nothing(check, change):
    application = sent()
    keeping.keep(in_an_hour())
    body = receipts.of_submission(application)

    body["opening"] |= change

    assert check(body)[0] == 1


def test_a_batch_is_written_every_ten_minutes_also_when_nobody_applied():
    Vacancy()
    now = timezone.now()

    for minutes in (0, 4, 9, 10, 15, 21):
        batches.record_batch(now + timedelta(minutes=minutes))

    assert list(ApplicationBatch.objects.order_by("pk").values_list("count", flat=True)) == [0, 0, 0]
    assert Pending.objects.filter(kind="applications.batch").count() == 3


def test_no_batch_is_written_while_nobody_can_apply():
    assert batches.record_batch(NOON) is None


def test_who_was_missed_is_in_the_next_batch_and_nobody_in_two():
    vacancy, now = Vacancy(), timezone.now()
    first = sent("satu", "9901011505950001", vacancy)
    batches.record_batch(now + timedelta(minutes=1))
    second = sent("dua", "9901011505950002", vacancy)
    batches.record_batch(now + timedelta(minutes=12))
    batches.record_batch(now + timedelta(minutes=23))

    places = [one.receipt.leaf.batch_id for one in (first, second)]

    assert len(set(places)) == 2
    assert list(ApplicationBatch.objects.order_by("pk").values_list("count", flat=True)) == [1, 1, 0]


def test_a_promise_that_was_not_kept_is_said_aloud_and_the_receipt_is_evidence(caplog):
    vacancy = Vacancy()
    keeping.keep(timezone.now() - timedelta(minutes=30))
    body = receipts.of_submission(sent(vacancy=vacancy))
    late = timezone.now() + timedelta(hours=2)

    batches.record_batch(late)

    assert "1 promises to applicants were broken" in caplog.text
    held, believed = json.dumps(body).encode(), policy.read((log.folder() / "policy").read_bytes())
    assert outside.check(held, believed, Report(), me={}, now=timezone.now()) == PROMISED
    assert outside.check(held, believed, Report(), me={}, now=late) == 1


def test_who_was_promised_nothing_raises_no_alarm(caplog):
    """Sent before the record began: there was no checkpoint to stand beside a promise."""
    application = sent()
    assert application.receipt.promise == ""

    batches.record_batch(timezone.now() + timedelta(hours=2))

    assert application.receipt.leaf.batch.count == 1
    assert "promises" not in caplog.text


def test_a_result_is_proved_by_the_persons_own_row(check):
    alya = make_user("alya@contoh.example")
    story = Stage(12, owners=(alya,)).ready()
    announcement.announce_due(DUE)
    found = story.stage.announcements.public().get()

    body = receipts.of_result(story.people[0], found)

    code, words = check(body)
    assert code == 0, words
    assert body["opening"]["p"] == story.people[0].participant_number
    assert json.loads(body["row"])["p"] == story.people[0].participant_number


def test_a_correction_gives_a_receipt_of_its_own_and_the_first_one_stays_valid(check):
    alya = make_user("alya@contoh.example")
    story = Stage(12, owners=(alya,)).ready()
    announcement.announce_due(DUE)
    first = receipts.of_result(story.people[0], story.stage.announcements.get(version=1))
    story.correct(p0=66, reason="Nilai TWK salah ketik.")
    announcement.announce_due(DUE + timedelta(hours=3))

    second = receipts.of_result(story.people[0], story.stage.announcements.get(version=2))

    assert check(first)[0] == check(second)[0] == 0
    assert first["commitment"] != second["commitment"]


def test_one_row_cannot_be_shown_to_two_people(check):
    alya, budi = make_user("alya@contoh.example"), make_user("budi@contoh.example")
    story = Stage(12, owners=(alya, budi)).ready()
    announcement.announce_due(DUE)
    found = story.stage.announcements.get()
    mine, theirs = (receipts.of_result(one, found) for one in story.people[:2])

    mine |= {name: theirs[name] for name in ("row", "index", "path")}

    assert check(mine)[0] == 1


def test_every_row_of_a_list_carries_another_commitment_and_the_root_stands_in_the_record():
    Stage(30).ready()
    announcement.announce_due(DUE)
    folder = announcement.public_folder("2026-1", 1)

    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]

    assert len({row["c"] for row in rows}) == 30
    fact = json.loads(bytes(Pending.objects.get(kind="announcement.frozen").body))
    from verifier.tree import leaf_hash, root

    lines = (folder / "rows.jsonl").read_bytes().splitlines()
    assert fact["body"]["rows_root"] == root([leaf_hash(line) for line in lines]).hex()


def test_erasing_salt_and_opening_leaves_everybody_elses_proof_valid(check):
    vacancy = Vacancy()
    alya, budi = sent("alya", "9901011505950001", vacancy), sent("budi", "9901011505950002", vacancy)
    keeping.keep(in_an_hour())
    kept_by_alya = receipts.of_submission(alya)

    Opening.objects.filter(application=alya).delete()
    type(alya).objects.filter(pk=alya.pk).update(salt="")
    alya.refresh_from_db()

    assert receipts.of_submission(type(alya).objects.get(pk=alya.pk)) is None
    assert check(receipts.of_submission(budi))[0] == 0
    assert check(kept_by_alya)[0] == 0  # she may keep her own


def test_what_was_bound_is_written_once():
    application = sent()

    for change in ({"commitment": "x"}, {"promise": "x"}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Receipt.objects.filter(application=application).update(**change)


def test_a_name_that_is_changed_later_does_not_spoil_the_receipt(check):
    application = sent()
    Person.objects.filter(pk=application.person_id).update(name="Nama Baru")
    keeping.keep(in_an_hour())

    assert check(receipts.of_submission(application), "--me", "name=Alya Uji")[0] == 0


def test_only_the_owner_downloads_a_receipt():
    application = sent()
    keeping.keep(in_an_hour())
    stranger = make_user("budi@pelamar.example")

    for who, status in ((application.user, 200), (stranger, 404)):
        client = Client()
        client.force_login(who, backend=BACKEND)
        for name in ("bukti.json", "bukti.svg"):
            answer = client.get(f"/lamaran/{application.ref}/{name}")
            assert answer.status_code == status
            assert answer.headers["Cache-Control"] == "private, no-store"
    client = Client()
    client.force_login(application.user, backend=BACKEND)
    assert "Tercatat" in client.get(f"/lamaran/{application.ref}/pantau/").content.decode()
    assert b"bukti.json" in client.get(f"/lamaran/{application.ref}/bukti/").content


def test_the_owner_downloads_the_receipt_of_a_result():
    alya = make_user("alya@contoh.example")
    make_person(alya)
    story = Stage(12, owners=(alya,)).ready()
    client = Client()
    client.force_login(alya, backend=BACKEND)
    address = f"/lamaran/{story.people[0].ref}/hasil/2026-1/v1/bukti.json"
    assert client.get(address).status_code == 404  # not before it is public

    announcement.announce_due(DUE)

    assert client.get(address).json()["kind"] == "result"


def test_the_record_says_nothing_personal_about_an_application():
    sent()
    keeping.keep(in_an_hour())
    recording.record_waiting(in_an_hour())

    everything = b"".join(path.read_bytes() for path in log.folder().rglob("*") if path.is_file())

    for canary in (NIK, "Alya Uji", "1995-05-15", "081234567890"):
        assert canary.encode() not in everything
