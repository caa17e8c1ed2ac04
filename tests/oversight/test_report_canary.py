"""A canary in an anonymous report is found nowhere: not in logs, cache, mail, on a disk, or in a dump of the database.

Asked of a real web process that works as the web role, with an access log and an error tracker put behind it.
"""

import base64
import http.client
import io
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from PIL import Image

from accounts.team_role import as_team
from devtools.children import Child, stop
from devtools.servers import Servers, postgres_binaries
from lib import sealing
from oversight.actions import report_keeping, reports, team_keys
from oversight.models import ReportImage
from oversight.report_codes import normal
from tests.faults.stack import environment
from tests.oversight.nosy.layer import FAULT
from tests.oversight.reporting import a_team_key, of_code
from tests.oversight.story import make_watch
from tests.parts import DAY, NOON
from tests.portal.running import ROOT


@dataclass
class Visit:
    """One reporter before a real web process; `canary` is in everything that the reporter sends or is."""

    place: Path
    without: str = ""
    canary: str = field(default_factory=lambda: f"kenari{secrets.token_hex(8)}")
    children: list = field(default_factory=list)
    cookies: list = field(default_factory=list)

    def start(self) -> "Visit":
        self.servers = Servers(self.place / "servers", throw_away=True)
        self.servers.base.mkdir()
        self.cache = self.servers.valkey("cache", ["--appendonly", "no"])
        (self.place / "tmp").mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        surroundings = environment(
            "portal_app", CACHE_URL=f"unix://{self.cache}?db=0", DJANGO_SETTINGS_MODULE="tests.oversight.nosy.settings",
            LOG_LEVEL="DEBUG", WITHOUT=self.without, TMPDIR=str(self.place / "tmp"), PORTAL_VAR=str(self.place / "var"),
        )  # fmt: skip
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += [
            "--workers",
            "1",
            "--blocking-threads",
            "2",
            "--no-ws",
            "--log-level",
            "debug",
            "portal.wsgi:application",
        ]
        self.log = self.place / "web.log"
        self.children.append(Child("web", command, self.log, environment=surroundings, cwd=ROOT).start())
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
                return self
            except OSError:
                assert time.monotonic() < deadline and not self.children[0].has_ended(), self.log.read_text()
                time.sleep(0.2)

    def close(self) -> None:
        stop(self.children)
        self.servers.stop()

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> http.client.HTTPResponse:
        """A request from an address, with a browser and a cookie, that all give the reporter away."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=("127.0.0.77", 0))
        line.request(
            method, path, body or None,
            {"User-Agent": f"Peramban {self.canary}", "Referer": f"https://{self.canary}.example/", "X-Forwarded-For":
             "198.51.100.77", "Accept-Language": self.canary, "Cookie": f"sesi={self.canary}", "From": self.canary,
             **({"Content-Type": content_type} if content_type else {})},
        )  # fmt: skip
        answer = line.getresponse()
        answer.text = answer.read().decode()
        line.close()
        self.cookies += answer.headers.get_all("Set-Cookie") or []
        return answer

    def get(self, path: str):
        return self.ask("GET", path)

    def send(self, path: str, fields: dict, files: dict | None = None):
        """A form as a browser sends it; files by their name."""
        mark, out = "garisbatas", io.BytesIO()
        for name, value in fields.items():
            out.write(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, content in (files or {}).items():
            out.write(f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'.encode())
            out.write(b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
        out.write(f"--{mark}--\r\n".encode())
        return self.ask("POST", path, out.getvalue(), f"multipart/form-data; boundary={mark}")

    def report(self, text: str, files: dict | None = None):
        form = self.get("/lapor/tulis/").text
        token = re.search(r'name="token" value="([^"]+)"', form)[1]
        fields = {
            "topic": "money",
            "text": text,
            "kind": "confidential",
            "contact": f"Sri {self.canary}",
            "token": token,
        }
        return self.send("/lapor/tulis/", fields, files)

    def whole_story(self) -> str:
        """Report, come back, write again, mistype, and meet an error; returns the code."""
        files = {f"{self.canary}.jpg": a_photo(self.canary), f"{self.canary}.pdf": a_pdf(self.canary)}
        code = normal(re.search(r'id="kode">([^<]+)<', self.report(f"Isi {self.canary}", files).text)[1])
        page = self.send("/lapor/pantau/", {"code": code})
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
        assert "terkirim" in self.send("/lapor/pantau/", {"token": token, "text": f"Lagi {self.canary}"}).text
        assert self.get(f"/lapor/{code}/?kode={code}&dari={self.canary}").status == 302
        assert self.send("/lapor/pantau/", {"code": self.canary}).status == 422
        assert self.report(f"{FAULT} {self.canary}").status == 500
        with connection.cursor() as cursor:
            cursor.execute("REVOKE INSERT ON oversight_reportimage FROM portal_app")
            assert self.report(f"Ditolak basis data {self.canary}", files).status == 500
            cursor.execute("GRANT INSERT ON oversight_reportimage TO portal_app")
        return code

    def everything_kept(self) -> dict[str, bytes]:
        """What is left of all this outside the reporter's hands, by where it was found."""
        found = {"dump": dump(), "web log": self.log.read_bytes(), "cache": whole_cache(self.cache)}
        for folder in (
            self.place / "tmp",
            self.place / "var",
            self.servers.base,
            Path(os.environ["PORTAL_VAR"]).parent,
        ):
            for path in (
                Path(at, name) for at, _folders, names in os.walk(folder) for name in names
            ):  # a database may go
                if path.is_file() and not path.is_symlink() and ".lock" not in path.name:
                    found[str(path)] = path.read_bytes()
        return found


def spelled(words: str) -> set[bytes]:
    """The ways in which `words` may be written down: as it is, as hex, as base64, as UTF-16."""
    plain = words.encode()
    whole = {plain, plain.upper(), plain.hex().encode(), words.encode("utf-16-be"), words.encode("utf-16-le")}
    return whole | {base64.b64encode(b"x" * skip + plain)[4:-4] for skip in range(3)}


def places_of(words: str, kept: dict[str, bytes]) -> set[str]:
    """Where `words` lie in what was kept."""
    return {place for place, content in kept.items() if any(one in content for one in spelled(words))}


def dump() -> bytes:
    given = connection.settings_dict
    command = [postgres_binaries() / "pg_dump", "-h", given["HOST"], "-U", given["USER"], "-d", given["NAME"]]
    command += ["-p", given["PORT"]] if given["PORT"] else []
    done = subprocess.run(command, capture_output=True, env=os.environ | {"PGPASSWORD": given["PASSWORD"]}, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def whole_cache(sock: Path) -> bytes:
    """Every name and value of a Valkey."""
    line = redis.Redis(unix_socket_path=str(sock))
    return b"".join(name + (line.dump(name) or b"") for name in line.scan_iter())


def a_photo(canary: str) -> bytes:
    picture = Image.new("RGB", (640, 480), "white")
    exif = picture.getexif()
    exif[0x013B] = exif[0x010E] = canary
    exif.get_ifd(0x8825).update({1: "S", 2: (1.0, 36.0, 10.0), 3: "E", 4: (103.0, 36.0, 50.0), 29: canary})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=canary.encode())
    return out.getvalue()


def a_pdf(canary: str) -> bytes:
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.docinfo["/Author"] = canary
    out = io.BytesIO()
    document.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


@pytest.fixture
def team(own_database):
    watch = make_watch(3)
    watch.key, watch.private = a_team_key(watch.oka)
    return watch


@pytest.fixture
def visit(team, tmp_path):
    """Starts a visit; visit(without=…) takes a protection away."""
    made = []

    def start(without: str = "") -> Visit:
        settings.VAR.mkdir(exist_ok=True)
        made.append(Visit(tmp_path, without))
        return made[0].start()

    yield start
    for one in made:
        one.close()


def images_of(code: str, team) -> list[bytes]:
    """The pictures of a report as the team opens them."""
    membership = team.team.memberships.get(user=team.oka)
    with transaction.atomic(), as_team():
        key = team_keys.team_privates(membership, team.private)[team.key.pk]
        rows = list(ReportImage.objects.filter(message__report=of_code(code)).order_by("position"))
    return [sealing.unseal(bytes(one.sealed), key, reports.of_image(of_code(code).pk, 1, one.position)) for one in rows]


def test_a_canary_is_found_nowhere(visit, team):
    reporter = visit()

    code = reporter.whole_story()
    report_keeping.tell_waiting(NOON + DAY)
    kept = reporter.everything_kept()

    assert reporter.cookies == []
    assert b"oversight_report" in kept["dump"] and b"nosy" in kept["web log"], "the search looks at the right things"
    assert b"ValueError" in kept["web log"] and b"ProgrammingError" in kept["web log"], "the errors did happen"
    assert any("pg_wal" in place for place in kept) or "DATABASE_URL" not in os.environ
    for words in (reporter.canary, code, "198.51.100.77", "127.0.0.77", team.private.hex()):
        assert places_of(words, kept) == set(), words
    images = images_of(code, team)
    assert len(images) == 2
    for image in images:
        assert not any(one in image for one in spelled(reporter.canary)), "not even inside"


@pytest.mark.parametrize(
    ("without", "where"), [("untraced", "web log"), ("sealing", "dump")], ids=["not untraced", "not sealed"]
)
def test_with_a_protection_off_the_canary_is_found(visit, without, where):
    reporter = visit(without)

    reporter.report(f"Isi {reporter.canary}")
    reporter.report(f"{FAULT} {reporter.canary}")

    assert where in places_of(reporter.canary, reporter.everything_kept())


def test_with_files_kept_as_they_came_the_canary_is_inside(visit, team):
    reporter = visit("remaking")

    page = reporter.report("Isi", {"foto.jpg": a_photo(reporter.canary), "surat.pdf": a_pdf(reporter.canary)})

    for image in images_of(normal(re.search(r'id="kode">([^<]+)<', page.text)[1]), team):
        assert any(one in image for one in spelled(reporter.canary))
