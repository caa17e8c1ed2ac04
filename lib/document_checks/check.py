"""The checks on one handed-in file, and the words of each refusal."""

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from lib.document_checks.photo import without_metadata
from lib.indonesian_text import size as size_words

PDF, IMAGE, SIGNED = "pdf", "image", "signed"
CONTENT_TYPES = {PDF: "application/pdf", SIGNED: "application/pdf", IMAGE: "image/jpeg"}
CHILD = str(Path(__file__).with_name("child.py"))
ZIP_END = b"PK\x05\x06"
PADDING = b"\0\r\n\t "  # what scanners and phones leave behind the end


class BadDocument(Exception):
    """The file is not taken; the message says what to do."""


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its bytes, their SHA-256 in hex, and its pages.

    A PDF is as it came: a stamp or signature in it stays good. A photo has lost what the phone wrote beside the picture.
    """

    content: bytes
    sha256: str
    pages: int
    content_type: str
    signatures: tuple[dict, ...] = ()


def check(upload, *, kind: str, max_kb: int) -> Checked:
    """Read and parse `upload` (a file object) as `kind`. Raises BadDocument; nothing is stored here."""
    content = upload.read(max_kb * 1024 + 1)
    if not content:
        raise BadDocument(_("Berkas kosong. Pilih berkas lain."))
    if len(content) > max_kb * 1024:
        own = getattr(upload, "size", None) or len(content)
        raise BadDocument(
            _("Berkas Anda %(own)s. Paling besar %(most)s. Perkecil dahulu, lalu unggah lagi.")
            % {"own": size_words(own), "most": size_words(max_kb * 1024)}
        )
    _check_outside(content, kind)
    found = _check_inside(content, kind)
    if kind == IMAGE:
        try:
            content = without_metadata(content, found["orientation"])
        except ValueError:
            raise BadDocument(_broken(kind)) from None
    signatures = tuple(found.get("signatures", ()))
    if kind == SIGNED and (problem := _not_signed(signatures)):
        raise BadDocument(problem)
    return Checked(content, hashlib.sha256(content).hexdigest(), found["pages"], CONTENT_TYPES[kind], signatures)


def _not_signed(signatures: tuple[dict, ...]) -> str:
    """Why a PDF is not one that somebody signed as it is now; "" when it is. Who signed is not judged here."""
    if all(one["time"] for one in signatures):
        return _("PDF ini belum ditandatangani secara elektronik. Tanda tangani dahulu, lalu unggah hasilnya.")
    if not all(one["fits"] for one in signatures):
        return _("Isi PDF ini bukan lagi yang ditandatangani. Unggah hasil dari layanan tanda tangan, tanpa diubah.")
    if not any(one["whole"] for one in signatures):
        return _("PDF ini diubah sesudah ditandatangani. Unggah hasil dari layanan tanda tangan, tanpa diubah.")
    return ""


def _check_outside(content: bytes, kind: str) -> None:
    """The right kind from the first byte to the last: no other file in front, behind or inside."""
    head, tail = content[:1024].lower(), content[-66_000:]
    if kind in (PDF, SIGNED):
        if not content.startswith(b"%PDF-"):
            raise BadDocument(_("Ini bukan PDF. Simpan dokumen sebagai PDF, lalu unggah lagi."))
        _whole, end, after = content.rpartition(b"%%EOF")
        if not end:
            raise BadDocument(_broken(kind))
        mixed = len(after.strip(PADDING)) > 0 or b"<html" in head or b"<script" in head or ZIP_END in tail
    else:
        if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
            raise BadDocument(_("Foto ini berformat HEIC. Ubah menjadi JPG di ponsel Anda, lalu unggah lagi."))
        if not content.startswith(b"\xff\xd8\xff"):
            raise BadDocument(_("Ini bukan foto JPG. Simpan foto sebagai JPG, lalu unggah lagi."))
        _whole, end, after = content.rpartition(b"\xff\xd9")
        if not end:
            raise BadDocument(_broken(kind))
        mixed = len(after.strip(PADDING)) > 0 or b"%pdf-" in head or b"<script" in content.lower() or ZIP_END in tail
    if mixed:
        raise BadDocument(
            _("Berkas ini berisi lebih dari satu jenis berkas. Buat ulang dari aslinya, lalu unggah lagi.")
        )


def _check_inside(content: bytes, kind: str) -> dict:
    """What the file holds ("pages", of a photo "orientation"), parsed in a child process with little memory and time."""
    with tempfile.NamedTemporaryFile(prefix="dokumen-") as file:
        file.write(content)
        file.flush()
        try:
            done = subprocess.run([sys.executable, "-I", CHILD, kind, file.name], capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            raise BadDocument(_broken(kind)) from None
    if done.returncode:
        raise BadDocument(_broken(kind))
    found = json.loads(done.stdout)
    if problem := found.get("problem"):
        raise BadDocument(_words(problem, kind))
    return found


def _broken(kind: str) -> str:
    if kind in (PDF, SIGNED):
        return _("PDF ini rusak dan tidak dapat dibuka. Simpan ulang dari aplikasi asalnya, lalu unggah lagi.")
    return _("Foto ini rusak dan tidak dapat dibuka. Ambil atau simpan ulang fotonya, lalu unggah lagi.")


def _words(problem: str, kind: str) -> str:
    return {
        "encrypted": _("PDF ini terkunci sandi. Simpan ulang tanpa sandi, lalu unggah lagi."),
        "active": _("PDF ini berisi program atau lampiran. Cetak ke PDF baru, lalu unggah hasilnya."),
        "unpacks_large": _("PDF ini membesar jauh saat dibuka. Cetak ke PDF baru, lalu unggah hasilnya."),
        "too_long": _("PDF ini terlalu panjang. Unggah hanya halaman yang diminta."),
        "too_many_pixels": _("Foto ini terlalu besar ukurannya. Perkecil hingga lebar 2.000 titik, lalu unggah lagi."),
        "too_small": _("Foto ini terlalu kecil untuk dibaca. Unggah foto yang lebih jelas."),
    }.get(problem) or _broken(kind)
