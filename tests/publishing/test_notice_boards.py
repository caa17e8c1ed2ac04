"""News on walls: a photo from a phone, with place and time, without what the phone wrote beside the picture."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from PIL import Image

from accounts.roles import Role
from lib.document_checks.check import BadDocument
from publishing.actions import notice
from publishing.models import Board, Notice
from tests.parts import NOON, enrol, make_user
from tests.publishing.test_posting import make_news
from tests.selection.applying import a_pdf, a_photo, as_file

HOUR = timedelta(hours=1)


@pytest.fixture
def board(db):
    return Board.objects.create(name="Kelurahan Mekar", place="Jalan Mawar 1", district="Mekar")


@pytest.fixture
def officer(db):
    return make_user("lurah@contoh.example", Role.AGENCY_OFFICER)


def put_up(board, officer, *, photo=None, since=NOON + HOUR, at=NOON + HOUR, news=None) -> Notice:
    photo = a_photo() if photo is None else photo
    return notice.put_up(
        news or make_news(), board=board, photo=as_file(photo, "papan.jpg"), put_up_at=since, by=officer, at=at
    )


def with_place(photo: bytes) -> bytes:
    """The photo as a phone makes it: with where it was taken, and by which phone."""
    image, target = Image.open(io.BytesIO(photo)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "TeleponUji"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 30.0)
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_everybody_sees_where_it_hangs_since_when_and_the_photo(board, officer, client):
    made = put_up(board, officer)

    page = client.get(reverse("publication_detail", args=[made.publication_id])).content.decode()
    photo = client.get(reverse("publication_notice", args=[made.publication_id, made.pk]))

    assert "Kelurahan Mekar" in page
    assert "Jalan Mawar 1" in page
    assert b"".join(photo.streaming_content)[:3] == b"\xff\xd8\xff"
    assert "sandbox" in photo.headers["Content-Security-Policy"]


def test_the_photo_does_not_tell_where_the_phone_was(board, officer):
    photo = with_place(a_photo())
    assert b"TeleponUji" in photo

    made = put_up(board, officer, photo=photo)

    with made.photo.open("rb") as file:
        assert b"TeleponUji" not in file.read()
        file.seek(0)
        assert not Image.open(file).getexif()


def test_no_photo_or_no_time_that_can_be_is_refused(board, officer):
    news = make_news()
    with pytest.raises(BadDocument):
        put_up(board, officer, photo=a_pdf(), news=news)
    with pytest.raises(notice.NotPossible, match="belum tiba"):
        put_up(board, officer, since=NOON + 3 * HOUR, news=news)
    with pytest.raises(notice.NotPossible, match="terbit sesudah"):
        put_up(board, officer, since=NOON - HOUR, news=news)
    put_up(board, officer, news=news)
    with pytest.raises(notice.NotPossible, match="sudah pernah"):
        put_up(board, officer, news=news)
    assert Notice.objects.count() == 1


def test_a_notice_stays_as_it_was_told(board, officer):
    put_up(board, officer)

    for change in (lambda: Notice.objects.update(put_up_at=NOON), lambda: Notice.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_an_officer_sends_it_from_the_page_and_others_may_not(board, officer, client):
    news = make_news()
    address = reverse("notice_new", args=[news.pk])
    client.force_login(enrol(officer), backend="django.contrib.auth.backends.ModelBackend")

    empty = client.post(address, {"board": board.pk})
    sent = client.post(
        address, {"board": board.pk, "put_up_at": "2026-11-02T12:30", "photo": as_file(a_photo(), "papan.jpg")}
    )
    listed = client.get(reverse("notice_list")).content.decode()

    assert empty.status_code == 422
    assert "Ambil foto papannya." in empty.content.decode()
    assert sent.status_code == 302
    assert "di 1 dari 1 papan" in listed
    client.force_login(make_user("orang@contoh.example"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 403
