"""Rows of a handed-over file, as text, with bounded memory whatever the file claims to be."""

import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from lib.indonesian_text import number
from lib.indonesian_text import size as size_words

XLSX_PACKED = 64 * 1024 * 1024
XLSX_SECONDS = 180
DELIMITERS = ",;\t|"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CHILD = Path(__file__).with_name("xlsx_child.py")


class Unreadable(Exception):
    """The file cannot be read; the words say what to do, `row` where the trouble begins if that is known."""

    def __init__(self, words: str, row: int | None = None):
        super().__init__(words)
        self.row = row


@contextmanager
def kept(upload, *, max_bytes: int, in_memory: bool = False) -> Iterator[tuple[IO[bytes], str]]:
    """The uploaded bytes in a file without a name, and their SHA-256 in hex. Raises Unreadable.

    The system frees the file with the process that holds it, also when that is killed: nothing of a list of
    people stays behind on the disk. `in_memory`: for what must not be written to a disk at all.
    """
    digest = hashlib.sha256()
    too_big = _("Berkas lebih besar dari %(size)s. Bagi menjadi beberapa berkas, lalu unggah satu per satu.")
    if (getattr(upload, "size", 0) or 0) > max_bytes:
        raise Unreadable(too_big % {"size": size_words(max_bytes)})
    with _nameless(in_memory) as target:
        size, rows, zipped = 0, 1, False
        for chunk in upload.chunks() if hasattr(upload, "chunks") else iter(lambda: upload.read(1 << 20), b""):
            zipped = zipped or (not size and chunk.startswith((ZIP, OLD_EXCEL)))
            size += len(chunk)
            if size > max_bytes:
                raise Unreadable(too_big % {"size": size_words(max_bytes)})
            if not zipped and (at := chunk.find(b"\0")) >= 0:
                row = rows + chunk.count(b"\n", 0, at)
                raise Unreadable(_("Ini bukan berkas CSV atau XLSX. Simpan daftar sebagai CSV (UTF-8)."), row)
            rows += chunk.count(b"\n")
            digest.update(chunk)
            target.write(chunk)
        if not size:
            raise Unreadable(_("Berkas kosong. Pilih berkas yang berisi daftar."))
        target.flush()
        yield target, digest.hexdigest()


def _nameless(in_memory: bool) -> IO[bytes]:
    """A file without a name: on the disk, or in memory. Both have a number that a child process can be given."""
    return os.fdopen(os.memfd_create("berkas"), "w+b") if in_memory else tempfile.TemporaryFile()


@contextmanager
def rows(file: IO[bytes], *, max_xlsx_rows: int, in_memory: bool = False) -> Iterator[Iterator[list[str]]]:
    """The rows of a CSV or XLSX file as lists of text, headings first. Raises Unreadable, also while they are read."""
    file.seek(0)
    start = file.read(4096)
    if start.startswith(ZIP):
        with _nameless(in_memory) as target:
            _from_xlsx(file, target, max_xlsx_rows)
            with closing(_records(target, ",")) as records:
                yield records
        return
    if start.startswith(OLD_EXCEL):
        raise Unreadable(_("Ini berkas Excel lama atau terkunci sandi. Simpan sebagai .xlsx atau CSV tanpa sandi."))
    first = start.split(b"\n", 1)[0].decode("latin-1")
    with closing(_records(file, max(DELIMITERS, key=first.count))) as records:
        yield records


def _records(file: IO[bytes], delimiter: str) -> Iterator[list[str]]:
    """The rows of a CSV file; what is wrong with it is said with the row where it is wrong."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    row = 1
    try:
        for cells in csv.reader(text, delimiter=delimiter, strict=True):
            yield cells
            row += 1
    except UnicodeDecodeError:
        raise Unreadable(
            _("Huruf dalam berkas tidak terbaca. Simpan sebagai CSV dengan pilihan UTF-8."), _undecodable(file)
        ) from None
    except csv.Error:
        raise Unreadable(
            _("Tanda kutip pada baris ini tidak lengkap atau salah tempat. Perbaiki, atau simpan ulang sebagai CSV."),
            row,
        ) from None
    finally:
        text.detach()  # whoever opened the file closes it


def _undecodable(file: IO[bytes]) -> int:
    """The first row that is not UTF-8; asked only when there is one."""
    file.seek(0)
    for row, line in enumerate(file, start=1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return row
    return row


def _from_xlsx(file: IO[bytes], target: IO[bytes], max_rows: int) -> None:
    """Write the one sheet of an XLSX file as CSV, in a child process with little memory, time and disk.

    The child gets two open files and nothing of this process's environment: no secret, no database.
    """
    if os.fstat(file.fileno()).st_size > XLSX_PACKED:
        raise Unreadable(_("Berkas XLSX ini terlalu besar. Simpan sebagai CSV (UTF-8)."))
    command = [sys.executable, "-I", str(CHILD), str(file.fileno()), str(target.fileno()), str(max_rows)]
    try:
        code = subprocess.run(
            command, pass_fds=(file.fileno(), target.fileno()), env={"OPENPYXL_LXML": "False", "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=XLSX_SECONDS,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        code = None
    if code != 0:
        words = {
            3: _("Berkas XLSX boleh paling banyak %(rows)s baris. Simpan sebagai CSV (UTF-8)."),
            4: _("Berkas XLSX berisi lebih dari satu lembar. Sisakan satu lembar, lalu simpan lagi."),
            5: _("Berkas XLSX rusak atau bukan lembar kerja. Simpan ulang, atau pakai CSV (UTF-8)."),
            6: _("Berkas XLSX ini terlalu besar setelah dibuka. Simpan sebagai CSV (UTF-8)."),
        }
        unsafe = _("Berkas XLSX tidak terbaca dalam batas yang aman. Simpan sebagai CSV (UTF-8).")
        raise Unreadable(words.get(code, unsafe) % {"rows": number(max_rows)})
