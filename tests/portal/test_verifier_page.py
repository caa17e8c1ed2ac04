"""A university fetches the verifier from the portal, compares it, and runs it on a folder: with plain Python."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from ledger import log
from lib import verifier_app
from portal.files import PublicFiles
from portal.pages import verifier
from tests.ledger.parts import grow
from tests.verifier import synthetic

pytestmark = pytest.mark.usefixtures("own_database")
ADDRESS = "/verifikasi/jalankan-sendiri/"


def read() -> str:
    return " ".join(Client().get(ADDRESS).content.decode().split())


def fetch(path: str) -> tuple[int, dict, bytes]:
    """What the file server answers; Django behind it says 599."""
    said = {}

    def start(status, headers):
        said.update(status=int(status[:3]), headers=dict(headers))

    def behind(environ, start_response):
        start_response("599 Django", [])
        return [b""]

    body = b"".join(PublicFiles(behind, settings.PUBLIC_ROOT)({"REQUEST_METHOD": "GET", "PATH_INFO": path}, start))
    return said["status"], said["headers"], body


def run(program: Path, *arguments) -> subprocess.CompletedProcess:
    """As on a machine where nothing is installed, in an empty folder."""
    command = [sys.executable, "-I", "-S", str(program), *map(str, arguments)]
    return subprocess.run(command, cwd=program.parent, capture_output=True, text=True, timeout=60)


def test_what_is_fetched_is_what_the_page_says_and_what_the_source_gives(tmp_path):
    verifier.put_in_place()

    status, headers, body = fetch("/verifikasi/verifier.pyz")

    assert status == 200
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"].startswith("application/")
    assert hashlib.sha256(body).hexdigest() in read()
    assert verifier_app.build(tmp_path / "verifier.pyz") == hashlib.sha256(body).hexdigest()


def test_what_is_fetched_runs_with_plain_python_and_verifies_a_folder(tmp_path):
    verifier.put_in_place()
    program = tmp_path / "alone" / "verifier.pyz"
    program.parent.mkdir()
    program.write_bytes(fetch("/verifikasi/verifier.pyz")[2])
    portal, _persons = synthetic.story(tmp_path / "public")
    (tmp_path / "policy").write_text(synthetic.POLICY)
    asked = ("record", portal.folder, "--policy", tmp_path / "policy")

    honest = run(program, *asked)
    page = next((portal.log / "tile" / "entries").rglob("*"))
    bundle = next(path for path in [page, *page.rglob("*")] if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b"pendaftaran", b"pendaftaraN"))
    falsified = run(program, *asked)

    assert (honest.returncode, honest.stdout.splitlines()[-1][:5]) == (0, "Cocok"), honest
    assert (falsified.returncode, falsified.stdout.splitlines()[-1][:11]) == (1, "Tidak cocok"), falsified


def test_a_new_release_replaces_the_program_and_the_same_one_leaves_it(monkeypatch):
    verifier.put_in_place()
    before = verifier.place().stat().st_mtime_ns
    verifier.put_in_place()
    assert verifier.place().stat().st_mtime_ns == before

    with monkeypatch.context() as release:
        release.setattr(verifier_app, "application", lambda: b"next")
        verifier.put_in_place()
    assert fetch("/verifikasi/verifier.pyz")[2] == b"next"


def test_without_the_file_the_page_says_how_to_build_it():
    assert "make verifier" in read()
    assert 'href="/verifikasi/verifier.pyz"' not in read()


def test_every_answer_and_the_way_to_witness_stand_there():
    grow(2)

    page = read()

    for words in ("Cocok", "Tidak cocok", "Belum diperiksa", "Baru janji"):
        assert f'<th scope="row">{words}</th>' in page
    key = next(one for one in log.known_keys())
    assert escape(f"--log-key '{key}'") in page or f"--log-key '{escape(str(key))}'" in page


@pytest.mark.parametrize("page", ["/verifikasi/", "/catatan/"])
def test_it_is_reached_from_where_somebody_doubts(page):
    grow(2)

    assert f'href="{ADDRESS}' in Client().get(page).content.decode()
