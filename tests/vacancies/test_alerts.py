"""News about vacancies without an account: only to who confirmed it, never twice, and gone when asked to go."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.grants import KEEPER, WEB
from publishing.actions import delivery
from publishing.models import Delivery, Publication, Subscriber
from publishing.models.subscriber import of_token
from tests.roles import working_as
from tests.vacancies.city import City
from vacancies.actions import alerts, schedule
from vacancies.models import SavedSearch

DAY = timedelta(days=1)
SITI = "siti@warga.example"
NURSES = QueryDict("q=perawat")


@pytest.fixture
def city(db):
    return City()


def ask(city, query=NURSES, address=SITI, cadence="daily") -> SavedSearch:
    return alerts.ask(address, query, cadence=cadence, at=city.now)


def following(city, query=NURSES, **changed) -> SavedSearch:
    search = ask(city, query, **changed)
    alerts.confirm(search.subscriber, at=city.now)
    search.refresh_from_db()
    return search


def letters() -> list[str]:
    """The letters sent so far, the newest last."""
    delivery.deliver_due(timezone.now() + 400 * DAY)
    return [f"{one.subject}\n{one.body}" for one in mail.outbox]


def test_a_search_is_kept_as_a_sentence(city):
    search = ask(city, QueryDict("jenjang=s1&q=statistika&disabilitas=1"))

    assert (
        search.words
        == "Lowongan dengan kata “statistika”, Pendidikan: S-1/Sarjana, terbuka bagi penyandang disabilitas"
    )
    assert ask(city, QueryDict("")).words == "Semua lowongan"


def test_nothing_is_sent_before_the_owner_of_the_address_confirms(city):
    search = ask(city)
    city.fill(city.open, {"formasi_id": "A9", "jabatan_nm": "PERAWAT MAHIR"})

    alerts.send_digests(city.now + 2 * DAY)
    alerts.remind_closing(city.now + 3 * DAY)

    (only,) = letters()
    assert "Aktifkan kabar lowongan" in only
    assert search.subscriber.link() in only
    assert search.due_at is None


def test_asking_a_hundred_times_writes_one_letter_a_day(city):
    for _again in range(100):
        ask(city)

    assert SavedSearch.objects.count() == 1
    assert len(letters()) == 1


def test_a_digest_tells_what_is_new_and_what_changed_and_only_that(city):
    search = following(city)
    alerts.send_digests(city.now + 2 * DAY)
    assert len(letters()) == 1  # the question; nothing was new

    city.now += timedelta(minutes=5)
    city.fill(
        city.open,
        {"formasi_id": "A9", "jabatan_nm": "PERAWAT MAHIR", "jenjang_studi": "Diploma III/Sarjana Muda",
         "program_studi": "D-III KEPERAWATAN"},
        {"formasi_id": "A8", "jabatan_nm": "ARSIPARIS"},
    )  # fmt: skip
    stage = city.open.stages.get()
    schedule.change_stage(stage, closes_at=stage.closes_at + DAY, by=city.pia, at=city.now, reason="Gangguan listrik")
    SavedSearch.objects.filter(pk=search.pk).update(due_at=city.now, seen_at=city.now - DAY / 1440)
    alerts.send_digests(city.now)
    alerts.send_digests(city.now)

    _question, digest = letters()
    assert "1 lowongan baru untuk Anda" in digest
    assert "Perawat Mahir" in digest or "PERAWAT MAHIR" in digest
    assert "ARSIPARIS" not in digest.upper()
    assert "Jadwal diubah" in digest
    assert mail.outbox[-1].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("hour", [0, 6, 7, 12, 23])
@pytest.mark.parametrize(("cadence", "days"), [("daily", 1), ("weekly", 7)])
def test_the_next_letter_comes_at_seven_some_days_later_whatever_the_hour(hour, cadence, days):
    asked = datetime(2026, 11, 25, hour, 30, tzinfo=timezone.get_default_timezone())

    due = alerts.next_turn(cadence, asked).astimezone(timezone.get_default_timezone())

    assert due.replace(tzinfo=None) == datetime(2026, 11, 25, 7) + timedelta(days=days)


@pytest.mark.parametrize("later", [timedelta(minutes=1), DAY / 2])
def test_a_closing_is_told_once_and_again_only_when_its_time_moved(city, later):
    following(city)
    following(city, QueryDict("q=sopir"), address="joko@warga.example")
    at = city.now + 3 * DAY
    for _again in range(3):
        alerts.remind_closing(at)
    closing = [one for one in letters() if "segera ditutup" in one]
    stage = city.open.stages.get()
    schedule.change_stage(stage, closes_at=stage.closes_at + later, by=city.pia, at=city.now, reason="Gangguan")
    alerts.remind_closing(at + DAY)

    assert len(closing) == 1
    assert "2 lowongan untuk pencarian Anda" in closing[0]
    assert len([one for one in letters() if "segera ditutup" in one]) == 2


def test_four_processes_write_each_letter_once(own_database):
    city = City()
    search = following(city)
    SavedSearch.objects.filter(pk=search.pk).update(due_at=city.now, seen_at=city.now - DAY)
    start = Barrier(4)

    def ring():
        start.wait()
        alerts.send_digests(timezone.now())
        alerts.remind_closing(city.now + 3 * DAY)
        connection.close()

    threads = [Thread(target=ring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Delivery.objects.filter(publication__source__contains=":digest:").count() == 1
    assert Delivery.objects.filter(publication__source__contains=":closing:").count() == 1


def test_the_link_shows_and_deletes_all_there_is(city, client):
    search = following(city)
    token = search.subscriber.token()
    letters()

    page = client.get(reverse("alert_room", args=[token]))
    client.post(reverse("alert_room", args=[token]), {"do": "forget"})

    assert SITI in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert not Subscriber.objects.exists()
    assert not SavedSearch.objects.exists()
    assert not Delivery.objects.exists()
    assert client.get(reverse("alert_room", args=[token])).status_code == 404
    with connection.cursor() as cursor:  # letters stay as text that names nobody
        cursor.execute("SELECT string_agg(p::text, ' ') FROM publishing_publication p")
        assert SITI not in (cursor.fetchone()[0] or "")


def test_a_mailbox_leaves_by_one_press_and_opening_a_link_changes_nothing(city):
    token = following(city).subscriber.token()
    strict = Client(enforce_csrf_checks=True)

    strict.get(reverse("alert_leave", args=[token]))
    assert Subscriber.objects.count() == 1
    strict.post(reverse("alert_leave", args=[token]), {"List-Unsubscribe": "One-Click"})
    assert not Subscriber.objects.exists()


def test_opening_the_link_confirms_nothing(city, client):
    search = ask(city)

    client.get(reverse("alert_room", args=[search.subscriber.token()]))

    search.refresh_from_db()
    assert search.confirmed_at is None


@pytest.mark.parametrize("change", ["cut", "other", "made up", "nonce"])
def test_a_link_that_was_not_given_out_opens_nothing(city, client, change):
    mine, other = ask(city).subscriber, ask(city, address="joko@warga.example").subscriber
    token = mine.token()
    match change:
        case "cut":
            token = token[:-3]
        case "other":
            token = other.token().split(":")[0] + ":" + token.split(":", 1)[1]
        case "made up":
            token = "WzEsImEiXQ:abc:def"
        case "nonce":
            Subscriber.objects.filter(pk=mine.pk).update(nonce="f" * 32)

    assert of_token(token) is None
    assert client.get(reverse("alert_room", args=[token])).status_code == 404
    assert client.post(reverse("alert_leave", args=[token])).status_code == 404
    assert Subscriber.objects.count() == 2


def test_nobody_touches_another_ones_search(city, client):
    mine, theirs = following(city), following(city, address="joko@warga.example")

    answer = client.post(
        reverse("alert_room", args=[mine.subscriber.token()]), {"do": "drop", "search": str(theirs.pk)}
    )

    assert answer.status_code == 404
    assert SavedSearch.objects.filter(pk=theirs.pk).exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(city, client):
    following(city)
    pages = [
        client.post(reverse("alert_new") + "?q=perawat", {"email": address, "cadence": "daily"}).content
        for address in (SITI, "baru@warga.example")
    ]

    assert pages[0] == pages[1]


def test_an_address_is_written_to_at_most_five_times_an_hour(city, client):
    answers = [
        client.post(
            f"{reverse('alert_new')}?q=kata{n}", {"email": "rini@warga.example", "cadence": "daily"}
        ).status_code
        for n in range(7)
    ]

    assert answers == [200] * 5 + [429] * 2
    assert Delivery.objects.count() == 1


def test_a_wrong_address_gets_words_and_nothing_is_kept(city, client):
    page = client.post(reverse("alert_new"), {"email": "bukan alamat", "cadence": "daily"})

    assert page.status_code == 422
    assert "nama@contoh.id" in page.content.decode()
    assert not Subscriber.objects.exists()


def test_who_never_answers_is_forgotten_after_a_week(city):
    ask(city)
    following(city, address="joko@warga.example")

    assert alerts.sweep(city.now + 7 * DAY - timedelta(minutes=1)) == 0
    assert alerts.sweep(city.now + 7 * DAY) == 1
    assert Subscriber.objects.get().confirmed_at


def test_addresses_are_ciphertext(city):
    ask(city)

    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM publishing_subscriber s")
        assert SITI not in cursor.fetchone()[0]


def test_web_and_keeper_may_do_their_part(own_database):
    city = City()
    with working_as(WEB):
        search = following(city)
        city_search = ask(city, QueryDict("q=sopir"))
        alerts.drop(city_search)
    SavedSearch.objects.update(due_at=city.now)
    with working_as(KEEPER):
        alerts.send_digests(city.now)
        alerts.remind_closing(city.now + 3 * DAY)
        delivery.deliver_due(city.now + 5 * DAY)
        Subscriber.objects.filter(pk=search.subscriber_id).update(confirmed_at=None)
        assert alerts.sweep(city.now + 8 * DAY) == 1
    assert Publication.objects.filter(source__contains=":closing:").count() == 1


def test_the_list_leads_to_the_form_with_its_own_search(city, client):
    page = client.get(reverse("vacancy_list") + "?q=perawat").content.decode()

    assert f'href="{reverse("alert_new")}?q=perawat"' in page
    assert "dengan kata “perawat”" in client.get(reverse("alert_new") + "?q=perawat").content.decode()
