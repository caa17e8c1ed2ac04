"""Watching over people who reported: asked by the person alone, read by the team alone, gone when it is taken back."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.team_role import as_team
from oversight.actions import retaliation
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import RetaliationWatch, WatchNote
from tests.parts import DAY, enrol, make_team, make_user
from tests.roles import working_as
from tests.workforce.panels import Selection
from tests.workforce.serving import BACKEND, a_position, a_unit, an_employee
from workforce.actions import erasure
from workforce.actions import panel as panels
from workforce.models import Appointment, Employee, Level

WEEK = timedelta(days=7)


class Office:
    """Sinta serves as an administrator and reported something a month ago; Oka and Omar oversee."""

    def __init__(self):
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.reported = self.today - timedelta(days=30)
        self.oka = enrol(make_user("oka@jaga.example", Role.OVERSEER))
        self.omar = enrol(make_user("omar@jaga.example", Role.OVERSEER))
        make_team(self.oka, self.omar, at=self.now)
        self.pia = enrol(make_user("pia@jaga.example", Role.PREPARER))
        self.unit = a_unit()
        self.sinta = make_user("sinta@jaga.example")
        self.post = a_position(self.unit, "Kepala Bidang", Level.ADMINISTRATOR)
        self.person = an_employee(
            self.post, user=self.sinta, at=self.now, name="Sinta Rahayu", skp="baik", grade="IV/a"
        )

    def watched(self, **fields) -> RetaliationWatch:
        given = {"about": "report", "ref": "LW-7", "reported_on": self.reported} | fields
        return retaliation.ask(**given, by=self.sinta, at=self.now)

    def moved(self, *, name="Analis", level=Level.EXECUTIVE, unit=None, since=None, decree="SK/9/2026", person=None):
        """The person gets another post by decree; the one before ends."""
        person, since = person or self.person, since or self.today - timedelta(days=10)
        person.appointments.filter(until=None).update(until=since - timedelta(days=1))
        post = a_position(unit or self.unit, name, level)
        return Appointment.objects.create(
            employee=person, position=post, since=since, decree=decree, by=self.pia, at=self.now
        )

    def changes(self) -> list:
        [(_watch, found)] = retaliation.seen(by=self.oka, at=self.now)
        return found

    def kinds(self) -> list[str]:
        return [one.kind for one in self.changes()]


@pytest.fixture
def office(own_database):
    return Office()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# --- What is seen -------------------------------------------------------------------------------
def test_a_lower_post_after_the_report_is_seen_with_its_decree(office):
    office.watched()
    office.moved()

    [change] = office.changes()

    assert (change.kind, change.decree, change.others, change.days) == ("Jabatan lebih rendah", "SK/9/2026", 0, 20)
    assert "Kepala Bidang" in change.words and "Analis" in change.words


def test_a_round_of_transfers_says_how_many_others_it_named(office):
    office.watched()
    elsewhere = a_unit()
    office.moved(name="Kepala Bidang", level=Level.ADMINISTRATOR, unit=elsewhere)
    for _n in range(3):
        office.moved(person=an_employee(at=office.now), unit=elsewhere)

    [change] = office.changes()

    assert (change.kind, change.others) == ("Pindah unit", 3)


@pytest.mark.parametrize("when", ["before the report", "a promotion", "another post of the same rank here"])
def test_what_is_not_adverse_or_came_before_is_not_seen(office, when):
    office.watched()
    if when == "before the report":
        office.moved(since=office.reported - WEEK)
    elif when == "a promotion":
        office.moved(name="Kepala Dinas", level=Level.JPT_PRATAMA, unit=a_unit())
    else:
        office.moved(name="Kepala Bidang Lain", level=Level.ADMINISTRATOR)

    assert office.kinds() == []


def test_a_post_that_ended_without_another_is_lost_and_one_that_was_followed_is_not(office):
    office.watched()
    ended = office.today - timedelta(days=3)
    office.person.appointments.update(until=ended, end_decree="SK/10/2026")
    assert [(one.kind, one.on, one.decree) for one in office.changes()] == [("Kehilangan jabatan", ended, "SK/10/2026")]

    office.moved(name="Kepala Bidang Lain", level=Level.ADMINISTRATOR, since=office.today)
    assert office.kinds() == []


def test_acting_that_was_ended_by_decree_is_seen_and_one_that_ran_out_is_not(office):
    office.watched()
    acting = {
        "employee": office.person, "position": a_position(a_unit(), "Kepala Dinas", Level.JPT_PRATAMA), "kind": "plt",
        "by": office.pia, "at": office.now, "decree": "SK/Plt",
    }  # fmt: skip
    Appointment.objects.create(**acting, since=date(2026, 1, 5), until=office.today - WEEK)
    assert office.kinds() == []

    cut = Appointment.objects.create(**acting, since=office.reported - WEEK)
    Appointment.objects.filter(pk=cut.pk).update(until=office.today - WEEK, end_decree="SK/11/2026")
    assert office.kinds() == ["Penugasan Plt. atau Plh. dihentikan"]


def test_a_lower_predicate_or_grade_than_on_the_day_of_asking_is_seen(office):
    office.watched()
    assert office.kinds() == []

    Employee.objects.filter(pk=office.person.pk).update(skp="kurang", grade="III/d")

    assert sorted(office.kinds()) == ["Golongan turun", "Predikat kinerja turun"]
    Employee.objects.filter(pk=office.person.pk).update(skp="sangat_baik", grade="IV/b")
    assert office.kinds() == []


def test_who_is_taken_out_of_a_panel_is_seen_and_who_left_by_themselves_is_not(office):
    office.watched(reported_on=office.today - timedelta(days=400))
    selection = Selection()
    judge = selection.judges[0]
    with connection.cursor() as cursor:  # the judge of the story is Sinta
        cursor.execute("ALTER TABLE workforce_panelmember DISABLE TRIGGER USER")
        cursor.execute("UPDATE workforce_panelmember SET user_id = %s WHERE id = %s", [office.sinta.pk, judge.pk])
        cursor.execute("ALTER TABLE workforce_panelmember ENABLE TRIGGER USER")
    judge.refresh_from_db()

    panels.remove_member(judge, reason="Diganti pimpinan.", by=selection.rudi, at=office.now)

    assert "Keluar dari panitia seleksi" in office.kinds()
    assert "Diganti pimpinan." in office.changes()[0].words


# --- Asked and taken back by the person alone ----------------------------------------------------
def test_only_the_person_asks_and_only_with_a_profile_of_their_own(office):
    with pytest.raises(NotAllowed):
        retaliation.ask(about="report", ref="", reported_on=office.reported, by=office.oka, at=office.now)
    with pytest.raises(NotReady):
        office.watched(reported_on=office.today + DAY)
    row = {
        "employee": office.person, "by": office.oka, "about": "report", "reported_on": office.reported,
        "asked_at": office.now, "ends_on": office.today + WEEK,
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="only the person asks"), transaction.atomic(), as_team():
        RetaliationWatch.objects.create(**row)

    with connection.cursor() as cursor:  # the twin
        cursor.execute("ALTER TABLE oversight_retaliationwatch DISABLE TRIGGER USER")
    assert RetaliationWatch.objects.create(**row).pk


def test_what_was_asked_is_asked_anew_and_never_rewritten(office):
    office.watched()
    office.watched(about="witness")

    assert RetaliationWatch.objects.get().about == "witness"
    with pytest.raises(DatabaseError), transaction.atomic():
        RetaliationWatch.objects.update(about="report")


def test_taking_it_back_deletes_it_with_what_the_team_wrote(office):
    watch = office.watched()
    office.moved()
    key = office.changes()[0].key
    retaliation.judge(watch.pk, change=key, judgement="act", text="Tanpa alasan.", by=office.oka, at=office.now)
    assert office.changes()[0].newest.text == "Tanpa alasan."

    page = client_of(office.sinta).post(reverse("watch_own"), {"do": "withdraw"}, follow=True)

    assert "terhapus" in page.text
    assert not RetaliationWatch.objects.exists() and not WatchNote.objects.exists()
    with pytest.raises(NotReady):
        retaliation.judge(watch.pk, change=key, judgement="act", text="x", by=office.oka, at=office.now)


def test_it_ends_by_itself_and_the_keeper_reads_nothing_to_end_it(office):
    office.watched()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE oversight_retaliationwatch DISABLE TRIGGER USER")
    RetaliationWatch.objects.update(ends_on=office.today - DAY)

    assert retaliation.seen(by=office.oka, at=office.now) == []
    with working_as("portal_seq"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            RetaliationWatch.objects.count()
        assert retaliation.forget_over(office.now) == 1
    assert not RetaliationWatch.objects.exists()


def test_an_erasure_of_the_person_takes_it_along_and_would_not_without_its_trigger(office):
    office.watched()
    with working_as("portal_work"), transaction.atomic():
        erasure.forget([office.person.pk], at=office.now)
    assert not RetaliationWatch.objects.exists()

    other = an_employee(user=make_user("lain@jaga.example"), at=office.now)
    retaliation.ask(about="case", ref="", reported_on=office.reported, by=other.user, at=office.now)
    with connection.cursor() as cursor:  # the twin
        cursor.execute("DROP TRIGGER watch_goes_with_the_person ON workforce_employee")
    with transaction.atomic():
        erasure.forget([other.pk], at=office.now)
    assert RetaliationWatch.objects.exists()


# --- Read by the team alone ------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["portal_app", "portal_work", "portal_seq"])
@pytest.mark.parametrize("table", [RetaliationWatch, WatchNote])
def test_no_process_of_the_office_reads_or_writes_it(office, role, table):
    office.watched()

    with working_as(role):
        for act in (table.objects.count, table.objects.all().delete, lambda: table.objects.update(by=office.pia)):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                act()


def test_with_the_grant_the_office_could_read_it(office):
    """The twin: nothing but the right of the role keeps the pages of the office from it."""
    office.watched()
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON oversight_retaliationwatch TO portal_app")

    with working_as("portal_app"):
        assert RetaliationWatch.objects.count() == 1


def test_the_pages_work_under_the_role_of_the_web(office):
    with working_as("portal_app"):
        sinta, oka = client_of(office.sinta), client_of(office.oka)
        form = {
            "do": "ask",
            "about": "report",
            "reported_on": office.reported.isoformat(),
            "ref": "LW-7",
            "agreed": "on",
        }
        unagreed = sinta.post(reverse("watch_own"), {key: form[key] for key in form if key != "agreed"})
        asked = sinta.post(reverse("watch_own"), form, follow=True)
        office.moved()
        listed = oka.get(reverse("team_watches"))
        pk = listed.text.partition("/pengawasan/ruang/jaga/")[2].partition('/"')[0]
        shown = oka.get(reverse("team_watch", args=[pk]))
        key = shown.text.partition('name="change" value="')[2].partition('"')[0]
        empty = oka.post(reverse("team_watch", args=[pk]), {"change": key, "judgement": "act", "text": ""})
        judged = oka.post(
            reverse("team_watch", args=[pk]), {"change": key, "judgement": "act", "text": "Tanpa alasan."}, follow=True
        )
        withdrawn = sinta.post(reverse("watch_own"), {"do": "withdraw"}, follow=True)
        gone = oka.get(reverse("team_watch", args=[pk]))

    assert unagreed.status_code == 422 and "Tanpa persetujuan" in unagreed.text
    assert "menjaga Anda" in asked.text and "no-store" in asked.headers["Cache-Control"]
    assert "Sinta Rahayu" in listed.text and "belum dinilai" in listed.text
    assert "untuk orang ini saja" in shown.text
    assert empty.status_code == 422
    assert "Tanpa alasan." in judged.text
    assert "terhapus" in withdrawn.text
    assert gone.status_code == 404


def test_the_office_and_strangers_find_no_page_of_it_and_no_trace(office):
    watch = office.watched()
    office.moved()
    for user in (office.pia, enrol(make_user("rudi@jaga.example", Role.PUBLISHER)), office.sinta):
        client = client_of(user)
        assert client.get(reverse("team_watches")).status_code == 403
        assert client.get(reverse("team_watch", args=[watch.pk])).status_code == 403
    pia = client_of(office.pia)
    pages = [
        reverse("employee_desk", args=[office.person.slug]), reverse("profile", args=[office.person.slug]),
        reverse("profile_full", args=[office.person.slug]), reverse("profile_json", args=[office.person.slug]),
    ]  # fmt: skip

    texts = [pia.get(page).text.lower() for page in pages] + [pia.get(reverse("watch_own")).text]

    assert not [text for text in texts if "lw-7" in text or "menjaga anda" in text]
    with connection.cursor() as cursor:  # no letter, no log of who read what
        cursor.execute("SELECT (SELECT count(*) FROM publishing_publication), (SELECT count(*) FROM accounts_fileaccess"
                       " WHERE by_id <> %s)", [office.pia.pk])  # fmt: skip
        assert cursor.fetchone() == (0, 0)


def test_nobody_judges_a_change_of_their_own_and_a_former_member_sees_nothing(office):
    office.watched()
    with pytest.raises(NotAllowed):
        retaliation.seen(by=office.pia, at=office.now)
    with pytest.raises(NotReady):
        retaliation.judge(1, change="post:999", judgement="act", text="x", by=office.oka, at=office.now)


def test_the_list_costs_the_same_for_one_and_for_thirty(office):
    office.watched()
    oka = client_of(office.oka)
    oka.get(reverse("team_watches"))
    with CaptureQueriesContext(connection) as one:
        oka.get(reverse("team_watches"))
    for n in range(29):
        person = an_employee(user=make_user(f"p{n}@jaga.example"), at=office.now)
        retaliation.ask(about="case", ref="", reported_on=office.reported, by=person.user, at=office.now)
        office.moved(person=person, unit=a_unit(), decree=f"SK/{n}")
    with CaptureQueriesContext(connection) as thirty:
        page = oka.get(reverse("team_watches"))

    assert len(one) == len(thirty) <= 20
    assert page.text.count("belum dinilai") == 29
