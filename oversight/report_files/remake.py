"""Pictures and PDFs become new JPEGs, in a child process with little memory and time; nothing is written to a disk."""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

CHILD = str(Path(__file__).with_name("child.py"))
SECONDS = 30
AT_ONCE, PATIENCE = BoundedSemaphore(2), 20  # children per process, and seconds until another reporter is asked to wait
MOST_FILES = 5
MOST_BYTES = 3_500_000  # of all files together: the limit of a request lies above
MOST_IMAGES = 30


class BadFile(Exception):
    """The file is not taken; the message says what to do."""


def remade(files) -> list[bytes]:
    """Every page or picture of `files` (file objects) as a fresh JPEG, in order. Raises BadFile."""
    if len(files) > MOST_FILES:
        raise BadFile(_("Paling banyak 5 berkas sekali kirim. Sisanya dapat menyusul sebagai pesan."))
    if sum(one.size for one in files) > MOST_BYTES:
        raise BadFile(_("Berkas Anda bersama-sama lebih dari 3,5 MB. Kirim sebagian dahulu, sisanya sebagai pesan."))
    if files and not AT_ONCE.acquire(timeout=PATIENCE):
        raise BadFile(_("Sedang ramai. Tunggu sebentar, pilih berkasnya lagi, lalu kirim."))
    try:
        images = [image for one in files for image in _remade(one.read())]
    finally:
        if files:
            AT_ONCE.release()
    if len(images) > MOST_IMAGES:
        raise BadFile(_("Berkas Anda lebih dari 30 halaman. Kirim halaman yang penting saja."))
    return images


def _remade(content: bytes) -> list[bytes]:
    try:
        done = subprocess.run([sys.executable, "-I", CHILD], input=content, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise BadFile(_unreadable()) from None
    if done.returncode == 3:
        raise BadFile(
            _("Berkas itu bukan foto (JPG, PNG, WEBP) atau PDF. Foto layar atau foto cetakannya, lalu kirim.")
        )
    if done.returncode == 4:
        raise BadFile(_("PDF itu lebih dari 20 halaman. Kirim halaman yang penting saja."))
    if done.returncode:
        raise BadFile(_unreadable())
    return _pieces(done.stdout)


def _pieces(stream: bytes) -> list[bytes]:
    """The child writes each JPEG after its length in four bytes."""
    found, place = [], 0
    while place < len(stream):
        length = int.from_bytes(stream[place : place + 4], "big")
        found.append(stream[place + 4 : place + 4 + length])
        place += 4 + length
    return found


def _unreadable() -> str:
    return _("Salah satu berkas tidak dapat dibuka. Simpan atau foto ulang, lalu kirim lagi.")
