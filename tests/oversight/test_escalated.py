"""A body above the office answers a finding that was handed on to it, or does not: both are public."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from lib.document_checks.check import BadDocument
from oversight.actions import answering, escalated
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import BodyAnswer, Escalation, Finding
from tests.accounts.test_second_factor import remember
from tests.oversight.story import NOON, facts, told
from tests.parts import DAY, enrol
from tests.roles import working_as
from tests.selection.applying import a_pdf
from vacancies.models import Holiday

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def handed_on(watch) -> Escalation:
    one = watch.assessed()
    return answering.escalate(one, body="ombudsman", text="Dua kali diminta.", by=watch.oka, at=NOON + 2 * DAY)


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", a_pdf(), content_type="application/pdf")


def write(escalation, by, **fields) -> BodyAnswer:
    given = {
        "letter": "B/123/LM.01/XI/2026", "dated": date(2026, 11, 20), "outcome": "followed",
        "text": "Ombudsman memeriksa instansi.", "at": NOON + 20 * DAY,
    }  # fmt: skip
    return escalated.write_answer(escalation.finding, escalation=escalation, by=by, **(given | fields))


def standing(escalation, at):
    (one,) = escalated.standing(Finding.objects.get(pk=escalation.finding_id), at)
    return one


def page(client, number) -> str:
    return client.get(f"/pengawasan/temuan/{number}/").content.decode()


def test_an_answer_is_written_down_with_letter_date_and_outcome_and_everybody_reads_it(watch, handed_on, client):
    with working_as("portal_app"):
        made = write(handed_on, watch.omar)

    number = handed_on.finding.number
    said = page(client, number)
    assert "B/123/LM.01/XI/2026" in said and "20 November 2026" in said and "Ditindaklanjuti" in said
    assert "Ombudsman memeriksa instansi." in said and "Menunggu jawaban" not in said
    assert facts("finding.escalation.answered") == 1
    assert told(f"finding:{number}:body:{made.pk}") >= {watch.story.pia.email, watch.story.rudi.email}
    assert standing(handed_on, NOON + 400 * DAY).is_answered


def test_the_letter_is_public_only_where_the_team_says_so_and_its_digest_always(watch, handed_on, client):
    kept = write(handed_on, watch.oka, file=pdf())
    shown = write(handed_on, watch.oka, letter="B/124", file=pdf(), file_public=True)
    address = f"/pengawasan/temuan/{handed_on.finding.number}/surat/"

    assert client.get(f"{address}{kept.pk}.pdf").status_code == 404
    answer = client.get(f"{address}{shown.pk}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf" and answer.getvalue() == a_pdf()
    assert kept.sha256 in page(client, handed_on.finding.number)
    assert not write(handed_on, watch.oka, letter="B/125", file_public=True).file_public, "there is none"


def test_a_body_that_does_not_answer_is_flagged_by_itself_and_the_team_is_told_once(watch, handed_on, client, settings):
    settings.ESCALATION_ANSWER_DAYS = 5
    due = standing(handed_on, NOON + 2 * DAY).due_at

    with working_as("portal_seq"):
        assert escalated.tell_overdue(due) == 0
        assert escalated.tell_overdue(due + timedelta(minutes=1)) == 1
        assert escalated.tell_overdue(due + DAY) == 0

    assert standing(handed_on, due).late == 0 and standing(handed_on, due + timedelta(minutes=1)).late == 1
    assert told(f"escalation:{handed_on.pk}:overdue") == {watch.oka.email, watch.omar.email}
    settings.ESCALATION_ANSWER_DAYS = 1
    assert "Belum dijawab, lewat" in page(client, handed_on.finding.number)


def test_a_holiday_moves_what_is_expected_and_a_question_stops_no_clock(watch, handed_on, settings):
    settings.ESCALATION_ANSWER_DAYS = 5
    due = standing(handed_on, NOON + 2 * DAY).due_at
    Holiday.objects.create(date=(due - DAY).date(), name="Libur")
    assert standing(handed_on, NOON + 2 * DAY).due_at > due

    write(handed_on, watch.oka, outcome="asked", text="Minta dokumen.")

    one = standing(handed_on, NOON + 60 * DAY)
    assert not one.is_answered and one.is_overdue
    assert escalated.tell_overdue(NOON + 60 * DAY) == 1


@pytest.mark.parametrize("fields", [{"letter": " "}, {"text": ""}, {"dated": date(2027, 1, 1)}])
def test_what_is_missing_or_not_yet_is_refused(watch, handed_on, fields):
    with pytest.raises(NotReady):
        write(handed_on, watch.oka, **fields)


def test_the_same_letter_and_a_file_that_is_no_pdf_are_refused(watch, handed_on):
    write(handed_on, watch.oka)

    with pytest.raises(NotReady, match="sudah dicatat"):
        write(handed_on, watch.omar)
    with pytest.raises(BadDocument):
        write(handed_on, watch.oka, letter="B/2", file=SimpleUploadedFile("x.pdf", b"bukan pdf"))


def test_the_office_writes_no_answer_of_a_body_and_nobody_rewrites_one(watch, handed_on):
    with pytest.raises(NotAllowed):
        write(handed_on, watch.story.pia)
    made = write(handed_on, watch.oka)

    for role in ("portal_app", "portal_seq", "portal_work"):
        with working_as(role), pytest.raises(DatabaseError), transaction.atomic():
            BodyAnswer.objects.update(outcome="refused")
    with pytest.raises(DatabaseError), transaction.atomic():
        BodyAnswer.objects.filter(pk=made.pk).delete()
    other = watch.sent(title="Lain")
    with pytest.raises(DatabaseError, match="handed on to it"), transaction.atomic():
        BodyAnswer.objects.create(
            finding=other, escalation=handed_on, letter="x", dated=date(2026, 11, 20), outcome="followed", text="x",
            by=watch.oka, at=NOON + 20 * DAY,
        )  # fmt: skip


def test_a_member_writes_it_down_on_a_page_and_others_find_none(watch, handed_on, client):
    address = f"/pengawasan/ruang/temuan/{handed_on.finding.number}/jawaban-lembaga/"
    assert client.get(address).status_code == 302
    client.force_login(enrol(watch.oka), backend=BACKEND)
    remember(client, watch.oka, "mfa")
    given = {"escalation": "ombudsman", "letter": "B/9", "dated": timezone.now().date().isoformat(), "outcome": "refused",
             "text": "Bukan wewenangnya."}  # fmt: skip

    assert client.get(address).status_code == 200
    assert client.post(address, given | {"text": ""}).status_code == 422
    answer = client.post(address, given | {"file": pdf()})

    assert answer.status_code == 302, answer.content.decode()
    assert BodyAnswer.objects.get().outcome == "refused"
    assert client.get(f"/pengawasan/ruang/temuan/{watch.sent(title='Lain').number}/jawaban-lembaga/").status_code == 404


def test_the_page_asks_as_often_for_one_answer_as_for_five(watch, handed_on, client, django_assert_max_num_queries):
    write(handed_on, watch.oka)
    page(client, handed_on.finding.number)
    with django_assert_max_num_queries(20) as few:
        page(client, handed_on.finding.number)
    for number in range(4):
        write(handed_on, watch.oka, letter=f"B/{number}")
    with django_assert_max_num_queries(20) as many:
        page(client, handed_on.finding.number)

    assert len(few) == len(many)
