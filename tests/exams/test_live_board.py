"""The page of live scores: everybody sees numbers and their age, nobody a name or a verdict, and nobody costs much."""

import html
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams import live_board, live_kept
from exams.actions import live_sessions
from exams.live_differences import differences
from oversight.flags.live_scores import shown_and_imported
from selection.actions import announcement
from tests.exams.live_room import MINUTE, Room
from tests.parts import make_user
from tests.selection.story import DUE

POLL = {"hx-request": "true"}


@pytest.fixture
def room(db):
    return Room()


def test_the_age_of_the_data_is_told_in_words_for_each_room(room):
    a, b = room.story.people[:4], room.story.people[4:]
    room.bring(room.lines(minutes=10, people=a))
    room.bring(room.lines(minutes=2, room="B", people=b))

    page = room.page()

    assert "umurnya 2 menit saat dimuat pukul" in page
    assert "umurnya 10 menit" in page
    assert "Tidak ada data baru sejak" in page
    assert "12 peserta sudah selesai" in page
    one_room = room.page("/?ruang=1")
    assert all(one.participant_number in one_room for one in a)
    assert not any(one.participant_number in one_room for one in b)


def test_the_order_is_by_total_or_by_number(room):
    first, *others = sorted(room.story.people, key=lambda one: one.participant_number)
    room.bring(room.lines(minutes=3, people=others))
    room.bring(room.lines(minutes=2, twk=60, people=[first]))

    by_total, by_number = room.page("/?urut=nilai"), room.page("/?urut=nomor")

    assert by_total.index(others[0].participant_number) < by_total.index(first.participant_number)
    assert by_number.index(first.participant_number) < by_number.index(others[0].participant_number)
    assert [
        one.total for one in live_board.lines(room.session, set())[1] if one.number == first.participant_number
    ] == [340]


def test_a_score_that_just_came_bears_a_word(room):
    room.bring(room.lines(minutes=1))

    assert room.page().count(">baru<") == 12
    found = live_board.lines(room.session, set())[1][0]
    assert found.received_at < room.now + MINUTE - live_board.FRESH  # a minute later it does not


def test_an_open_page_hears_only_the_age_while_the_table_is_the_same(room):
    room.bring(room.lines())
    shown = re.search(r"tampil=(\w+)", room.page())[1]

    same = room.get(f"/?tampil={shown}", **POLL)
    other = room.get("/?tampil=0", **POLL)

    assert same.headers["HX-Retarget"] == "#umur"
    assert "Per ruang" in same.content.decode() and 'id="tabel"' not in same.content.decode()
    assert 'id="tabel"' in other.content.decode()
    assert "Tabel nilai berubah." in other.content.decode()


def test_the_same_page_is_not_sent_twice(room):
    room.bring(room.lines())
    first = room.get()

    again = room.get(**{"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=5"


def test_the_wall_goes_through_the_pages_by_itself(db):
    room = Room(25)
    room.bring(room.lines())

    one, two = room.page("/?layar=1"), room.page("/?layar=1&halaman=2")

    assert "halaman=2&amp;layar=1" in one
    assert "halaman=1&amp;layar=1" in two
    assert one.count('<th scope="row" class="code">') == 20
    assert "Jeda" in one


def test_one_participant_is_found_on_any_page(room):
    room.bring(room.lines(twk=97))
    number = room.story.people[3].participant_number

    assert "TWK 97" in room.page(f"/?cari={number.lower()}")
    assert "belum ada di sesi ini" in room.page("/?cari=ZZZZZZZZZZ")


def test_a_small_group_shows_no_score_wherever_one_looks(db):
    room = Room(9)
    room.bring(room.lines(twk=97))
    number = room.story.people[0].participant_number

    for more in ("", f"/?cari={number}", "/?layar=1", ".csv"):
        page = room.page(more)
        assert number in page
        assert "97<" not in page and "TWK 97" not in page and ",97" not in page and "377" not in page


def test_the_first_nine_who_are_done_are_no_small_group(room):
    """The twin of the test before: those who come early are of the same twelve."""
    room.bring(room.lines(twk=97, people=room.story.people[:9]))

    assert room.page().count(">97<") == 9


def test_a_curious_neighbour_finds_no_name_no_verdict_and_no_session_that_waits(db):
    alya = make_user("alya@contoh.example", name="Alya Rahmawati")
    room = Room(12, owners=[alya])
    room.bring(room.lines(twk=20))
    waiting = live_sessions.make(
        room.story.stage, name="Sesi rahasia", place="Aula", rooms=["A"], held_on=room.now.date(), by=room.story.pia,
        at=room.now,
    )  # fmt: skip

    pages = [room.page(more) for more in ("", "/?layar=1", "/?cari=A", ".csv", "/selisih/")]

    for page in pages:
        assert not any(word in page.lower() for word in ("alya", "rahmawati", "lulus", "ambang"))
    room.session = waiting
    assert [room.get(more).status_code for more in ("", ".csv", "/selisih/", "/?cari=A")] == [404] * 4
    assert "rahasia" not in room.page("/../")


def test_the_official_file_is_held_against_the_newest_score(room):
    room.bring(room.lines(minutes=10, twk=1))
    room.bring(room.as_in_the_file(p0=110))
    room.story.score()

    page, list_of_them = room.page(), room.page("/selisih/")

    assert "Nilai layar berbeda dari nilai resmi: 1 dari 12 peserta." in page
    assert room.story.people[0].participant_number in list_of_them
    assert room.story.people[1].participant_number not in list_of_them
    assert "tampil sesudah diumumkan" in list_of_them and ">120<" not in list_of_them
    assert [len(one.lines) for one in shown_and_imported()] == [1]


@pytest.mark.usefixtures("own_database")
def test_after_the_announcement_everybody_reads_all_three_values():
    room = Room()
    room.bring(room.as_in_the_file(p0=110))
    room.story.ready()
    announcement.announce_due(DUE)
    cache.clear()

    page = room.page("/selisih/")

    assert ">110<" in page
    assert page.count(">120<") == 2  # the file and the announcement
    assert [(one.shown, one.filed, one.announced) for one in differences(room.session, set()).rows] == [(110, 120, 120)]


def test_whoever_was_on_the_screen_and_is_not_in_the_file_is_told(room):
    stranger = room.story.people.pop()
    room.story.score()
    room.story.people.append(stranger)
    room.bring(room.as_in_the_file())

    rows = differences(room.session, set()).rows

    assert [(one.number, str(one.why)) for one in rows] == [
        (stranger.participant_number, "tidak ada di berkas nilai resmi")
    ]


def test_a_board_of_many_costs_as_many_queries_as_one_of_few(db):
    def cost(people: int) -> int:
        room = Room(people)
        room.bring(room.as_in_the_file())
        room.story.score()
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            room.get()
        return len(seen)

    assert cost(10) == cost(60) <= 7


def test_a_hundred_viewers_cost_one_rendering(room):
    room.bring(room.lines())

    with CaptureQueriesContext(connection) as first:
        answer = room.get()
    with CaptureQueriesContext(connection) as others:
        for _viewer in range(100):
            room.get()

    assert len(first) > 0
    assert len(others) == 0
    assert len(answer.content) < 60_000


def test_without_what_is_kept_each_viewer_costs_one(room, monkeypatch):
    """The twin: the same board, read anew each time."""
    room.bring(room.lines())
    monkeypatch.setattr(live_kept, "kept", lambda key, make, **more: make())

    with CaptureQueriesContext(connection) as seen:
        for _viewer in range(3):
            room.get()

    assert len(seen) >= 9


def test_a_paused_board_stays_paused_in_another_order_room_and_page_until_somebody_goes_on(room, monkeypatch):
    monkeypatch.setattr(live_board, "A_PAGE", 5)
    room.bring(room.lines(minutes=1))

    page = room.page("/?jeda=1")

    links = [html.unescape(one) for one in re.findall(r'href="(\?[^"]*)"', page)]
    (go_on,) = (html.unescape(one) for one in re.findall(r'href="([^"]*)">Lanjutkan', page))
    assert "jeda" not in go_on and "every 12s" in room.page(f"/{go_on}")
    others = [one for one in links if one != go_on and "layar" not in one]
    assert len(others) >= 2 and all("jeda=1" in one for one in others)
    assert all("every 12s" not in room.page(f"/{one}") for one in others)
    assert '<input type="hidden" name="jeda" value="1">' in page
    running = room.page("/")
    assert 'name="jeda"' not in running and running.count("jeda=1") == 1
