"""Objecting: own result, once, inside the window by the database's clock, with the portal's own evidence."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lib.canonical import canonical
from lib.document_checks.check import BadDocument
from portal.grants import WEB, WORK
from publishing.models import Delivery
from selection import objection_evidence, objection_window
from selection.actions import erasure
from selection.actions import objection as actions
from selection.models import Objection, ObjectionItem
from selection.objectable import chance_of, points_of
from selection.objection_states import ObjectionState
from selection.tracking import journey
from tests.oversight.story import sha256, together
from tests.parts import DAY, make_stage
from tests.roles import working_as
from tests.selection.applying import a_pdf, as_file
from tests.selection.objecting import Contested, window_ends, without_triggers
from tests.told import told_once
from vacancies.models import Holiday, Stage

SECOND = timedelta(seconds=1)


contested, city = told_once("contested", Contested)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


# --- The window --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "public_at"),
    [
        ("Asia/Jakarta", datetime(2026, 9, 19, 16, 59, 59, tzinfo=UTC)),  # the last second of the 19th there
        ("Asia/Makassar", datetime(2026, 9, 18, 16, 0, tzinfo=UTC)),  # its first
        ("Asia/Jayapura", datetime(2026, 9, 19, 3, 0, tzinfo=UTC)),
    ],
)
def test_the_window_counts_calendar_days_from_the_day_after_in_the_zone_of_the_recruitment(db, zone, public_at):
    stage = Contested(announce=False).stage
    stage.recruitment.time_zone = zone
    stage.recruitment.__dict__.pop("zone", None)
    local = ZoneInfo(zone)

    found = objection_window.of(stage, public_at)

    assert (found.first, found.last, found.answered_by) == (date(2026, 9, 20), date(2026, 9, 22), date(2026, 9, 29))
    assert found.opens_at == datetime(2026, 9, 20, tzinfo=local)
    assert found.closes_at == datetime(2026, 9, 23, tzinfo=local)
    assert not found.is_open(found.opens_at - SECOND)
    assert found.is_open(found.closes_at - SECOND)
    assert not found.is_open(found.closes_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(w), upper(w), upper_inc(w) FROM objection_window(%s, %s, 3) w", [public_at, zone])
        assert cursor.fetchone() == (found.opens_at, found.closes_at, False)


def test_days_of_answering_may_be_working_days(db):
    stage = Contested(announce=False, answer_counts="working", answer_days=3).stage
    published = datetime(2026, 12, 18, 3, 0, tzinfo=UTC)  # a Friday; the window is 19 to 21 December
    Holiday.objects.get_or_create(date=date(2026, 12, 24), defaults={"name": "Cuti bersama"})
    Holiday.objects.get_or_create(date=date(2026, 12, 25), defaults={"name": "Natal"})

    assert objection_window.of(stage, published).answered_by == date(2026, 12, 28)


def test_the_days_stay_as_they_were_published(city):
    with pytest.raises(DatabaseError), transaction.atomic():
        Stage.objects.filter(pk=city.stage.pk).update(objection_days=1)


def test_the_computation_is_printed_where_people_look(city, client, settings):
    window = objection_window.of(city.stage, city.announced.public_at)
    pointer = (settings.PUBLIC_ROOT / "pengumuman" / city.announced.number / "index.html").read_text()
    version = (settings.PUBLIC_ROOT / "pengumuman" / city.announced.number / "v1" / "index.html").read_text()
    sign_in(client, city.alya)
    tracking = client.get(reverse("application_tracking", args=[city.files["alya"].ref])).content.decode()
    page = client.get(reverse("objection_detail", args=[city.files["alya"].ref, "administrasi"])).content.decode()

    for line in window.computation():
        assert line in pointer
        assert line in tracking
        assert line in page
    assert objection_window.rule(city.stage) in version
    assert window.computation()[0] not in version, "a frozen file knows the plan only"


def test_the_address_without_a_stage_leads_to_the_result_that_can_be_objected_to(city, client):
    address = reverse("objection_of", args=[city.files["alya"].ref])
    sign_in(client, city.alya)
    assert client.get(address).url == reverse("objection_detail", args=[city.files["alya"].ref, "administrasi"])

    sign_in(client, city.budi)
    assert client.get(address).status_code == 404


def test_without_a_result_it_leads_to_the_application(own_database, client):
    city = Contested(announce=False)
    ref = city.files["alya"].ref
    sign_in(client, city.alya)

    assert client.get(reverse("objection_of", args=[ref])).url == reverse("application_detail", args=[ref])


# --- Writing and sending -----------------------------------------------------------------------
def test_an_objection_is_sent_with_its_points_and_gets_a_number_and_a_mail(city):
    sent = city.filed("alya")

    window = objection_window.of(city.stage, city.announced.public_at)
    assert sent.state == ObjectionState.FILED
    assert sent.number.startswith(f"SGH-{timezone.now():%y}-")
    assert sent.due_at == window.due_at
    assert abs(sent.filed_at - timezone.now()) < 10 * SECOND
    item = sent.items.get()
    assert (item.title, item.requirement, item.reason) == ("Ijazah asli", city.diploma, city.unreadable)
    told = Delivery.objects.get(publication__source=f"objection:{sent.number}:filed")
    assert told.recipient == city.alya
    assert "Halaman 2 terbaca" not in told.publication.body


def test_the_evidence_is_the_portals_own_and_frozen(city):
    sent = city.filed("alya")

    evidence = sent.evidence
    assert sent.evidence_digest == sha256(canonical(evidence)) == objection_evidence.digest(evidence)
    assert evidence["uploads"][0]["sha256"] == "ab" * 32
    assert [one["verdict"] for one in evidence["reviews"]] == ["TMS", "TMS"]
    assert evidence["reviews"][0]["not_met"] == [
        {"requirement": "Ijazah asli", "reason": "Dokumen tidak terbaca", "detail": "halaman 2"}
    ]
    assert evidence["announcement"]["digest"] == city.announced.digest
    assert evidence["result"]["code"] == "TMS"
    text = str(evidence)
    assert "Vera" not in text
    assert "vera" not in text
    for change in ({"evidence": {"uploads": []}}, {"evidence_digest": "0" * 64}, {"number": "SGH-1"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Objection.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ObjectionItem.objects.filter(objection=sent).update(ground="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        ObjectionItem.objects.filter(objection=sent).delete()


def test_the_words_of_a_person_lie_encrypted(city):
    sent = city.filed("alya", text="Ibu saya sakit.")

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM selection_objectionitem WHERE objection_id = %s", [sent.pk])
        assert "sakit" not in cursor.fetchone()[0]


def test_an_erasure_empties_words_files_and_evidence_and_the_web_does_not(own_database):
    city = Contested()
    draft = city.draft("alya")
    kept = actions.explain(draft, as_file(a_pdf()), by=city.alya, at=timezone.now())
    sent = actions.file(draft, by=city.alya)
    with working_as(WEB), pytest.raises(DatabaseError, match="stays as it was"):
        Objection.objects.filter(pk=sent.pk).update(evidence={})

    with working_as(WORK), transaction.atomic():
        erasure._forget([sent.application.ref], whole=False, at=timezone.now())

    sent.refresh_from_db()
    assert sent.evidence == {}
    assert sent.evidence_digest
    assert sent.items.get().text is None
    assert not sent.attachments.exists()
    assert not default_storage.exists(kept.file.name)


def test_sending_twice_gives_the_same_number(city):
    draft = city.draft("alya")

    assert actions.file(draft, by=city.alya).number == actions.file(draft, by=city.alya).number
    assert Delivery.objects.filter(publication__source__startswith="objection:").count() == 1


def test_two_presses_at_once_send_one_objection(own_database):
    city = Contested()
    draft = city.draft("alya")
    numbers = []

    raised = together(*[lambda: numbers.append(actions.file(draft, by=city.alya).number)] * 4)

    assert raised == [None] * 4
    assert len(numbers) == 4
    assert len(set(numbers)) == 1
    assert draft.steps.count() == 1
    assert Delivery.objects.filter(publication__source__startswith="objection:").count() == 1


def test_two_who_begin_at_once_have_one_draft(own_database):
    city = Contested()

    raised = together(*[lambda: actions.start(city.files["alya"], city.stage, by=city.alya, at=timezone.now())] * 4)

    assert raised == [None] * 4
    assert Objection.objects.count() == 1


def test_an_objection_without_a_point_is_not_sent(city):
    draft = actions.start(city.files["alya"], city.stage, by=city.alya, at=timezone.now())

    with pytest.raises(actions.Unfinished):
        actions.file(draft, by=city.alya)


def test_who_passed_has_nothing_to_object_to(city):
    with pytest.raises(actions.NotOpen, match="Tidak ada yang dinilai kurang"):
        actions.start(city.files["citra"], city.stage, by=city.citra, at=timezone.now())


def test_a_stage_without_objections_has_none(db):
    city = Contested(objection_days=0)

    assert chance_of(city.files["alya"], city.stage) is None
    assert "sanggah" not in str(journey(city.files["alya"], timezone.now()).todo)


def test_attachments_are_own_documents_and_files_that_explain(city, client):
    draft = city.draft("alya")
    foreign = city.files["budi"].documents.get()
    mine = city.files["alya"].documents.get()

    actions.point_to(draft, [mine.pk, foreign.pk], by=city.alya, at=timezone.now())
    actions.explain(draft, as_file(a_pdf(pages=2)), by=city.alya, at=timezone.now())

    assert [one.document for one in draft.attachments.all()] == [mine, None]
    with pytest.raises(BadDocument):
        actions.explain(draft, as_file(b"MZ not a pdf"), by=city.alya, at=timezone.now())
    for _turn in range(actions.MOST_FILES - 1):
        actions.explain(draft, as_file(a_pdf()), by=city.alya, at=timezone.now())
    with pytest.raises(actions.TooMany):
        actions.explain(draft, as_file(a_pdf()), by=city.alya, at=timezone.now())
    own = draft.attachments.filter(document=None).first()
    address = reverse("objection_attachment", args=[city.files["alya"].ref, "administrasi", own.pk])
    sign_in(client, city.alya)
    assert client.get(address).status_code == 200
    sign_in(client, city.budi)
    assert client.get(address).status_code == 404


# --- Rivals ------------------------------------------------------------------------------------
def test_nobody_objects_to_the_result_of_another(city, client):
    with pytest.raises(actions.NotOpen):
        actions.start(city.files["alya"], city.stage, by=city.budi, at=timezone.now())
    draft = city.draft("alya")
    with pytest.raises(actions.NotEditable):
        actions.file(draft, by=city.budi)
    point = points_of(chance_of(city.files["alya"], city.stage).outcome)[0]
    with pytest.raises(actions.NotEditable):
        actions.dispute(draft, point, ground="other", text="Saya orang lain.", by=city.budi)
    sign_in(client, city.budi)
    for name in ("objection_detail", "objection_check", "objection_files"):
        assert client.get(reverse(name, args=[city.files["alya"].ref, "administrasi"])).status_code == 404


def test_the_database_refuses_an_objection_to_somebody_elses_result(city):
    """Twin: with the trigger gone the row of a person who has no result there is taken."""
    stranger = Contested().files["alya"]

    def planted():
        with transaction.atomic():
            Objection.objects.create(
                application=stranger, stage=city.stage, announcement=city.announced, started_at=timezone.now()
            )

    with pytest.raises(DatabaseError, match="opens no objection"):
        planted()
    without_triggers("selection_objection")
    planted()
    assert Objection.objects.filter(application=stranger, announcement=city.announced).exists()


def test_one_second_after_the_window_nothing_is_sent(city):
    draft = city.draft("alya")
    window_ends(-SECOND)

    with pytest.raises(actions.NotOpen, match="tidak terkirim"):
        actions.file(draft, by=city.alya)

    draft.refresh_from_db()
    assert (draft.state, draft.number) == (ObjectionState.DRAFT, None)
    window_ends(30 * SECOND)
    assert actions.file(draft, by=city.alya).number


def test_the_clock_that_counts_is_the_databases(city):
    """Whatever time a statement claims, the trigger asks the clock itself; with it gone the claim would stand."""
    draft = city.draft("alya")
    window_ends(-SECOND)

    def claimed():
        with transaction.atomic():
            Objection.objects.filter(pk=draft.pk).update(
                state="filed", number="SGH-X", filed_at=city.public_at + DAY, due_at=timezone.now(),
                evidence_digest="0" * 64,
            )  # fmt: skip

    with pytest.raises(DatabaseError, match="inside their window"):
        claimed()
    without_triggers("selection_objection")
    claimed()
    draft.refresh_from_db()
    assert draft.filed_at == city.public_at + DAY


def test_before_the_first_day_one_writes_but_does_not_send(db):
    city = Contested(public_at=timezone.now() - timedelta(minutes=1))
    draft = city.draft("alya")

    with pytest.raises(actions.NotOpen):
        actions.file(draft, by=city.alya)


def test_after_the_window_no_draft_is_begun(db):
    city = Contested(public_at=timezone.now() - 9 * DAY)

    with pytest.raises(actions.NotOpen, match="sudah berakhir"):
        actions.start(city.files["alya"], city.stage, by=city.alya, at=timezone.now())


def test_a_second_objection_to_the_same_result_is_refused_by_the_database(city):
    sent = city.filed("alya")

    assert actions.start(city.files["alya"], city.stage, by=city.alya, at=timezone.now()) == sent
    with pytest.raises(DatabaseError, match="objection_once_per_result"), transaction.atomic():
        Objection.objects.create(
            application=city.files["alya"], stage=city.stage, announcement=city.announced, started_at=timezone.now()
        )


def test_what_was_sent_is_not_written_again(city):
    sent = city.filed("alya")
    point = points_of(chance_of(city.files["alya"], city.stage).outcome)[0]

    for act in (
        lambda: actions.dispute(sent, point, ground="other", text="Lain.", by=city.alya),
        lambda: actions.drop(sent, point.key, by=city.alya),
        lambda: actions.point_to(sent, [], by=city.alya, at=timezone.now()),
        lambda: actions.explain(sent, as_file(a_pdf()), by=city.alya, at=timezone.now()),
    ):
        with pytest.raises(actions.NotEditable):
            act()


# --- Pages -------------------------------------------------------------------------------------
def test_a_person_writes_checks_and_sends_page_by_page(city, client):
    ref = city.files["alya"].ref
    sign_in(client, city.alya)
    home = reverse("objection_detail", args=[ref, "administrasi"])
    assert "Mulai menulis sanggah" in client.get(home).content.decode()
    client.post(home)
    point = reverse("objection_point", args=[ref, "administrasi", "syarat-ijazah"])
    assert client.post(point, {"ground": "document", "text": ""}).status_code == 422
    client.post(point, {"ground": "document", "text": "Halaman 2 jelas."})
    assert "Disanggah" in client.get(home).content.decode()
    check = reverse("objection_check", args=[ref, "administrasi"])
    assert client.post(check, {}).status_code == 422, "nobody sends without having understood"

    client.post(check, {"understood": "on"})

    sent = Objection.objects.get()
    page = client.get(home)
    assert sent.number in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    tracking = client.get(reverse("application_tracking", args=[ref])).content.decode()
    assert sent.number in tracking
    assert "Menunggu putusan" in tracking
    assert "Sanggah Anda diterima" in tracking


def test_the_tracking_page_counts_down_in_words(city):
    page = journey(city.files["alya"], timezone.now())

    assert page.contests[0].state == "open"
    assert page.contests[0].left.startswith("tinggal ")
    assert any("ajukan sanggah paling lambat" in one for one in page.todo)


def test_the_tracking_page_asks_as_often_for_one_stage_as_for_five(city, client):
    sign_in(client, city.alya)
    address = reverse("application_tracking", args=[city.files["alya"].ref])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for order in range(4, 8):
        make_stage(city.recruitment, "test", order, objection_days=3)

    with CaptureQueriesContext(connection) as five:
        client.get(address)

    assert len(five) == len(one)
