"""/lapor/ as a browser meets it: no cookie in or out, no code in an address, nothing in a log."""

import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from lib import sealing
from oversight import report_tokens, untraced
from oversight.actions import reports
from oversight.models import Report, ReportImage
from oversight.report_codes import keys_of, normal
from oversight.report_numbers import lines
from oversight.views import reports as pages
from tests.oversight.reporting import a_team_key, handed_in, of_code, texts
from tests.oversight.test_report_files import a_photo
from tests.parts import NOON, enrol, make_team, make_user

FORM = {"topic": "money", "text": "Diminta uang.", "kind": "anonymous", "contact": ""}


@pytest.fixture
def oka(db):
    oka = enrol(make_user("oka@tim.example", "overseer"))
    make_team(oka, at=NOON)
    oka.private = a_team_key(oka)[1]
    return oka


@pytest.fixture(autouse=True)
def fresh_counts(monkeypatch):
    monkeypatch.setattr(untraced, "counts", untraced.HourlyCounts())
    monkeypatch.setattr(pages, "counts", untraced.counts)


def token_in(response) -> str:
    return re.search(r'name="token" value="([^"]+)"', response.text)[1]


def send(client, **changes):
    """Open the form and send it."""
    return client.post("/lapor/tulis/", FORM | {"token": token_in(client.get("/lapor/tulis/"))} | changes)


def code_in(response) -> str:
    return normal(re.search(r'id="kode">([^<]+)<', response.text)[1])


def test_a_report_is_sent_and_its_code_shown_once(oka, client):
    response = send(client, files=[SimpleUploadedFile("nama-saya.jpg", a_photo(), "image/jpeg")])

    code = code_in(response)
    report = of_code(code)
    assert response.status_code == 200
    assert texts(report, oka.private, oka) == ["Diminta uang."]
    assert ReportImage.objects.filter(message__report=report).count() == 1
    assert code not in client.post("/lapor/pantau/", {"code": code}).text


def test_no_cookie_goes_out_and_none_comes_in(oka, client):
    client.force_login(oka)
    before = list(Session.objects.values_list("session_data", "expire_date"))

    answers = [client.get(path) for path in ("/lapor/", "/lapor/tulis/", "/lapor/pantau/", "/lapor/statistik/")]
    answers += [send(client), client.post("/lapor/pantau/", {"code": "A" * 26}), client.get("/lapor/x/")]

    for answer in answers:
        assert not answer.cookies
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "oka@" not in answer.text
    for answer in answers[:-1]:
        assert "HTTP_COOKIE" not in answer.wsgi_request.META and not answer.wsgi_request.COOKIES
        assert answer.wsgi_request.session.is_empty()
        assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]
    assert list(Session.objects.values_list("session_data", "expire_date")) == before
    assert "jendela pribadi (penyamaran)" in answers[0].text
    assert "jendela pribadi (penyamaran)" not in Client().get("/lapor/").text
    assert {answer.headers["Cache-Control"] for answer in answers[:3] + answers[4:6]} == {"no-store"}


def test_what_tells_one_visitor_from_another_is_gone_before_anything_reads_it():
    seen = {}
    tracked = {
        "HTTP_USER_AGENT": "Kenari/1", "HTTP_REFERER": "https://kenari.example/", "HTTP_X_FORWARDED_FOR": "192.0.2.77",
        "HTTP_ACCEPT_LANGUAGE": "kenari", "HTTP_COOKIE": "sesi=kenari", "REMOTE_ADDR": "192.0.2.77",
        "QUERY_STRING": "kode=kenari", "HTTP_X_REQUEST_ID": "kenari", "HTTP_FORWARDED": "for=192.0.2.77",
    }  # fmt: skip

    def answer(request: WSGIRequest):
        seen[request.path] = str(request.META) + str(request.COOKIES) + str(request.headers) + request.get_full_path()
        from django.http import HttpResponse

        return HttpResponse()

    for path in ("/lapor/", "/lapor/tulis/", "/lapor", "/lapor/kenari/", "/lowongan/"):
        untraced.Untraced(answer)(RequestFactory().get(path, **tracked))

    assert seen.keys() == {"/lapor/", "/lapor/tulis/", "/lowongan/"}, "other addresses are answered by the guard itself"
    for path in ("/lapor/", "/lapor/tulis/"):
        assert "kenari" not in seen[path].lower() and "192.0.2.77" not in seen[path]
    assert "kenari" in seen["/lowongan/"].lower(), "elsewhere nothing is dropped"


def test_a_code_in_an_address_is_neither_followed_nor_logged(oka, client, caplog):
    code = handed_in()

    with caplog.at_level(logging.DEBUG):
        response = client.get(f"/lapor/{code}/?kode={code}")

    assert (response.status_code, response.headers["Location"]) == (302, "/lapor/")
    assert code not in caplog.text


def test_errors_and_refusals_leave_no_words_in_the_log(oka, caplog, monkeypatch):
    client = Client(raise_request_exception=False)

    def broken(code, **given):
        raise ValueError(given["content"]["text"])

    monkeypatch.setattr(reports, "receive", broken)
    with caplog.at_level(logging.DEBUG):
        answer = send(client, text="kenari kuning")
        refused = client.post("/lapor/tulis/", {"token": "x"})

    assert (answer.status_code, refused.status_code) == (500, 422)
    assert "ValueError in broken" in caplog.text
    assert "kenari" not in caplog.text
    assert not [one for one in caplog.records if one.name == "django.request"], "not even that somebody was here"


def test_without_the_guard_the_same_error_is_in_the_log(oka, caplog, monkeypatch):
    """The twin of the test above, with the protection taken away."""
    monkeypatch.setattr(untraced.Untraced, "process_exception", lambda self, request, exception: None)
    monkeypatch.setattr(untraced.LeavesOut, "filter", lambda self, record: True)
    client = Client(raise_request_exception=False)

    def broken(code, **given):
        raise ValueError(given["content"]["text"])

    monkeypatch.setattr(reports, "receive", broken)
    send(client, text="kenari kuning")

    assert "kenari kuning" in caplog.text


def test_files_never_touch_a_disk(oka, client, monkeypatch):
    def no_disk(*args, **kwargs):
        raise AssertionError("a file was spooled to a disk")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", no_disk)
    photo = a_photo("PNG", (1400, 1400)) + b"\0" * 1_200_000  # more than Django would keep in memory

    response = send(client, files=[SimpleUploadedFile("foto.png", photo, "image/png")])

    assert response.status_code == 200
    assert code_in(response)


def test_a_form_sent_twice_shows_the_same_code(oka, client):
    token = token_in(client.get("/lapor/tulis/"))

    first, second = (client.post("/lapor/tulis/", FORM | {"token": token, "text": text}) for text in ("satu", "dua"))

    assert code_in(first) == code_in(second)
    assert "sudah diterima" in second.text
    assert Report.objects.count() == 1


def test_an_old_or_foreign_form_keeps_what_was_written(oka, client):
    for token in ("", "palsu", report_tokens.issue(pages.NEW, "A" * 26, at=NOON)):
        response = client.post("/lapor/tulis/", FORM | {"token": token})

        assert response.status_code == 422
        assert "Diminta uang." in response.text and "terlalu lama terbuka" in response.text
    assert not Report.objects.exists()


def test_a_name_is_asked_for_only_where_one_is_given(oka, client):
    assert "Isi nama dan cara menghubungi" in send(client, kind="confidential").text
    assert "Kosongkan kolom ini" in send(client, contact="Sri").text
    code = code_in(send(client, kind="confidential", contact="Sri, 0812"))

    assert Report.objects.count() == 1
    assert of_code(code)


def test_the_reporter_reads_answers_and_writes_back(oka, client):
    from oversight.actions import report_desk as desk

    code = code_in(send(client))
    desk.answer(of_code(code), text="Di ruang mana?", then="asked", by=oka, at=timezone.now())

    page = client.post("/lapor/pantau/", {"code": code.lower()})
    assert "Di ruang mana?" in page.text and "Diminta uang." not in page.text
    after = client.post("/lapor/pantau/", {"token": token_in(page), "text": "Ruang dua."})

    assert "Pesan Anda terkirim" in after.text and code not in after.text
    assert texts(of_code(code), oka.private, oka) == ["Diminta uang.", "Di ruang mana?", "Ruang dua."]


def test_a_wrong_code_is_answered_the_same_way_whatever_it_is(oka, client):
    handed_in()

    answers = {client.post("/lapor/pantau/", {"code": code}).text.replace(code, "") for code in ("A" * 26, "B" * 26)}

    assert len(answers) == 1


def test_too_many_posts_from_one_place_wait_and_other_places_do_not(oka, client):
    for _ in range(pages.CODES_PER_HOUR):
        assert client.post("/lapor/pantau/", {"code": "x"}).status_code == 422
    assert client.post("/lapor/pantau/", {"code": "x"}).status_code == 429
    assert client.post("/lapor/pantau/", {"code": "x"}, REMOTE_ADDR="192.0.2.9").status_code == 422
    assert client.get("/lapor/pantau/").status_code == 200


def test_counts_are_forgotten_with_the_key_each_hour():
    counts = untraced.HourlyCounts()
    mine = counts.visitor("192.0.2.1", NOON)
    key = counts.key

    assert counts.allows(mine, "code", 1, NOON) and not counts.allows(mine, "code", 1, NOON)
    assert b"192.0.2.1" not in mine + key
    later = NOON.replace(hour=NOON.hour + 1)
    assert counts.visitor("192.0.2.1", later) != mine
    assert counts.key != key and not counts.seen


def test_an_address_is_what_our_own_proxy_saw(settings):
    environ = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5, 192.0.2.77"}

    settings.TRUSTED_PROXIES = 0
    assert untraced.address_of(environ) == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert untraced.address_of(environ) == "192.0.2.77"
    assert untraced.address_of({"REMOTE_ADDR": "2001:db8:1:2:3::4"}) == "2001:db8:1:2::/64"


def test_every_page_leads_to_the_report_without_saying_where_from(client, db):
    for address in ("/", "/privasi/"):
        assert '<a href="/lapor/" rel="noreferrer">Laporkan kepada tim pengawas</a>' in client.get(address).text
    assert "730 hari setelah laporan selesai" in client.get("/privasi/").text


def test_small_numbers_stay_hidden_and_never_alone():
    shown = {one.label: one.count for one in lines({"a": 12, "b": 3, "c": 7, "d": 0})}

    assert shown == {"a": 12, "b": None, "c": None, "d": 0}
    assert {one.label: one.count for one in lines({"a": 12, "c": 7})} == {"a": 12, "c": 7}


def test_statistics_say_nothing_where_nothing_was_counted(oka, client):
    assert "Belum ada data." in client.get("/lapor/statistik/").text
    for _ in range(6):
        handed_in(at=timezone.now(), topic="result")

    page = client.get("/lapor/statistik/").text

    assert re.search(r"Hasil atau nilai tidak wajar</th><td class=\"number\">6<", page)
    assert "kurang dari 5 laporan yang sudah dijawab" in page


def test_the_desk_opens_with_the_passphrase_and_closes_again(oka, client):
    from tests.oversight.reporting import PASSPHRASE

    code = handed_in(text="kalimat pelapor", images=[b"\xff\xd8gambar"])
    address = f"/pengawasan/ruang/laporan/{of_code(code).pk}/"
    client.force_login(oka)

    assert "kalimat pelapor" not in client.get(address).text
    wrong = client.post("/pengawasan/ruang/laporan/buka/", {"passphrase": "salah " * 5, "next": address}, follow=True)
    assert "tidak cocok" in wrong.text and "kalimat pelapor" not in wrong.text
    opened = client.post("/pengawasan/ruang/laporan/buka/", {"passphrase": PASSPHRASE, "next": address})
    cookie = opened.cookies["laporan"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/pengawasan/ruang/laporan/"
    assert "kalimat pelapor" in client.get(address).text
    image = client.get(f"{address}gambar/1/1/")
    assert (image.content, image.headers["Cache-Control"]) == (b"\xff\xd8gambar", "private, no-store")
    client.post(f"{address}jawab/", {"text": "Terima kasih.", "then": "closed"})
    client.post("/pengawasan/ruang/laporan/kunci/")
    assert "kalimat pelapor" not in client.get(address).text
    assert reports.thread(code).state == "closed"


def test_the_way_back_after_unlocking_stays_on_the_portal(oka, client):
    from tests.oversight.reporting import PASSPHRASE

    client.force_login(oka)
    response = client.post(
        "/pengawasan/ruang/laporan/buka/", {"passphrase": PASSPHRASE, "next": "https://luar.example/"}
    )

    assert response.headers["Location"] == "/pengawasan/ruang/laporan/"


def test_the_token_of_a_form_spells_no_code():
    token = report_tokens.issue(pages.TALK, "K7M4" * 6 + "AB", at=NOON)

    assert "K7M4" not in token
    assert report_tokens.code_in(token, pages.TALK, seconds=60, at=NOON) == "K7M4" * 6 + "AB"
    with pytest.raises(report_tokens.Stale):
        report_tokens.code_in(token, pages.NEW, seconds=60, at=NOON)


def test_keys_that_follow_from_a_code_do_not_lead_back():
    keys = keys_of("A" * 26)

    assert keys == keys_of("A" * 26) != keys_of("B" * 26)
    assert len({keys.lookup, keys.private, keys.public}) == 3
    assert sealing.public_of(keys.private) == keys.public
