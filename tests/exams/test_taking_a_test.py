"""Taking a test that counts: nobody gains time or reads what is not theirs, and the office sees what it may."""

import json
import re
import time
from datetime import timedelta

import pypdfium2
import pytest
import segno
from django.core import signing
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams import exam_card, exam_key
from exams.actions import keeping, live_sessions, local_tests, seats
from exams.actions import sitting as sittings
from exams.models import Answer, Incident, LocalTest, Seat, Sitting
from selection.models import ScoreBatch
from tests.exams.local_room import MINUTE, Hall
from tests.exams.sitting_down import long_ago, without_trigger
from tests.parts import enrol, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON = {"accept": "application/json"}
MOST = 600_000  # milliseconds of the test


@pytest.fixture
def hall(db):
    return Hall().open()


def enter(hall, place: int = 0) -> Client:
    """A device at the seat, with the number of the card and the code."""
    browser, seat = Client(), hall.seat(place)
    sent = {"number": seat.application.participant_number.lower(), "code": f" {seat.code[:4]} {seat.code[4:]}"}
    assert browser.post(reverse("exam_door"), sent).url == reverse("exam_start")
    return browser


def start(hall, place: int = 0) -> Client:
    browser = enter(hall, place)
    assert browser.post(reverse("exam_start")).url == reverse("exam_question", args=[1])
    return browser


def save(browser, n: int, letter: str = "A", mark: str = "m", **more):
    return browser.post(reverse("exam_question", args=[n]), {"jawaban": letter, "tanda": mark} | more, headers=JSON)


def sitting_of(hall, place: int = 0) -> Sitting:
    return Sitting.objects.get(seat=hall.seat(place))


def test_from_the_door_to_the_score_without_javascript(hall):
    browser = enter(hall)
    page = browser.get(reverse("exam_start")).content.decode()
    assert hall.seat().application.participant_number in page and "9 soal, 10 menit" in page
    assert "TWK 3, TIU 3, TKP 3." in page

    browser.post(reverse("exam_start"))
    page = browser.get(reverse("exam_question", args=[1])).content.decode()
    sections = re.findall(r"(\w+) <span class=\"muted\">soal (\d)–(\d)</span>", page)
    assert sections == [("TWK", "1", "3"), ("TIU", "4", "6"), ("TKP", "7", "9")]
    answer = browser.post(reverse("exam_question", args=[1]), {"jawaban": "A", "tanda": "m", "ke": "2"})
    assert answer.url == reverse("exam_question", args=[2])
    assert browser.post(reverse("exam_finish")).url == reverse("exam_result")

    page = browser.get(reverse("exam_result")).content.decode()
    assert "TWK (Tes Wawasan Kebangsaan):" in page and "Sidik jawaban" in page
    assert "Karena" not in page and "r-twk" not in page
    assert browser.get(reverse("exam_result")).headers["Cache-Control"] == "private, no-store"


class TestNobodyGainsTime:
    def test_by_a_clock_of_ones_own(self, hall):
        """1. What a browser says about time is not read."""
        browser = start(hall)
        save(browser, 1, ends_at="2099-01-01", left="99999999")
        sat = long_ago(sitting_of(hall), timedelta(minutes=10))

        assert save(browser, 2, mark="late", at="2020-01-01").json() == {"over": True}
        assert sat.answers.count() == 1

    def test_by_sending_an_old_answer_again(self, hall):
        """2. A replay neither writes nor wins."""
        browser = start(hall)
        save(browser, 1, "A", "old")
        save(browser, 1, "B", "new")

        assert save(browser, 1, "A", "old").json()["number"] == 1
        assert sittings.latest(sitting_of(hall))[1].mark == "new"

    def test_by_beginning_again(self, hall):
        """3. A seat has one sitting: its clock goes on."""
        browser = start(hall)
        before = sitting_of(hall).ends_at

        browser.post(reverse("exam_start"))

        assert sitting_of(hall).ends_at == before

    def test_on_a_second_device(self, hall):
        """4. The code is spent; a freed seat is the same sitting with the same clock, and the first device is out."""
        spent = hall.seat().code
        browser = start(hall)
        before, number = sitting_of(hall).ends_at, hall.seat().application.participant_number
        assert Client().post(reverse("exam_door"), {"number": number, "code": spent}).status_code == 422

        seats.free(hall.seat(), words="Layar mati.", by=hall.room_officer, at=timezone.now())
        other = start_again(hall)

        assert save(other, 1).status_code == 200
        assert save(browser, 2, mark="x").status_code == 404
        assert sitting_of(hall).ends_at == before

    def test_by_answers_that_arrive_late(self, hall):
        """5. A queue that arrives after the end changes nothing."""
        browser = start(hall)
        sat = long_ago(sitting_of(hall), timedelta(minutes=10))

        assert [save(browser, n, mark=f"q{n}").status_code for n in (1, 2, 3)] == [409, 409, 409]
        sat.refresh_from_db()
        assert sat.ended_at == sat.ends_at and sat.score["total"]["points"] == 0

    def test_with_tabs_side_by_side(self, hall):
        """6. All tabs have one clock."""
        browser = start(hall)
        tab = Client()
        tab.cookies = browser.cookies

        lefts = [save(one, 1, letter, letter).json()["left"] for one, letter in ((browser, "A"), (tab, "B"))]

        assert lefts[1] <= lefts[0] <= MOST

    @pytest.mark.parametrize(
        "forged",
        ["x", signing.dumps("geraten", salt=exam_key.SALT), signing.dumps("a", salt="b")],
        ids=["a letter", "of a place that is none", "signed for something else"],
    )
    def test_with_a_key_that_was_not_given_out(self, hall, forged):
        """7. Forged, guessed, or of other pages."""
        browser = start(hall)
        browser.cookies["ujian"] = forged

        assert save(browser, 1).status_code == 404

    def test_by_opening_again_what_was_ended(self, hall):
        """8. Ended is ended, also for a device that comes later."""
        browser = start(hall)
        browser.post(reverse("exam_finish"))
        seats.free(hall.seat(), words="Ingin ulang.", by=hall.room_officer, at=timezone.now())
        other = start_again(hall)

        assert save(other, 1).status_code == 409
        assert other.get(reverse("exam_question", args=[1])).url == reverse("exam_result")

    def test_by_beginning_early_or_after_the_door_is_shut(self, hall):
        """9. Outside its hours a test does not begin, whoever is at the seat."""
        browser = enter(hall)
        for moved in (-10 * MINUTE, 50 * MINUTE):
            hall.passes(moved)
            assert browser.post(reverse("exam_start")).url == reverse("exam_start")

        assert not Sitting.objects.exists()

    def test_by_more_time_from_an_officer(self, hall):
        """10. Neither seat nor sitting gets another end."""
        start(hall)
        sat = sitting_of(hall)
        for change in ({"ends_at": sat.ends_at + MINUTE}, {"starts_at": sat.starts_at + MINUTE}):
            with pytest.raises(DatabaseError, match="keeps its time"), transaction.atomic():
                Sitting.objects.filter(pk=sat.pk).update(**change)


def start_again(hall) -> Client:
    browser = enter(hall)
    browser.post(reverse("exam_start"))
    return browser


def with_a_picture(sat: Sitting) -> str:
    """The first question gets one; its address."""
    version = sat.items.select_related("version").get(position=1).version
    pictured = version.content | {"image": {"type": "image/png", "alt": "Bidang", "data": "iVBORw0KGgo="}}
    with without_trigger("exams_itemversion", "item_version_written_once"):
        type(version).objects.filter(pk=version.pk).update(sealed=json.dumps(pictured))
    return reverse("exam_image", args=[1])


def test_a_picture_of_a_secret_item_is_not_shown_any_more_when_the_test_is_over(hall):
    browser = start(hall)
    address = with_a_picture(sitting_of(hall))
    shown = browser.get(address)
    assert (shown.headers["Content-Type"], shown.headers["Cache-Control"]) == ("image/png", "private, no-store")

    browser.post(reverse("exam_finish"))

    assert browser.get(address).url == reverse("exam_result")


def test_the_card_says_where_and_when_and_its_qr_leads_to_the_door(hall):
    seat, site = hall.seat(), "https://portal.example"
    page = pypdfium2.PdfDocument(exam_card.of(Seat.objects.select_related(*exam_card.NEEDS).get(pk=seat.pk), site))[0]
    words, number = page.get_textpage().get_text_range(), seat.application.participant_number

    assert number in words and f"{seat.room}, {seat.number}" in words and "Aula" in words and "10 menit" in words
    assert (seat.code or "-") not in words
    assert draws(page, segno.make(f"{site}/ujian/?nomor={number}", error="m"))
    assert not draws(page, segno.make(f"{site}/ujian/?nomor={number[::-1]}", error="m"))


def draws(page, code) -> bool:
    """Whether the QR stands on the page, in the middle, 3.6 cm wide: every module is looked at."""
    a_cm, modules = 40, [list(line) for line in code.matrix_iter(border=4)]
    picture = page.render(scale=a_cm * 2.54 / 72).to_pil().convert("L")
    step, left = 3.6 * a_cm / len(modules), picture.width / 2 - 1.8 * a_cm

    def fits(top: int) -> bool:
        return all(
            (picture.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step))) < 128) == bool(dark)
            for y, line in enumerate(modules)
            for x, dark in enumerate(line)
        )

    return any(fits(top) for top in range(int(picture.height - 3.6 * a_cm)))


def test_with_its_trigger_off_a_late_answer_would_count(hall):
    """The twin of 5."""
    browser = start(hall)
    sat = sitting_of(hall)
    place = sat.items.first()
    long_ago(sat, timedelta(minutes=10))
    with without_trigger("exams_answer", "answer_in_time"):
        Answer.objects.create(
            sitting=sat, position=place.position, number=1, value=["a"], mark="late", at=timezone.now()
        )

    assert browser.get(reverse("exam_result")).status_code == 200
    assert sitting_of(hall).score["total"]["answered"] == 1


def test_a_curious_neighbour_reads_nothing_of_another_seat(hall):
    mine, theirs = start(hall, 0), start(hall, 1)
    save(theirs, 1, "A")

    assert mine.get(reverse("exam_state"), headers=JSON).json()["answers"] == {}
    assert Client().get(reverse("exam_questions"), headers=JSON).status_code == 404
    before = mine.get(reverse("exam_questions"), headers=JSON).content.decode()
    assert "Karena" not in before and '"right"' not in before and "r-twk" not in before
    assert Client().get(reverse("exam_result")).url == reverse("exam_door")


def test_guessing_codes_ends_after_a_few_attempts(hall):
    number = hall.seat().application.participant_number
    stranger = Client()

    answers = [
        stranger.post(reverse("exam_door"), {"number": number, "code": f"AAAA{n:04d}"}).status_code for n in range(12)
    ]

    assert answers[:10] == [422] * 10 and answers[10:] == [429] * 2


def test_an_account_takes_its_own_seat_only_where_own_devices_are_allowed(db):
    alya, budi = make_user("alya@ujian.example"), make_user("budi@ujian.example")
    for allowed in (False, True):
        hall = Hall(3, owners=[alya], own_devices=allowed).open()
        browser, stranger = Client(), Client()
        browser.force_login(alya, backend=BACKEND)
        stranger.force_login(budi, backend=BACKEND)
        address = reverse("exam_enter", args=[hall.seat().pk])

        assert stranger.post(address).status_code == 404
        assert browser.post(address).url == reverse("exam_start" if allowed else "exam_door")
        assert browser.post(address).url == reverse("exam_door")
        card = browser.get(reverse("exam_card", args=[hall.seat().pk]))
        assert card.content.startswith(b"%PDF") and card.headers["Cache-Control"] == "private, no-store"
        assert stranger.get(reverse("exam_card", args=[hall.seat().pk])).status_code == 404
        code = hall.seat().code
        assert code is None or code.encode() not in card.content


class TestOffice:
    def desk(self, user) -> Client:
        browser = Client()
        enrol(user)
        browser.force_login(user, backend=BACKEND)
        session = browser.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
        session.save()
        return browser

    def test_two_officers_open_it_and_a_bribed_one_alone_sees_no_code(self, db):
        hall = Hall()
        pia, rudi, rina = (self.desk(one) for one in (hall.pia, hall.rudi, hall.room_officer))
        desk, room = reverse("exam_desk", args=[hall.session.slug]), reverse("exam_room", args=[hall.session.slug, 0])
        for _turn in range(2):
            pia.post(desk, {"do": "unseal"})
        rina.post(desk, {"do": "unseal"})
        assert not LocalTest.objects.get().is_unsealed
        assert "setelah dua petugas" in rina.get(room).content.decode()

        rudi.post(desk, {"do": "unseal"})

        assert LocalTest.objects.get().is_unsealed
        seat = hall.test.seats.filter(room="A").first()
        assert seat.code in rina.get(room).content.decode()

    def test_without_a_fresh_code_of_the_second_factor_nothing_is_opened(self, db):
        hall = Hall()
        browser = Client()
        enrol(hall.pia)
        browser.force_login(hall.pia, backend=BACKEND)

        browser.post(reverse("exam_desk", args=[hall.session.slug]), {"do": "unseal"})

        assert LocalTest.objects.get().first_by is None

    def test_the_room_officer_frees_a_device_and_notes_what_happened(self, hall):
        start(hall)
        seat = hall.seat()
        rina = self.desk(hall.room_officer)
        room = reverse("exam_room", args=[hall.session.slug, hall.session.rooms.index(seat.room)])

        rina.post(room, {"do": "free", "seat": seat.pk, "words": "Layar mati."})
        rina.post(room, {"do": "note", "kind": "network", "words": "Listrik mati 2 menit."})
        rina.post(room, {"do": "free", "seat": seat.pk, "words": " "})

        assert sorted(Incident.objects.values_list("kind", flat=True)) == ["device", "network"]
        assert hall.seat().code

    def test_a_session_is_sealed_by_the_form_and_its_mistakes_are_named(self, db):
        hall = Hall(6)
        session = live_sessions.make(
            hall.story.stage,
            name="Sesi 2",
            place="Aula",
            rooms=["C"],
            held_on=hall.now.date(),
            by=hall.pia,
            at=hall.now,
        )
        browser, address = self.desk(hall.pia), reverse("exam_seal", args=[session.slug])
        form = {"begins_at": f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%dT%H:%M}", "door_minutes": 30, "minutes": 90,
                "seats_per_room": 10, "parts": "twk; ; 3; 5\ntiu; ; 3; 5\ntkp; uji; 3; 5"}  # fmt: skip

        assert "sudah punya kursi" in browser.post(address, form).content.decode()
        for wrong in ({"parts": "xyz; ; 3; 5"}, {"parts": "twk; 3"}, {"extra": "ABC"}, {"minutes": 0}):
            assert browser.post(address, form | wrong).status_code == 422
        assert LocalTest.objects.count() == 1

    def test_scores_go_on_and_a_faulty_item_is_neutralised_from_the_desk(self, hall):
        browser = start(hall)
        browser.post(reverse("exam_finish"))
        code = sitting_of(hall).items.first().version.item.code
        hall.passes(31 * MINUTE)
        keeping.keep(timezone.now())
        pia, rudi = self.desk(hall.pia), self.desk(hall.rudi)
        address = reverse("exam_desk", args=[hall.session.slug])

        pia.post(address, {"do": "propose", "code": code, "reason": "Kunci keliru."})
        pia.post(address, {"do": "apply"})
        assert hall.test.neutralisations.get().state == "proposed"
        rudi.post(address, {"do": "apply"})
        pia.post(address, {"do": "hand_in"})

        assert hall.test.neutralisations.get().state == "applied"
        assert ScoreBatch.objects.get().uploaded_by == hall.pia
        assert "Nilai ini sudah diperbaiki" in browser.get(reverse("exam_result")).content.decode()
        page = rudi.get(address).content.decode()
        assert re.search(r"Dihitung untuk\s+1 peserta, nilai 1 peserta berubah", page)


def test_who_was_seated_by_an_earlier_session_is_not_seated_again(db):
    hall = Hall(3)

    assert hall.test.seats.count() == 3
    with pytest.raises(local_tests.NotPossible):
        local_tests._seats(hall.test, hall.session, 10, {}, hall.now)


class TestOnADeviceThatOthersUseNext:
    def test_it_lets_go_of_the_seat_and_the_score_stays(self, hall):
        browser = start(hall)
        save(browser, 1)
        browser.post(reverse("exam_finish"))
        assert "bersihkan perangkat ini" in browser.get(reverse("exam_result")).text
        copied = Client()
        copied.cookies["ujian"] = browser.cookies["ujian"].value
        score = sitting_of(hall).score

        page = browser.post(reverse("exam_leave"), follow=True)

        assert page.redirect_chain == [(reverse("exam_leave"), 302)]
        assert "tetap dihitung" in page.text and "kode baru" in page.text
        assert browser.cookies["ujian"].value == "" and browser.cookies["ujian"]["path"] == exam_key.PATH
        assert [one.get(reverse("exam_result")).url for one in (browser, copied)] == [reverse("exam_door")] * 2
        assert hall.seat().key_digest is None and sitting_of(hall).score == score

        seats.free(hall.seat(), words="Ingin mencatat sidik.", by=hall.room_officer, at=timezone.now())
        again = enter(hall)
        again.get(reverse("exam_start"), follow=True)
        assert "Sidik jawaban" in again.get(reverse("exam_result")).text

    @pytest.mark.parametrize("begun", [True, False])
    def test_a_test_that_is_not_over_is_not_left(self, hall, begun):
        browser = start(hall) if begun else enter(hall)
        assert browser.get(reverse("exam_leave")).url == reverse("exam_start")

        answer = browser.post(reverse("exam_leave"))

        assert answer.url == reverse("exam_finish" if begun else "exam_start")
        assert hall.seat().key_digest and browser.cookies["ujian"].value

    def test_a_test_whose_time_is_over_is_scored_and_left(self, hall):
        browser = start(hall)
        long_ago(sitting_of(hall), timedelta(minutes=11))

        assert browser.post(reverse("exam_leave")).url == reverse("exam_leave")
        assert sitting_of(hall).score and hall.seat().key_digest is None

    def test_a_form_from_elsewhere_frees_no_seat(self, hall):
        browser = start(hall)
        browser.post(reverse("exam_finish"))
        strict = Client(enforce_csrf_checks=True)
        strict.cookies["ujian"] = browser.cookies["ujian"].value

        assert strict.post(reverse("exam_leave")).status_code == 403
        assert hall.seat().key_digest
