"""What citizens see of clusters, answers and promises, what the desk keeps when it refuses, and the feed of what moved."""

from io import BytesIO

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from participation.actions import consultations, contributions
from participation.models import Contribution
from tests.participation.test_consultations import Cast, desk, letters
from tests.parts import DAY


@pytest.fixture
def cast(own_database):
    return Cast()


@pytest.fixture
def topic(cast):
    """Two groups of what was said, one of them answered; a promise done, one dropped, one overdue, one that runs."""
    found = cast.open_one()
    late, queue = cast.say(found), cast.say(found, address="budi@warga.example", text="Antrean dari rumah.")
    cast.say(found, address="citra@warga.example", text="Parkir kurang.")
    consultations.sort(found, [late.pk], cluster=None, title="Jam buka", by=cast.rudi, at=cast.now)
    consultations.sort(found, [queue.pk], cluster=None, title="Nomor antrean", by=cast.rudi, at=cast.now)
    found.hours, found.queue = found.clusters.all()
    consultations.answer(found.hours, response="Kami setuju.", by=cast.rudi, at=cast.now)
    for text, cluster, days in (("Buka sampai 20.00", found.hours, 1), ("Aplikasi antrean", found.queue, 2),
                                ("Papan petunjuk", None, 0), ("Kursi tunggu", None, 30)):  # fmt: skip
        day = timezone.localdate(cast.now + days * DAY)
        consultations.promise(found, text=text, due_on=day, cluster=cluster, by=cast.rudi, at=cast.now)
    found.done, found.dropped = (
        found.promises.get(text="Buka sampai 20.00"),
        found.promises.get(text="Aplikasi antrean"),
    )
    consultations.settle(found.done, state="done", proof="https://kota.example/loket", by=cast.pia, at=cast.now)
    consultations.settle(found.dropped, state="dropped", reason="Anggaran tidak ada.", by=cast.pia, at=cast.now)
    return found


def page_of(topic, query="") -> str:
    return Client().get(reverse("consultation_detail", args=[topic.slug]) + query).content.decode()


def test_a_citizen_sees_every_group_answered_or_not_and_what_became_of_every_promise(topic):
    shown = page_of(topic)

    assert "Dari 4 janji: 1 dikerjakan, 1 tidak jadi.</p>" in shown
    assert shown.count("belum ditanggapi") == 1 and "Kami setuju." in shown
    assert "1 masukan belum dikelompokkan." in shown
    for words in ("Jam buka", "Nomor antrean", "Anggaran tidak ada.", "https://kota.example/loket", "Kursi tunggu"):
        assert words in shown
    listed = Client().get(reverse("consultation_list")).content.decode()
    assert "3 masukan, 1 pokok sudah ditanggapi, 1 dari 4 janji sudah dikerjakan." in listed


def test_a_group_shows_what_was_said_about_it_alone(topic):
    shown = page_of(topic, f"?pokok={topic.queue.pk}")

    assert "Antrean dari rumah." in shown and "Buka sampai malam." not in shown and "Parkir kurang." not in shown
    for wanted in ("0", "x", "9" * 30):
        assert Client().get(reverse("consultation_detail", args=[topic.slug]), {"pokok": wanted}).status_code == 404, (
            wanted
        )


def test_each_author_hears_of_what_concerns_their_words_once(topic):
    assert letters("alya@warga.example") == [
        "Benarkan masukan Anda", "Masukan Anda ditanggapi", "Pemerintah berjanji", "Pemerintah berjanji",
        "Pemerintah berjanji", "Janji dikerjakan",
    ]  # fmt: skip
    assert letters("budi@warga.example") == [
        "Benarkan masukan Anda", "Pemerintah berjanji", "Pemerintah berjanji", "Pemerintah berjanji",
        "Janji tidak jadi dikerjakan",
    ]  # fmt: skip


def test_the_feed_tells_what_moved_to_who_gave_no_address(topic, settings):
    answer = Client().get(reverse("consultation_feed"))
    feed = feedparser.parse(BytesIO(answer.content))

    assert not feed.bozo and feed.version == "atom10"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    titles = {entry.title for entry in feed.entries}
    assert {"Ditanyakan: Jam layanan", "Ditanggapi: Jam buka", "Dikerjakan: Buka sampai 20.00"} <= titles
    assert "Tidak jadi: Aplikasi antrean" in titles and len(feed.entries) == 1 + 1 + 4 + 2
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert all(entry.link.startswith(f"{settings.SITE_URL}/konsultasi/") for entry in feed.entries)
    assert all(entry.updated_parsed for entry in feed.entries)
    assert "Parkir kurang." not in answer.content.decode()


def test_what_is_not_published_stands_in_no_feed(cast):
    consultations.write(
        title="Rahasia", body="x", opens_at=cast.now, closes_at=cast.now + DAY, by=cast.pia, at=cast.now
    )

    assert "Rahasia" not in Client().get(reverse("consultation_feed")).content.decode()


# --- The desk ------------------------------------------------------------------------------------
def refused_page(cast, topic, given) -> str:
    answer = desk(cast.rudi).post(reverse("consultation_desk", args=[topic.pk]), given)
    assert answer.status_code == 422
    return answer.content.decode()


def test_a_refused_form_on_the_desk_keeps_what_was_typed(cast, topic):
    running = topic.promises.get(text="Kursi tunggu")
    said = topic.contributions.get(text="Parkir kurang.")
    long = "Panjang sekali. " * 600

    shown = refused_page(cast, topic, {"do": "answer", "which": topic.queue.pk, "answer-response": long})
    assert long.strip() in shown and shown.count(long.strip()) == 1
    shown = refused_page(
        cast, topic,
        {"do": "settle", "which": running.pk, "settle-state": "dropped", "settle-proof": "ftp://x", "settle-reason": "Mahal"},
    )  # fmt: skip
    assert 'value="ftp://x"' in shown and 'value="Mahal"' in shown
    assert '<option value="dropped" selected>' in shown
    shown = refused_page(cast, topic, {"do": "hide", "which": said.pk, "hide-rule": "advert", "hide-reason": ""})
    assert '<option value="advert" selected>' in shown and "<details open>" in shown and "Tulis alasannya." in shown
    shown = refused_page(
        cast, topic, {"do": "promise", "promise-text": "Kanopi", "promise-due_on": "2020-01-01", "promise-cluster": ""}
    )
    assert 'value="Kanopi"' in shown and 'value="2020-01-01"' in shown and "Tanggal itu sudah lewat." in shown
    shown = refused_page(cast, topic, {"do": "sort", "chosen": [said.pk], "sort-title": ""})
    assert f'value="{said.pk}" form="kelompokkan" checked' in shown


def test_a_refused_decision_keeps_its_words(cast, topic):
    said = topic.contributions.get(text="Parkir kurang.")
    hiding = contributions.hide(said, rule="advert", reason="Iklan.", by=cast.nadia, at=cast.now)
    contributions.appeal(hiding, text="Bukan iklan", by=said.subscriber, at=cast.now)

    shown = refused_page(
        cast, topic, {"do": "decide", "which": said.pk, "decide-restore": "0", "decide-answer": "x" * 301}
    )

    assert "x" * 301 in shown and '<option value="0" selected>' in shown


def test_the_desk_offers_a_preparer_nothing_that_is_refused(cast, topic):
    shown = desk(cast.pia).get(reverse("consultation_desk", args=[topic.pk])).content.decode()

    assert 'value="answer"' not in shown and 'value="promise"' not in shown
    assert "Menunggu tanggapan dari Pengesah." in shown and 'value="settle"' in shown


def test_the_desk_costs_the_same_for_one_and_for_forty(cast):
    topic, publisher = cast.open_one(), desk(cast.rudi)
    cast.say(topic)
    address = reverse("consultation_desk", args=[topic.pk])
    publisher.get(address)
    with CaptureQueriesContext(connection) as few:
        publisher.get(address)
    for number in range(39):
        cast.say(topic, address=f"w{number}@warga.example", text=str(number))
    with CaptureQueriesContext(connection) as many:
        shown = publisher.get(address).content.decode()

    assert Contribution.objects.count() == 40 and shown.count('name="chosen"') == 40
    assert len(many) == len(few)
