"""Hands out announcements and the record as files, in front of Django: works with the database stopped.

/pengumuman/<number>/            the pointer page, kept 5 seconds
/pengumuman/<number>/<file>      the file of the newest version, kept 5 seconds
/pengumuman/<number>/v<n>/<file> a version; never changes, but for a row that is redacted
/pengumuman/<number>/resmi/v<k>.pdf, v<k>.proof.json  a document signed outside, its place in the record; never change
/pengumuman/<number>/v<n>.proof.json  its place in the record; never changes
/pengumuman/<number>/v<n>.redactions.json  rows that had to disappear since, kept 5 seconds
/pengumuman/daftar.json, /pengumuman/resmi.json  which file belongs to which announcement, kept 5 seconds
/verifikasi/verifier.pyz         the program that checks all this from outside, kept 5 seconds
/keterbukaan/laporan/<number>/berkas/<file>   a file of an openness report; never changes
/log/checkpoint, /log/checkpoint.quorum, /log/policy  the signed tree, the newest one with enough witnesses, and
                                 whom to expect under both, kept 5 seconds
/log/tile/<level>/<n>[.p/<w>]    hashes and entries of the record; never change
An address that ends in / is the index.html of that folder, so /pengumuman/<number>/hitung-ulang/ is a page.
"""

import gzip
import hashlib
import json
import mimetypes
import re
from collections import OrderedDict
from pathlib import Path

ADDRESS = re.compile(r"/pengumuman/(\d{4}-\d{1,6})/(?:(v\d{1,4})/)?([A-Za-z0-9._/-]*)")
RECORD = re.compile(
    r"/log/(checkpoint|checkpoint\.quorum|policy|tile/(?:entries|0|[1-9]\d?)/(?:x\d{3}/)*\d{3}(?:\.p/[1-9]\d{0,2})?)",
    re.ASCII,
)
PROOF = re.compile(r"v\d{1,4}\.proof\.json", re.ASCII)
OFFICIAL = re.compile(r"resmi/v[1-9]\d{0,3}\.(pdf|proof\.json)", re.ASCII)
REDACTIONS = re.compile(r"v\d{1,4}\.redactions\.json", re.ASCII)
REPORT = re.compile(r"/keterbukaan/laporan/([A-Z]{3}-\d{4}-\d{1,6})/berkas/([A-Za-z0-9._-]*)", re.ASCII)
INDEXES = {"/pengumuman/daftar.json", "/pengumuman/resmi.json"}
PROGRAM = "/verifikasi/verifier.pyz"
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=5"
OPEN = [("Access-Control-Allow-Origin", "*")]  # anybody's page may check the record
PLAIN = {"checkpoint", "checkpoint.quorum", "policy"}
KEEP_BYTES = 64 * 1024 * 1024
LARGEST_KEPT = 4 * 1024 * 1024
PACKABLE = {
    "text/plain",
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "application/json",
    "application/x-ndjson",
}
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    (
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
]
mimetypes.add_type("application/x-ndjson", ".jsonl")
mimetypes.add_type("text/javascript", ".js")


class PublicFiles:
    """WSGI middleware: answers GET and HEAD for announcement files, leaves everything else to `application`."""

    def __init__(self, application, root: Path):
        self.application = application
        self.root = Path(root) / "pengumuman"
        self.record = Path(root) / "log"
        self.reports = Path(root) / "keterbukaan" / "laporan"
        self.program = Path(root) / "verifikasi"
        self.kept: OrderedDict[tuple, tuple[bytes, bytes | None, str]] = OrderedDict()
        self.kept_bytes = 0

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            path = environ["PATH_INFO"]
            if path.startswith("/pengumuman/") and (found := self.find(path)):
                return self.answer(environ, start_response, *found)
            if path.startswith("/log/") and (found := self.find_record(path)):
                return self.answer(environ, start_response, *found, more=OPEN)
            if path.startswith("/keterbukaan/laporan/") and (found := self.find_report(path)):
                return self.answer(environ, start_response, *found)
            if path == PROGRAM and (found := self._file(self.program, "verifier.pyz", BRIEFLY)):
                return self.answer(environ, start_response, *found)
        return self.application(environ, start_response)

    def find(self, path: str) -> tuple[Path, str] | None:
        """The file behind an address and how long it may be kept; None where Django shall answer."""
        if path in INDEXES:
            return self._file(self.root, Path(path).name, BRIEFLY)
        match = ADDRESS.fullmatch(path)
        if not match or ".." in path:
            return None
        number, version, name = match.groups()
        place = self.root / number
        pointer = not version and not name
        if not name or name.endswith("/"):
            name += "index.html"
        if version:
            return self._file(place / version, name, FOREVER)
        if PROOF.fullmatch(name) or OFFICIAL.fullmatch(name):
            return self._file(place, name, FOREVER)
        if pointer or REDACTIONS.fullmatch(name):
            return self._file(place, name, BRIEFLY)
        try:
            current = json.loads((place / "current.json").read_bytes())["version"]
        except (OSError, ValueError, KeyError):
            return None
        return self._file(place / f"v{current}", name, BRIEFLY)

    def find_record(self, path: str) -> tuple[Path, str] | None:
        """The file of the record behind an address and how long it may be kept."""
        match = RECORD.fullmatch(path)
        if not match:
            return None
        return self._file(self.record, match[1], FOREVER if match[1].startswith("tile/") else BRIEFLY)

    def find_report(self, path: str) -> tuple[Path, str] | None:
        """The file of an openness report behind an address; None where Django shall answer."""
        match = REPORT.fullmatch(path)
        return self._file(self.reports / match[1], match[2] or "index.html", FOREVER) if match else None

    @staticmethod
    def _file(folder: Path, name: str, keep: str) -> tuple[Path, str] | None:
        # An absolute name would replace the folder when joined, and a link could lead out of it.
        if any(part.startswith((".", "/")) for part in Path(name).parts):
            return None
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return None
        return path, keep

    def answer(self, environ, start_response, path: Path, keep: str, more=()):
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.name in PLAIN:
            kind = "text/plain"
        content, packed, tag = self.read(path, kind)
        charset = "; charset=utf-8" if kind in PACKABLE else ""
        headers = [("Content-Type", kind + charset), ("Cache-Control", keep), ("ETag", tag), *more, *HEADERS]
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 Not Modified", headers)
            return [b""]
        if packed is not None:
            headers.append(("Vary", "Accept-Encoding"))
            if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
                headers.append(("Content-Encoding", "gzip"))
                content = packed
        headers.append(("Content-Length", str(len(content))))
        start_response("200 OK", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]

    def read(self, path: Path, kind: str) -> tuple[bytes, bytes | None, str]:
        """Content, gzipped content and ETag of `path`; small files stay in memory while they do not change."""
        status = path.stat()
        key = (str(path), status.st_mtime_ns, status.st_size)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        content = path.read_bytes()
        packed = gzip.compress(content, 6, mtime=0) if kind in PACKABLE and len(content) > 1000 else None
        found = content, packed, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if len(content) <= LARGEST_KEPT:
            self.kept[key] = found
            self.kept_bytes += len(content) + len(packed or b"")
            while self.kept_bytes > KEEP_BYTES:
                _key, (old, old_packed, _tag) = self.kept.popitem(last=False)
                self.kept_bytes -= len(old) + len(old_packed or b"")
        return found
