"""Nobody fills the disk: a body that is too large is refused before a byte of it is read."""

import io

import pytest
from django.test import RequestFactory

from accounts.middleware import BodyLimit
from portal import settings as source

MB = 1024 * 1024


class Unread(io.BytesIO):
    def read(self, *args):
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/lamaran/LMR-X/dokumen/1/unggah/", 3 * MB, 200),
        ("/lamaran/LMR-X/dokumen/1/unggah/", 5 * MB, 413),
        ("/akun/masuk/", 5 * MB, 413),
        ("/kelola/nilai/1/unggah/", 900 * MB, 200),
        ("/kelola/nilai/1/unggah/", 2000 * MB, 413),
    ],
)
def test_each_part_of_the_portal_has_its_limit(path, size, status):
    request = RequestFactory().post(path)
    request.META["CONTENT_LENGTH"] = str(size)
    request._stream = Unread()

    answer = BodyLimit(lambda request: type("Answer", (), {"status_code": 200})())(request)

    assert answer.status_code == status


def test_a_body_without_a_length_is_refused():
    request = RequestFactory().post("/lamaran/")
    request.META["CONTENT_LENGTH"] = ""
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"

    assert BodyLimit(lambda request: None)(request).status_code == 411


def test_the_limit_stands_before_whatever_reads_a_form():
    order = source.MIDDLEWARE

    assert order.index("accounts.middleware.BodyLimit") < order.index("django.middleware.csrf.CsrfViewMiddleware")
