"""Announcement files are handed out without Django; nothing else is."""

import gzip
import json

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from portal.files import PublicFiles


@pytest.fixture
def ask(tmp_path):
    """Asks the middleware for a path: (status, headers, body); Django behind it says 599."""
    for version, words in ((1, "lama"), (2, "baru")):
        folder = tmp_path / "pengumuman" / "2026-1" / f"v{version}"
        (folder / "daftar").mkdir(parents=True)
        (folder / "index.html").write_text(words * 500)
        (folder / "daftar" / "1.html").write_text("satu")
        (folder / "hitung-ulang").mkdir()
        (folder / "hitung-ulang" / "index.html").write_text(f"hitung {words}")
    (tmp_path / "pengumuman" / "2026-1" / "index.html").write_text("penunjuk")
    (tmp_path / "pengumuman" / "2026-1" / "current.json").write_text(json.dumps({"version": 2}))
    (tmp_path / "rahasia.txt").write_text("rahasia")
    (tmp_path / "pengumuman" / "2026-1" / "v1" / ".sembunyi").write_text("rahasia")

    def behind(environ, start_response):
        start_response("599 Django", [])
        return [b""]

    (tmp_path / "pengumuman" / "2026-1" / "v1" / "keluar.txt").symlink_to(tmp_path / "rahasia.txt")
    application = PublicFiles(behind, tmp_path)

    def get(path, method="GET", **environ):
        found = {}

        def start(status, headers):
            found.update(status=int(status[:3]), headers=dict(headers))

        body = b"".join(application({"REQUEST_METHOD": method, "PATH_INFO": path, **environ}, start))
        return found["status"], found["headers"], body

    return get


def test_a_version_may_be_kept_forever_and_the_pointer_briefly(ask):
    assert ask("/pengumuman/2026-1/v1/")[1]["Cache-Control"].endswith("immutable")
    assert ask("/pengumuman/2026-1/")[1]["Cache-Control"] == "public, max-age=5"
    assert ask("/pengumuman/2026-1/daftar/1.html")[1]["Cache-Control"] == "public, max-age=5"


def test_an_address_without_version_gives_the_newest(ask):
    status, _headers, body = ask("/pengumuman/2026-1/index.html")

    assert (status, body[:4]) == (200, b"baru")


def test_a_folder_with_a_page_of_its_own_is_an_address_with_and_without_a_version(ask):
    assert ask("/pengumuman/2026-1/hitung-ulang/")[1:] == (
        ask("/pengumuman/2026-1/v2/hitung-ulang/")[1] | {"Cache-Control": "public, max-age=5"},
        b"hitung baru",
    )
    assert ask("/pengumuman/2026-1/v1/hitung-ulang/")[2] == b"hitung lama"


@pytest.mark.parametrize(
    "path",
    [
        "/pengumuman/2026-1/v1/daftar/",
        "/pengumuman/2026-1/v1//hitung-ulang/",
        "/pengumuman/2026-1/v1/../../../rahasia.txt",
        "/pengumuman/2026-1/v1/..%2f..%2frahasia.txt",
        "/pengumuman/2026-1/v1//etc/passwd",
        "/pengumuman/2026-1//etc/passwd",
        "/pengumuman/2026-1/v1/daftar//etc/passwd",
        "/pengumuman/2026-1/v1/keluar.txt",
        "/pengumuman/2026-1/v1/.sembunyi",
        "/pengumuman/2026-1/v9/",
        "/pengumuman/2026-1/v1/daftar",
        "/pengumuman/",
        "/pengumuman/../rahasia.txt",
        "/lowongan/",
    ],
)
def test_nothing_outside_an_announcement_is_handed_out(ask, path):
    assert ask(path)[0] == 599


def test_the_proof_of_a_version_is_kept_forever_and_the_list_of_all_briefly(ask, tmp_path):
    (tmp_path / "pengumuman" / "2026-1" / "v1.proof.json").write_text("bukti")
    (tmp_path / "pengumuman" / "daftar.json").write_text("semua")

    _status, headers, body = ask("/pengumuman/2026-1/v1.proof.json")
    assert (body, headers["Cache-Control"]) == (b"bukti", "public, max-age=31536000, immutable")
    _status, headers, body = ask("/pengumuman/daftar.json")
    assert (body, headers["Cache-Control"]) == (b"semua", "public, max-age=5")
    assert ask("/pengumuman/2026-1/v2.proof.json")[0] == 599


def test_only_reading_is_answered(ask):
    assert ask("/pengumuman/2026-1/v1/", "POST")[0] == 599
    assert ask("/pengumuman/2026-1/v1/", "HEAD")[2] == b""


def test_a_known_tag_gets_304_and_packed_is_the_same(ask):
    status, headers, body = ask("/pengumuman/2026-1/v1/")

    assert ask("/pengumuman/2026-1/v1/", HTTP_IF_NONE_MATCH=headers["ETag"])[0] == 304
    packed = ask("/pengumuman/2026-1/v1/", HTTP_ACCEPT_ENCODING="gzip")
    assert packed[1]["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == body


def test_it_works_with_the_database_gone(ask, monkeypatch):
    def gone(self):
        raise OSError("gone")

    monkeypatch.setattr(DatabaseWrapper, "connect", gone)
    connection.close()

    assert ask("/pengumuman/2026-1/v2/")[0] == 200
