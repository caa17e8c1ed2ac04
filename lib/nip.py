"""The identity number of a civil servant: 18 digits that hold birth date, appointment, sex and a serial number.

PNS: Peraturan Kepala BKN 22 Tahun 2007 and 43 Tahun 2007. PPPK have a number of the same length whose 13th and 14th
digit are no month. Whoever reads one knows a birth date and a sex: it is never public.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

DIGITS = re.compile(r"[0-9]{18}")
YOUNGEST, OLDEST = 16, 80  # years at the first appointment, and today
MALE, FEMALE = "L", "P"


class NotANip(ValueError):
    """These are no digits of such a number; the words say what to look at."""


@dataclass(frozen=True)
class Nip:
    """The digits, and what they say."""

    digits: str
    born: date
    sex: str


def parse(text: str, *, contract: bool, today: date) -> Nip:
    """The number that `text` holds, blanks left out; `contract` for PPPK. Raises NotANip."""
    digits = "".join(text.split())
    if not DIGITS.fullmatch(digits):
        raise NotANip(_("NIP harus 18 angka. Format kolom sebagai teks supaya angkanya tidak berubah."))
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise NotANip(_("Delapan angka pertama NIP bukan tanggal (tahun, bulan, hari).")) from None
    year, month = int(digits[8:12]), int(digits[12:14])
    if not contract and not 1 <= month <= 12:
        raise NotANip(_("Angka ke-13 dan 14 NIP bukan bulan. Untuk PPPK, isi kolom jenis dengan PPPK."))
    if not born.year + YOUNGEST <= year <= today.year or today.year - born.year > OLDEST:
        raise NotANip(_("Tahun lahir dan tahun pengangkatan dalam NIP tidak mungkin. Periksa angkanya."))
    if digits[14] not in "12":
        raise NotANip(_("Angka ke-15 NIP harus 1 atau 2."))
    return Nip(digits, born, MALE if digits[14] == "1" else FEMALE)
