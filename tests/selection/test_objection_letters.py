"""Who decides objections hears once a working day what is new and what runs out, and nothing of anybody."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from portal.grants import KEEPER
from publishing.models import Publication
from selection.actions import objection_decision, objection_letters
from selection.models import Objection
from tests.oversight.story import told
from tests.parts import DAY, enrol
from tests.roles import working_as
from tests.selection.objecting import Contested
from tests.told import told_once
from vacancies.models import Holiday

HOUR = timedelta(hours=1)


contested, city = told_once("contested", Contested, commits=True)


def morning(after, days: int = 0) -> datetime:
    """Half past eight on the clocks of the city, on the `days`-th day after `after`, and no Saturday or Sunday before."""
    found = (
        after.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=8, minute=30, second=0, microsecond=0) + days * DAY
    )
    while found.weekday() > 4:
        found += DAY
    return found


def letter() -> Publication:
    return Publication.objects.filter(source__startswith=objection_letters.SOURCE).latest("created_at")


def test_a_new_objection_is_told_to_those_who_decide_and_to_nobody_else(city):
    sent = city.filed("alya", text="Ijazah saya nomor 77 terbaca.")
    at = morning(timezone.now(), 1)

    with working_as(KEEPER):
        assert objection_letters.tell_waiting(at) == 2
        assert objection_letters.tell_waiting(at + HOUR) == 0

    made = letter()
    assert told(made.source) == {city.joko.email, city.dina.email}
    text = made.subject + made.body
    for private in (sent.number, city.files["alya"].ref, city.alya.name, city.alya.email, "77", "Ijazah"):
        assert private not in text
    assert "1 sanggah menunggu putusan, 1 di antaranya baru" in text and made.url == "/kelola/sanggah/"


def test_without_news_no_letter_until_a_clock_runs_out(city):
    sent = city.filed("alya")
    objection_letters.tell_waiting(morning(timezone.now(), 1))

    early = morning(sent.due_at, -5)
    assert objection_letters.tell_waiting(early) == 0
    late = morning(sent.due_at, 1)
    assert objection_letters.tell_waiting(late) == 2
    assert "1 sudah lewat batas jawaban" in letter().body

    Objection.objects.filter(pk=sent.pk).update(due_at=late + 8.5 * DAY)
    assert objection_letters.tell_waiting(morning(late, 1)) == 0, "nothing new, and time enough"
    assert objection_letters.tell_waiting(morning(late, 7)) == 2
    assert "1 harus dijawab dalam dua hari" in letter().body


def test_nobody_is_told_before_the_morning_or_on_a_day_off(city):
    city.filed("alya")
    at = morning(timezone.now(), 1)
    saturday = at + (5 - at.weekday()) * DAY

    assert objection_letters.tell_waiting(at.replace(hour=7, minute=59)) == 0
    assert objection_letters.tell_waiting(saturday) == 0
    day_off, _made = Holiday.objects.get_or_create(date=at.date(), defaults={"name": "Libur"})
    assert objection_letters.tell_waiting(at) == 0
    day_off.delete()
    assert objection_letters.tell_waiting(at.replace(hour=8, minute=0)) == 2


def test_what_was_decided_waits_no_more_and_what_needs_a_second_person_says_so(city):
    sent = city.filed("alya")
    objection_decision.decide(
        sent, verdicts={one.key: True for one in sent.items.all()}, answer="Benar.", summary="Dokumen terbaca.",
        by=city.joko, at=timezone.now(),
    )  # fmt: skip
    objection_letters.tell_waiting(morning(timezone.now(), 1))
    assert "1 menunggu orang kedua" in letter().body

    objection_decision.confirm(sent, by=city.dina, at=timezone.now())
    assert objection_letters.tell_waiting(morning(timezone.now(), 2)) == 0


def test_where_nobody_decides_objections_whoever_approves_hears_of_it(city):
    city.filed("alya")
    for one in (city.joko, city.dina):
        one.groups.clear()

    objection_letters.tell_waiting(morning(timezone.now(), 1))

    assert told(letter().source) == {city.rudi.email}


def test_the_desk_says_what_waits(city, client):
    client.force_login(enrol(city.joko), backend="django.contrib.auth.backends.ModelBackend")
    assert "menunggu putusan." not in client.get("/kelola/").content.decode()

    city.filed("alya")

    assert "1 menunggu putusan." in client.get("/kelola/").content.decode()
