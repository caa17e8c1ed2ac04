"""The page of one vacancy: what it asks, when, how it is decided, and what changed."""

import json
import re
from datetime import timedelta

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from tests.parts import make_formation, make_recruitment, make_requirement, make_stage, make_user
from vacancies.actions import schedule
from vacancies.models import Clarification, Formation, Recruitment, Revision, Stage

DAY = timedelta(days=1)


class Vacancy:
    """A published vacancy for statisticians, its registration open for three more days, with two tests to come."""

    def __init__(self):
        now = timezone.now()
        self.pia = make_user("pia@contoh.example", Role.PREPARER)
        self.recruitment = make_recruitment(
            published_by=self.pia, slug="cpns-2026", rulepack="cpns-2024", at=now - 2 * DAY
        )
        self.registration = make_stage(
            self.recruitment, "registration", 1, opens_at=now - DAY, closes_at=now + 3 * DAY, slug="daftar"
        )
        self.test = make_stage(
            self.recruitment, "test", 2, opens_at=now + 10 * DAY, slug="skd", rule="skd",
            announce_at=now + 20 * DAY, name_public="SKD",
        )  # fmt: skip
        self.final = make_stage(
            self.recruitment, "final", 3, opens_at=now + 30 * DAY, slug="akhir", rule="akhir", name_public="Hasil akhir"
        )
        make_requirement(
            self.recruitment, "usia", kind="clause", text="Usia paling tinggi 35 tahun", basis="PP 11/2017"
        )
        make_requirement(self.recruitment, "ijazah", text="Ijazah", max_kb=800)
        self.formation = make_formation(
            self.recruitment, slug="analis-data", code="A-1", quota=2, salary_min=5_200_000, salary_max=6_800_000
        )
        make_requirement(self.recruitment, "str", text="STR aktif", formation=self.formation)
        self.address = "/lowongan/analis-data/"


@pytest.fixture
def vacancy(db):
    return Vacancy()


def text_of(client, address) -> str:
    return client.get(address).content.decode()


def posting_of(client, address) -> dict | None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text_of(client, address), re.S)
    return found and json.loads(found.group(1))


def test_it_says_what_is_asked_and_until_when(client, vacancy):
    text = text_of(client, vacancy.address)

    for words in (
        "Analis Data Ahli Pertama", "2 orang", "S-1 Statistika", "Rp5.200.000 – Rp6.800.000", "Pendaftaran dibuka",
        "Usia paling tinggi 35 tahun", "(PP 11/2017)", "Ijazah: PDF, paling besar 800 KB", "STR aktif",
        "Keputusan Wali Kota Nomor 1 Tahun 2026",
    ):  # fmt: skip
        assert words in text, words
    assert "/lamaran/mulai/analis-data/" in text and "/lamaran/cek-syarat/analis-data/" in text


def test_another_vacancys_own_requirement_is_not_shown(client, vacancy):
    other = make_formation(vacancy.recruitment, slug="lain")

    assert "STR aktif" not in text_of(client, f"/lowongan/{other.slug}/")


def test_it_shows_tests_minimums_weights_and_a_worked_example(client, vacancy):
    text = text_of(client, vacancy.address)

    assert "TWK (Tes Wawasan Kebangsaan)" in text and "TIU (Tes Intelegensia Umum) 80" in text
    assert "paling banyak 3 kali jumlah kebutuhan" in text
    assert "40%" in text and "60%" in text
    # 80% of 550 is 440, that is 80 of 100; 70 of 100 at 60% is 42
    assert "440 dari 550 = 80 dari 100; × 40% = 32" in text
    assert "70 dari 100 = 70 dari 100; × 60% = 42" in text
    assert "Dijumlahkan: <strong>74</strong>" in text


def test_minimums_are_those_of_the_kind_of_need(client, vacancy):
    make_formation(vacancy.recruitment, slug="khusus", need="disabilitas")

    assert "Jumlah nilai 286" in text_of(client, "/lowongan/khusus/")
    assert "Jumlah nilai 286" not in text_of(client, vacancy.address)


def test_a_moved_date_stands_beside_the_plan_with_its_reason(client, vacancy):
    schedule.change_stage(
        vacancy.test, by=vacancy.pia, at=timezone.now(), reason="Gedung dipakai", opens_at=vacancy.test.opens_at + DAY
    )

    text = text_of(client, vacancy.address)

    assert "Rencana pertama" in text
    assert text.count("Gedung dipakai") == 2  # in the timetable and in the history
    assert "Jadwal diubah: SKD" in text


def test_its_own_changes_are_in_its_history_and_those_of_others_are_not(client, vacancy):
    other = make_formation(vacancy.recruitment, slug="lain")
    for formation, words in ((vacancy.formation, "Milik saya"), (other, "Milik lain"), (None, "Milik semua")):
        Revision.objects.create(
            recruitment=vacancy.recruitment, formation=formation, summary=words, by=vacancy.pia, at=timezone.now(),
            changes=[{"field": "Jumlah kebutuhan", "old": "1", "new": "2"}],
        )  # fmt: skip

    text = text_of(client, vacancy.address)

    assert "Milik saya" in text and "Milik semua" in text and "Milik lain" not in text
    assert '<span class="changed-old">1</span>' in text


def test_official_answers_for_all_and_for_it_are_shown(client, vacancy):
    Clarification.objects.create(
        recruitment=vacancy.recruitment, question="Boleh S-2?", answer="Boleh.", by=vacancy.pia, at=timezone.now()
    )

    assert "Boleh S-2?" in text_of(client, vacancy.address)


def test_search_engines_get_a_job_posting_while_it_is_open(client, vacancy):
    posting = posting_of(client, vacancy.address)

    assert (posting["@type"], posting["title"], posting["totalJobOpenings"]) == (
        "JobPosting", "Analis Data Ahli Pertama", 2,
    )  # fmt: skip
    assert posting["baseSalary"]["value"]["minValue"] == 5_200_000
    assert posting["validThrough"].endswith("+07:00")


@pytest.mark.parametrize("over", ["closed", "withdrawn"])
def test_the_job_posting_and_the_button_go_when_it_is_over(client, vacancy, over):
    if over == "closed":
        Stage.objects.filter(pk=vacancy.registration.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    else:
        Formation.objects.update(withdrawn_at=timezone.now())

    text = text_of(client, vacancy.address)

    assert "application/ld+json" not in text and "/lamaran/mulai/" not in text
    assert "Analis Data Ahli Pertama" in text


def test_words_of_a_file_cannot_leave_the_script(client, vacancy):
    Formation.objects.update(duties="</script><script>alert(1)</script><!-- & \u2028")

    text = text_of(client, vacancy.address)

    assert "<script>alert" not in text
    assert posting_of(client, vacancy.address)["description"] == "</script><script>alert(1)</script><!-- & \u2028"


def test_a_mirrored_selection_sends_people_to_the_national_portal(client, vacancy):
    Recruitment.objects.update(mirrors_national=True)

    text = text_of(client, vacancy.address)

    assert "lewat SSCASN" in text and "/lamaran/mulai/" not in text


def test_the_calendar_holds_every_stage_and_announcement(client, vacancy):
    answer = client.get("/lowongan/analis-data.ics")
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")

    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert [str(one["summary"]).split(":")[0] for one in events] == [
        "Pendaftaran", "SKD", "Pengumuman SKD", "Hasil akhir",
    ]  # fmt: skip
    assert abs(events[0].decoded("dtend") - vacancy.registration.closes_at) < timedelta(seconds=1)


def test_a_moved_stage_is_the_same_event_with_a_higher_number(client, vacancy):
    before = icalendar.Calendar.from_ical(client.get("/lowongan/analis-data.ics").content).walk("VEVENT")[1]
    schedule.change_stage(
        vacancy.test, by=vacancy.pia, at=timezone.now(), reason="x", opens_at=vacancy.test.opens_at + DAY
    )

    after = icalendar.Calendar.from_ical(client.get("/lowongan/analis-data.ics").content).walk("VEVENT")[1]

    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1) and after.decoded("dtstamp") > before.decoded("dtstamp")


@pytest.mark.parametrize("address", ["/lowongan/rahasia/", "/lowongan/rahasia.ics", "/lowongan/tidak-ada/"])
def test_what_is_not_published_is_not_there(client, vacancy, address):
    make_formation(make_recruitment(), slug="rahasia")

    assert client.get(address).status_code == 404


def test_everybody_gets_the_same_and_no_cookie(client, vacancy):
    answer = client.get(vacancy.address)

    assert not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")
    assert "csrfmiddlewaretoken" not in answer.content.decode()


def test_it_asks_as_much_with_a_long_history_as_without(client, vacancy):
    with CaptureQueriesContext(connection) as few:
        client.get(vacancy.address)
    for number in range(30):
        make_requirement(vacancy.recruitment, f"syarat-{number}", kind="clause")
        make_stage(vacancy.recruitment, "test", 10 + number, rule="skd")
        Revision.objects.create(
            recruitment=vacancy.recruitment, summary=f"Ke-{number}", by=vacancy.pia, at=timezone.now()
        )

    with CaptureQueriesContext(connection) as many:
        client.get(vacancy.address)

    assert len(many) == len(few) <= 12
