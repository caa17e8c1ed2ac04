"""A person is erased: nothing personal is left, and everybody else's proofs stay valid."""

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess, Person, User
from accounts.roles import Role
from ledger import log
from portal.grants import KEEPER, WEB, WORK
from portal.personal_fields import PERSONAL
from publishing.actions.publication import publish, queue_for
from publishing.models import Delivery, Publication
from selection import receipts
from selection.actions import application as applications
from selection.actions import erasure, expiry, keeping
from selection.models import Application, Document, Erasure, Opening, Review, ReviewItem, Step
from tests.parts import DAY, enrol, make_person, make_requirement, make_user
from tests.roles import working_as
from tests.selection.applying import Vacancy
from tests.selection.story import DUE, Stage
from tests.told import told_once
from verifier import cli

BACKEND = "django.contrib.auth.backends.ModelBackend"
LATER = DUE + 30 * DAY


class Cast:
    """Two applicants with files of their own in one finished selection: alya is erased, budi stays."""

    def __init__(self):
        self.alya, self.budi = make_user("alya@pelamar.example"), make_user("budi@pelamar.example")
        for user, nik in ((self.alya, "9901011505950001"), (self.budi, "9901011505950002")):
            make_person(user, nik=nik)
        self.story = Stage(people=12, owners=(self.alya, self.budi)).ready()
        self.pia, self.rudi = self.story.pia, self.story.rudi
        self.mine, self.other = self.alya.applications.get(), self.budi.applications.get()
        keeping.keep(DUE)
        self.announced = self.story.stage.announcements.get()

    def ask(self, at=LATER, by=None):
        return erasure.ask(self.mine, reason="request", letter="100/2026", by=by or self.pia, at=at)

    def erase(self):
        erasure.approve(self.ask(), by=self.rudi, at=LATER)
        return erasure.erase_due(LATER)


whole, cast = told_once("whole", Cast, commits=True)


def sent(user, nik, vacancy):
    draft = vacancy.draft(user, nik=nik)
    applications.submit(draft, by=user)
    draft.refresh_from_db()
    return draft


def verify(tmp_path, body) -> int:
    file = tmp_path / "bukti.json"
    file.write_text(json.dumps(body, ensure_ascii=False))
    return cli.main(["receipt", str(file), "--policy", str(log.folder() / "policy")])


def everything_stored() -> str:
    """The whole database as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            found.append(cursor.fetchone()[0])
    return "\n".join(found)


def test_of_somebody_who_applied_here_nothing_personal_is_left(own_database, tmp_path):
    """The whole road: a draft, documents, a submit with its letter, a look at the file, a second account beside."""
    vacancy = Vacancy(closes_in=timedelta(hours=1))
    alya, budi = make_user("alya@pelamar.example"), make_user("budi@pelamar.example")
    mine = sent(alya, "9901011505950001", vacancy)
    other = sent(budi, "9901011505950002", vacancy)
    person, files = mine.person, [one.file.name for one in mine.documents.all()]
    theirs = other.documents.get(requirement=vacancy.letter)
    Document.objects.filter(pk=theirs.pk).update(file=files[0])  # a store that keeps equal bytes once
    secrets = (person.nik_index, mine.salt, mine.once_key)
    FileAccess.objects.create(
        person=person, subject=mine.ref, by=vacancy.rudi, role="verifier", purpose="verifikasi", at=timezone.now()
    )
    over = timezone.now() + 2 * DAY
    keeping.keep(over)
    pia, rudi = make_user("pia@contoh.example", Role.PREPARER), make_user("rina@contoh.example", Role.PUBLISHER)

    asked = erasure.ask(mine, reason="request", letter="100/2026", by=pia, at=over)
    erasure.approve(asked, by=rudi, at=over)
    assert erasure.erase_due(over) == 1

    left = everything_stored()
    assert [word for word in ("alya@pelamar", *secrets) if word in left] == []
    assert "budi@pelamar" in left
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not Document.objects.filter(application=mine).exists()
    assert not Opening.objects.filter(application=mine).exists()
    assert [default_storage.exists(name) for name in files] == [True, False]
    assert all(default_storage.exists(one.file.name) for one in other.documents.all())
    assert FileAccess.objects.get(subject=mine.ref).person is None
    letter = Publication.objects.get(source=f"receipt:{mine.receipt.number}")
    assert (letter.subject, letter.body) == ("", "")
    assert Publication.objects.get(source=f"receipt:{other.receipt.number}").body
    assert receipts.of_submission(mine) is None
    assert verify(tmp_path, receipts.of_submission(other)) == 0
    mine.refresh_from_db()
    assert mine.participant_number and mine.receipt.commitment


def test_results_and_everybody_elses_proofs_stay_valid(cast, tmp_path, capsys):
    before = receipts.of_result(cast.mine, cast.announced)

    assert cast.erase() == 1

    assert cli.main(["record", str(settings.PUBLIC_ROOT)]) == 0, capsys.readouterr().out
    place = settings.PUBLIC_ROOT / "pengumuman" / cast.announced.number / "v1"
    assert cli.main(["announcement", "--files-only", str(place)]) == 0, capsys.readouterr().out
    assert verify(tmp_path, receipts.of_result(cast.other, cast.announced)) == 0
    assert verify(tmp_path, before) == 0  # what the person kept still proves it
    cast.mine.refresh_from_db()
    assert cast.mine.outcomes.get().rank and cast.mine.scores.exists()
    assert cast.mine.person is None and cast.mine.salt == ""


def test_every_personal_field_of_the_person_is_gone(cast):
    """Walks the table of personal fields: no row that belonged to the person keeps one."""
    Step.objects.create(application=cast.mine, old="draft", new="submitted", at=DUE, because="Ibu saya sakit.")
    cast.erase()

    mine, user = Application.objects.get(pk=cast.mine.pk), User.objects.get(pk=cast.alya.pk)
    assert not {name for name, line in PERSONAL.items() if line.erased and name.startswith("selection.Application.")
                and getattr(mine, name.rpartition(".")[2])}  # fmt: skip
    assert not user.is_active and not user.has_usable_password()
    assert (user.name, user.email) == ("", f"terhapus-{user.pk}@terhapus.invalid")
    assert set(mine.steps.values_list("because", flat=True)) == {""}
    assert not Person.objects.filter(user=user).exists()
    assert Person.objects.filter(user=cast.budi).exists()


def test_a_letter_that_waits_is_not_sent_any_more(cast):
    waiting = Delivery.objects.filter(recipient=cast.alya)
    waiting.update(state="queued", sent_at=None)
    cast.erase()

    assert set(waiting.values_list("state", flat=True)) == {"failed"}


def test_a_letter_to_one_is_emptied_and_news_for_everybody_stays(cast):
    """Also where only this person happened to be written to."""
    letters = {
        "changed:2026-1:v1:1": publish(source="changed:2026-1:v1:1", subject="Anda", body="b", url="/", at=DUE),
        "news:1": publish(source="news:1", subject="Semua", body="b", url="/", at=DUE),
    }
    Publication.objects.filter(source="news:1").update(for_all=True)
    for one in letters.values():
        queue_for(one, User.objects.filter(pk=cast.alya.pk), at=DUE)
    cast.erase()

    assert dict(Publication.objects.filter(source__in=letters).values_list("source", "subject")) == {
        "changed:2026-1:v1:1": "",
        "news:1": "Semua",
    }


def test_while_the_selection_runs_nobody_is_erased(cast):
    running = sent(cast.alya, "9901011505950001", Vacancy())

    with pytest.raises(erasure.NotErasable, match="belum selesai"):
        cast.ask(at=timezone.now())
    assert Person.objects.filter(user=cast.alya).exists() and running.pk


def test_a_result_that_waits_keeps_the_files(own_database):
    story = Stage(people=3, owners=(make_user("alya@pelamar.example"),)).ready()

    with pytest.raises(erasure.NotErasable, match="belum selesai"):
        erasure.ask(story.people[0], reason="request", letter="1", by=story.pia, at=DUE + DAY)


def test_whoever_asks_does_not_approve(cast):
    asked = cast.ask()

    with pytest.raises(erasure.NotAllowed):
        erasure.approve(asked, by=cast.pia, at=LATER)
    assert erasure.erase_due(LATER) == 0


@pytest.mark.parametrize("by", ["pia", "rudi"])
def test_whoever_judged_the_file_takes_no_part(cast, by):
    Review.objects.create(
        application=cast.mine, stage=cast.story.stage, seat=1, verifier=getattr(cast, by), taken_at=DUE
    )

    with pytest.raises(erasure.NotAllowed, match="memeriksa"):
        erasure.approve(cast.ask(), by=cast.rudi, at=LATER)


def test_the_database_refuses_an_erasure_by_one_person_alone(cast):
    asked = cast.ask()

    for wrong in ({"approved_by": cast.pia, "approved_at": LATER}, {"done_at": LATER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Erasure.objects.filter(pk=asked.pk).update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(letter="lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).delete()


def test_what_a_verifier_wrote_is_emptied_and_never_rewritten(cast):
    requirement = make_requirement(cast.story.recruitment, "ijazah")
    review = Review.objects.create(
        application=cast.mine, stage=cast.story.stage, seat=1, verifier=make_user("v@contoh.example"), taken_at=DUE
    )
    item = ReviewItem.objects.create(review=review, requirement=requirement, met=True, detail="Ijazah a.n. Alya")

    for wrong in ({"detail": "lain"}, {"met": False}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReviewItem.objects.filter(pk=item.pk).update(**wrong)
    cast.erase()

    assert ReviewItem.objects.get(pk=item.pk).detail == ""


def test_twice_is_once(cast):
    assert cast.erase() == 1
    done = Erasure.objects.get()

    assert erasure.erase_due(LATER + DAY) == 0
    assert not erasure.erase(done, at=LATER + DAY)
    assert len(settings.ERASURE_LIST.read_text().splitlines()) == 1


def test_a_restored_backup_is_erased_again(cast):
    """The restored database knows neither the erasure nor its row; the list beside it does."""
    cast.erase()
    cast.mine.refresh_from_db()
    back = make_person(nik="9901011505950001")
    Application.objects.filter(pk=cast.mine.pk).update(person=back, salt="0" * 64)
    User.objects.filter(pk=cast.alya.pk).update(email="alya@pelamar.example", is_active=True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_erasure DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM selection_erasure")

    call_command("erase_expired", "--replay", "--at", LATER.isoformat())

    assert not Person.objects.filter(pk=back.pk).exists()
    assert User.objects.get(pk=cast.alya.pk).email.endswith("@terhapus.invalid")
    assert User.objects.get(pk=cast.budi.pk).is_active


def test_whoever_applied_again_keeps_person_and_account(cast):
    erasure.approve(cast.ask(), by=cast.rudi, at=LATER)
    again = sent(cast.alya, "9901011505950001", Vacancy())

    erasure.erase_due(LATER)

    again.refresh_from_db()
    assert again.person and again.documents.count() == 2
    assert User.objects.get(pk=cast.alya.pk).is_active
    cast.mine.refresh_from_db()
    assert cast.mine.person is None and not Opening.objects.filter(application=cast.mine).exists()


def test_only_the_worker_erases(cast):
    erasure.approve(cast.ask(), by=cast.rudi, at=LATER)

    for role in (WEB, KEEPER):
        with working_as(role):
            assert erasure.erase_due(LATER) == 0
    assert Person.objects.filter(user=cast.alya).exists()
    with working_as(WORK):
        assert erasure.erase_due(LATER) == 1
    assert not Person.objects.filter(user=cast.alya).exists()


def test_the_worker_gives_nobody_a_name(cast):
    with working_as(WORK), pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=cast.budi.pk).update(is_staff=True, requires_second_factor=True)
    with working_as(WORK), pytest.raises(DatabaseError), transaction.atomic():
        FileAccess.objects.filter(pk=0).update(purpose="lain")


def test_what_is_past_its_time_goes_by_itself(cast, settings):
    settings.RETENTION_DAYS = 10
    national = Application.objects.filter(national_number__isnull=False, user=None)
    answers = cast.mine.answers
    answers.accommodation = "Kursi roda"
    answers.save()
    User.objects.update(date_joined=DUE)

    assert expiry.erase_expired(DUE + 5 * DAY) == 0
    assert expiry.erase_expired(DUE + 11 * DAY) == 12

    assert not Person.objects.exists()
    assert not national.exclude(national_number__startswith="terhapus:").exists()
    assert set(Erasure.objects.values_list("reason", flat=True)) == {"expired"}
    assert expiry.erase_expired(DUE + 12 * DAY) == 0
    assert not User.objects.get(pk=cast.alya.pk).is_active and User.objects.get(pk=cast.pia.pk).is_active


def test_the_account_of_whoever_still_signs_in_stays(cast, settings):
    settings.RETENTION_DAYS = 10
    User.objects.update(date_joined=DUE)
    User.objects.filter(pk=cast.alya.pk).update(last_login=DUE + 9 * DAY)

    expiry.erase_expired(DUE + 11 * DAY)

    assert User.objects.get(pk=cast.alya.pk).is_active
    assert Person.objects.filter(user=cast.alya).exists()
    assert not Person.objects.filter(user=cast.budi).exists()


def test_answers_about_health_go_first(cast):
    answers = cast.mine.answers
    answers.accommodation = "Kursi roda"
    answers.save()

    expiry.erase_expired(DUE + 91 * DAY)

    answers.refresh_from_db()
    assert not answers.accommodation and answers.level
    assert Person.objects.filter(user=cast.alya).exists()


def test_a_draft_that_was_never_sent_goes_after_ninety_days(own_database):
    vacancy = Vacancy(closes_in=timedelta(hours=1))
    draft = vacancy.draft(make_user("alya@pelamar.example"), nik="9901011505950001")

    assert expiry.erase_expired(timezone.now() + 80 * DAY) == 0
    assert expiry.erase_expired(timezone.now() + 91 * DAY) == 1

    draft.refresh_from_db()
    assert draft.state == "withdrawn" and not draft.documents.exists()


def test_the_office_asks_approves_and_sees_what_was_done(cast, client):
    client.force_login(enrol(cast.pia), backend=BACKEND)
    wrong = client.post(reverse("erasure_list"), {"application": "LMR-00000000", "reason": "request", "letter": "1"})
    assert wrong.status_code == 422 and "tidak ada" in wrong.content.decode()
    early = client.post(
        reverse("erasure_list"), {"application": cast.mine.ref.lower(), "reason": "request", "letter": "100/2026"}
    )
    assert early.status_code == 302, early.content.decode()
    asked = Erasure.objects.get()
    assert client.get(reverse("erasure_approval", args=[asked.pk])).status_code == 403

    page = client.get(reverse("erasure_list")).content.decode()

    assert cast.mine.ref in page and "100/2026" in page and "Periksa dan sahkan" in page


def test_approving_asks_for_a_fresh_code(cast, client):
    asked = cast.ask()
    address = reverse("erasure_approval", args=[asked.pk])
    client.force_login(enrol(cast.rudi), backend=BACKEND)
    assert client.post(address).status_code == 302
    asked.refresh_from_db()
    assert asked.approved_at is None

    session = client.session
    session["account_authentication_methods_user"] = str(cast.rudi.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    assert "Tidak dapat dibatalkan" in client.get(address).content.decode()
    client.post(address)

    asked.refresh_from_db()
    assert asked.approved_by == cast.rudi
    assert "Sudah disahkan" in client.get(address).content.decode()
