"""Rows of a handed-over file, as text, with bounded memory whatever the file claims to be."""

import csv
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from lib.indonesian_text import size as size_words

XLSX_UNPACKED = 200 * 1024 * 1024


class Unreadable(Exception):
    """The file cannot be read at all; the words say what to do."""


@contextmanager
def kept(upload, *, max_bytes: int) -> Iterator[tuple[Path, str]]:
    """The uploaded bytes in a private temporary file, and their SHA-256 in hex. Raises Unreadable."""
    digest = hashlib.sha256()
    too_big = _("Berkas lebih besar dari %(size)s. Bagi menjadi beberapa berkas, lalu unggah satu per satu.") % {
        "size": size_words(max_bytes)
    }
    if (getattr(upload, "size", 0) or 0) > max_bytes:
        raise Unreadable(too_big)
    with tempfile.NamedTemporaryFile(prefix="table-") as target:
        size = 0
        for chunk in upload.chunks() if hasattr(upload, "chunks") else iter(lambda: upload.read(1 << 20), b""):
            size += len(chunk)
            if size > max_bytes:
                raise Unreadable(too_big)
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        if not size:
            raise Unreadable(_("Berkas kosong. Pilih berkas yang berisi daftar."))
        yield Path(target.name), digest.hexdigest()


@contextmanager
def rows(path: Path, *, max_xlsx_rows: int) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV or XLSX file as lists of text, headings first. Raises Unreadable."""
    with open(path, "rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK\x03\x04"):
        with tempfile.NamedTemporaryFile(prefix="table-", suffix=".csv") as target:
            _from_xlsx(path, target.name, max_xlsx_rows)
            with open(target.name, newline="", encoding="utf-8") as file:
                yield csv.reader(file)
        return
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("Ini berkas Excel lama atau terkunci sandi. Simpan sebagai .xlsx atau CSV tanpa sandi."))
    if b"\0" in start:
        raise Unreadable(_("Ini bukan berkas CSV atau XLSX. Simpan daftar sebagai CSV (UTF-8)."))
    first = start.split(b"\n", 1)[0]
    delimiter = ";" if first.count(b";") > first.count(b",") else ("\t" if b"\t" in first else ",")
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            yield csv.reader(file, delimiter=delimiter, strict=True)
    except UnicodeDecodeError:
        raise Unreadable(_("Huruf dalam berkas tidak terbaca. Simpan sebagai CSV dengan pilihan UTF-8.")) from None
    except csv.Error as error:
        raise Unreadable(
            _("Berkas CSV rusak: %(error)s. Simpan ulang dari aplikasi asalnya.") % {"error": error}
        ) from None


def _from_xlsx(path: Path, target: str, max_rows: int) -> None:
    """Write the first sheet of an XLSX file as CSV, in a child process with little memory and time."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            sheets = [item.filename for item in archive.infolist() if item.filename.startswith("xl/worksheets/")]
    except zipfile.BadZipFile:
        raise Unreadable(_("Berkas XLSX rusak. Simpan ulang, atau pakai CSV.")) from None
    if unpacked > XLSX_UNPACKED or not sheets:
        raise Unreadable(_("Berkas XLSX ini terlalu besar atau bukan lembar kerja. Simpan sebagai CSV (UTF-8)."))
    child = str(Path(__file__).with_name("xlsx_child.py"))
    try:
        done = subprocess.run(
            [sys.executable, child, str(path), target, str(max_rows)], capture_output=True, timeout=180
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(_("Berkas XLSX tidak terbaca dalam batas yang aman. Simpan sebagai CSV (UTF-8).")) from None
    if done.returncode == 3:
        raise Unreadable(
            _("Berkas XLSX boleh paling banyak %(rows)s baris. Simpan sebagai CSV (UTF-8).") % {"rows": max_rows}
        )
    if done.returncode:
        raise Unreadable(_("Berkas XLSX tidak terbaca dalam batas yang aman. Simpan sebagai CSV (UTF-8)."))
