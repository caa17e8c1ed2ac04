"""Reads and checks the rows of a file of employees; every problem with row, column and what to do.

One row is one post of one person; rows with the same NIP are one person. The cell of a problem is never repeated where
it could be a NIP.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from lib import nip as nips
from vacancies.naming import readable
from workforce.models import Appointment, Credential, Employee, Level, Predicate

REQUIRED = ("nip", "nama", "jenis", "unit", "jabatan", "jenjang", "tmt", "nomor_keputusan")
OPTIONAL = (
    "status", "sampai", "tanggal_keputusan", "memimpin_unit", "golongan", "laporan_harta", "predikat_skp", "pendidikan",
    "pelatihan", "sertifikat", "telepon_unit", "surel_unit", "berhenti",
)  # fmt: skip
SHOWN, MAX_ROWS = 500, 60_000
SEPARATOR = " | "
YES_NO = {"ya": True, "sudah": True, "1": True, "tidak": False, "belum": False, "0": False}
CREDENTIALS = {
    "pendidikan": Credential.Kind.EDUCATION,
    "pelatihan": Credential.Kind.TRAINING,
    "sertifikat": Credential.Kind.CERTIFICATE,
}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONGEST = {"nama": 150, "jabatan": 200, "nomor_keputusan": 120, "golongan": 6, "telepon_unit": 30, "surel_unit": 254}
OF_PERSON = {"nama": "name", "jenis": "kind", "golongan": "grade", "laporan_harta": "assets_report",
             "predikat_skp": "skp", "berhenti": "left_on"}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing wrong: file row (the heading is row 1), column, what to do. Never the cell: it may be a NIP."""

    row: int | None
    column: str
    words: str


@dataclass
class Refused(Exception):  # noqa: N818 - a state of the world
    """The file has problems; nothing is stored. `problems` lists the first, `count` counts all."""

    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, row: int | None, column: str, words: str) -> None:
        self.count += 1
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(row, column, words))

    def __str__(self) -> str:
        return " ".join(problem.words for problem in self.problems[:3])


@dataclass
class Sheet:
    """The people of a file by NIP, and the contacts of units by path."""

    people: dict[str, dict]
    contacts: dict[str, dict]
    rows: int = 0
    columns: tuple[str, ...] = ()


def read(lines: Iterator[list[str]], *, today: date) -> Sheet:
    """The people in `lines` (headings first). Raises Refused with every problem found."""
    refused = Refused()
    columns = _headings(next(lines, []), refused)
    if refused.count:
        raise refused
    sheet = Sheet({}, {}, columns=tuple(columns))
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        sheet.rows += 1
        if sheet.rows > MAX_ROWS:
            refused.add(number, "", _("Berkas melebihi %(n)s baris. Bagi menjadi beberapa berkas.") % {"n": MAX_ROWS})
            break
        before = refused.count
        row = _Row(
            {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}, number, refused
        )
        found = row.read(today)
        if refused.count == before:
            _gather(sheet, found, number, refused)
    if not sheet.rows and not refused.count:
        refused.add(None, "", _("Berkas tidak berisi pegawai. Isi baris di bawah judul kolom."))
    if refused.count:
        raise refused
    return sheet


def _headings(cells: list[str], refused: Refused) -> dict[str, int]:
    names = ["_".join(cell.strip().lstrip("\ufeff").lower().split()) for cell in cells]
    for name in REQUIRED:
        if name not in names:
            refused.add(1, name, _("Kolom %(column)s tidak ada. Tambahkan judul kolom itu.") % {"column": name})
    for name in REQUIRED + OPTIONAL:
        if names.count(name) > 1:
            refused.add(1, name, _("Kolom %(column)s ada dua kali. Hapus salah satunya.") % {"column": name})
    return {name: names.index(name) for name in REQUIRED + OPTIONAL if name in names}


class _Row:
    """One row of cells that becomes a person with one post."""

    def __init__(self, cells: dict[str, str], number: int, refused: Refused):
        self.cells, self.number, self.refused = cells, number, refused

    def bad(self, column: str, words: str) -> None:
        self.refused.add(self.number, column, words)

    def read(self, today: date) -> dict:
        for name, cell in self.cells.items():
            if cell.startswith("="):
                self.bad(name, _("Sel berisi rumus. Salin sebagai nilai (Tempel khusus), lalu simpan lagi."))
            elif CONTROL.search(cell):
                self.bad(name, _("Sel berisi tanda yang tidak terbaca. Ketik ulang isi sel ini."))
            elif name in REQUIRED and not cell:
                self.bad(name, _("Sel kosong. Isi kolom %(column)s.") % {"column": name})
            elif len(cell) > LONGEST.get(name, 2000):
                self.bad(name, _("Isi sel terlalu panjang. Persingkat."))
        kind = self._choice("jenis", {label.lower(): value for value, label in Employee.Kind.choices})
        since, until = self._date("tmt"), self._date("sampai")
        if since and until and until < since:
            self.bad("sampai", _("Tanggal sampai lebih awal daripada tmt."))
        if since and since > today:
            self.bad("tmt", _("Tanggal ini belum tiba. Masukkan setelah berlaku."))
        left = self._date("berhenti")
        if left and left > today:
            self.bad("berhenti", _("Tanggal ini belum tiba. Masukkan setelah berlaku."))
        decree_date = self._date("tanggal_keputusan")
        number = self._nip(kind, today)
        levels = {label.lower(): value for value, label in Level.choices} | {v: v for v in Level.values}
        path = [readable(part) for part in self.cells["unit"].split("|") if part.strip()]
        if path and path[0].lower() != settings.INSTANCE["name"].lower():
            path.insert(0, settings.INSTANCE["name"])
        if any(len(part) > 200 for part in path):
            self.bad("unit", _("Nama unit lebih dari 200 huruf. Persingkat."))
        return {
            "nip": number.digits if number else "",
            "sex": number.sex if number else "",
            "name": " ".join(self.cells["nama"].split()),
            "kind": kind,
            "grade": self.cells.get("golongan", ""),
            "assets_report": self._choice("laporan_harta", YES_NO),
            "skp": self._choice("predikat_skp", {label.lower(): value for value, label in Predicate.choices}) or "",
            "left_on": _iso(left),
            "appointment": {
                "row": self.number,
                "unit": SEPARATOR.join(path),
                "position": readable(self.cells["jabatan"]),
                "level": self._choice("jenjang", levels),
                "heads_unit": bool(self._choice("memimpin_unit", YES_NO)),
                "kind": self._choice("status", {v: v for v in Appointment.Kind.values}) or "definitif",
                "since": _iso(since),
                "until": _iso(until),
                "decree": self.cells["nomor_keputusan"],
                "decree_date": _iso(decree_date),
            },
            "credentials": [one for column, kind in CREDENTIALS.items() for one in self._credentials(column, kind)],
            "contact": {"phone": self.cells.get("telepon_unit", ""), "email": self.cells.get("surel_unit", "")},
        }

    def _nip(self, kind, today: date) -> nips.Nip | None:
        try:
            return nips.parse(self.cells["nip"], contract=kind == Employee.Kind.PPPK, today=today)
        except nips.NotANip as error:
            if self.cells["nip"]:
                self.bad("nip", str(error))
            return None

    def _date(self, column: str) -> date | None:
        cell = self.cells.get(column, "")
        for shape in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
            try:
                return datetime.strptime(cell, shape).date()  # noqa: DTZ007 - a date without a clock
            except ValueError:
                continue
        if cell:
            self.bad(column, _("Ini bukan tanggal. Tulis seperti 2026-11-03 atau 03-11-2026."))
        return None

    def _choice(self, column: str, choices: dict):
        cell = self.cells.get(column, "").lower()
        if not cell:
            return None
        if cell not in choices:
            self.bad(column, _("Isi ini tidak dikenal. Pilih salah satu: %(words)s.") % {"words": ", ".join(choices)})
            return None
        return choices[cell]

    def _credentials(self, column: str, kind: str) -> list[dict]:
        """Entries apart by semicolons; name, institution and year apart by strokes."""
        found = []
        for entry in self.cells.get(column, "").split(";"):
            parts = [part.strip() for part in entry.split("|")]
            if not parts[0]:
                continue
            year = parts[2] if len(parts) > 2 else ""
            if len(parts) > 3 or year and not (year.isdecimal() and 1940 <= int(year) <= 2100):
                self.bad(column, _("Tulis seperti: nama | lembaga | tahun. Pisahkan beberapa isian dengan titik koma."))
                continue
            found.append({"kind": kind, "title": parts[0][:200], "issuer": (parts + [""])[1][:200],
                          "year": int(year) if year else None})  # fmt: skip
        return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _gather(sheet: Sheet, row: dict, number: int, refused: Refused) -> None:
    """Put the row to its person; what is said of the person is the same in each of their rows."""
    appointment, contact = row.pop("appointment"), row.pop("contact")
    if any(contact.values()):
        sheet.contacts[appointment["unit"]] = contact
    known = sheet.people.setdefault(row["nip"], row | {"row": number, "appointments": [], "credentials": []})
    for column, name in OF_PERSON.items():
        if known[name] != row[name]:
            refused.add(
                number, column,
                _("NIP ini sudah ada di baris %(row)s dengan isi lain. Samakan keduanya.") % {"row": known["row"]},
            )  # fmt: skip
    same = [one for one in known["appointments"] if _key(one) == _key(appointment)]
    if same:
        refused.add(
            number, "tmt", _("Jabatan ini sudah ada di baris %(row)s. Hapus salah satu.") % {"row": same[0]["row"]}
        )
    known["appointments"].append(appointment)
    known["credentials"] += [one for one in row["credentials"] if one not in known["credentials"]]


def _key(appointment: dict) -> tuple:
    return tuple(appointment[name] for name in ("unit", "position", "kind", "since"))
