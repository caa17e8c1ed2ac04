"""Rows of a live feed, as CSV, XLSX or JSON: the same columns, the same checks, nothing looked up in the database."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from lib.table_files import reader

MOST_BYTES, MOST_ROWS, MOST_PROBLEMS = 2 * 1024 * 1024, 5000, 200
FIXED = ("nomor", "ruang", "waktu")
TOTAL = "total"


@dataclass(frozen=True)
class Row:
    """One score as it was on the screen; `row` as a spreadsheet counts it. A value of None means absent."""

    row: int
    number: str
    room: str
    shown_at: datetime
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Problem:
    row: int | None
    column: str
    words: str


class Refused(Exception):
    """Nothing of the delivery is kept; every problem is named with its row and its column."""

    def __init__(self, problems: list[Problem]):
        super().__init__(problems[0].words)
        self.problems = problems[:MOST_PROBLEMS]


def refuse(words: str, *, row: int | None = None, column: str = "") -> None:
    raise Refused([Problem(row, column, words)])


def read(raw: bytes, *, components: list[dict], rooms: list[str], zone) -> tuple[list[str], list[Row]]:
    """The component keys that the delivery names, and its rows. `components` as a rule pack has them. Raises Refused."""
    table = _from_json(raw) if raw.lstrip()[:1] in (b"{", b"[") else _from_table(raw)
    head = [cell.strip().lower() for cell in table[0]]
    known = {one["key"]: one for one in components}
    if len(set(head)) < len(head):
        refuse(_("Dua kolom bernama sama. Sisakan satu."), row=1)
    if strange := [name for name in head if name not in (*FIXED, TOTAL, *known)]:
        refuse(_("Kolom ini tidak dikenal: %(names)s.") % {"names": ", ".join(strange)[:200]}, row=1)
    keys = [name for name in head if name in known]
    if missing := [name for name in FIXED if name not in head] or ([] if keys else [", ".join(known)]):
        refuse(_("Kolom ini tidak ada: %(names)s.") % {"names": ", ".join(missing)}, row=1)
    if len(table) > MOST_ROWS + 1:
        refuse(_("Satu kiriman paling banyak %(n)s baris. Bagi menjadi beberapa kiriman.") % {"n": MOST_ROWS})
    found, problems, seen = [], [], {}
    for count, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            problems.append(Problem(count, "", _("Jumlah sel tidak sama dengan judul. Desimal ditulis dengan titik.")))
            continue
        named = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
        wrong, row = _row(count, named, keys, known, rooms, zone)
        if (before := seen.setdefault(named["nomor"], count)) != count:
            wrong.append(Problem(count, "nomor", _("Nomor ini sudah ada di baris %(row)s.") % {"row": before}))
        problems += wrong
        if not wrong:
            found.append(row)
    if problems:
        raise Refused(problems)
    if not found:
        refuse(_("Kiriman tidak berisi satu baris nilai pun."))
    return keys, found


def _row(
    count: int, cells: dict, keys: list[str], known: dict, rooms: list[str], zone
) -> tuple[list[Problem], Row | None]:
    wrong = []
    if not cells["nomor"]:
        wrong.append(Problem(count, "nomor", _("Isi nomor peserta.")))
    if cells["ruang"] not in rooms:
        wrong.append(
            Problem(count, "ruang", _("Ruang ini tidak ada di sesi. Pakai: %(r)s.") % {"r": ", ".join(rooms)[:200]})
        )
    when = _time(cells["waktu"], zone)
    if when is None:
        wrong.append(Problem(count, "waktu", _("Tulis waktu seperti 2026-11-03T10:42:07+07:00.")))
    values = []
    for key in keys:
        value, words = _value(cells[key], known[key])
        values.append(value)
        if words:
            wrong.append(Problem(count, key, words))
    if given := cells.get(TOTAL):
        total, words = _number(given)
        if words or (not wrong and total != sum(value for value in values if value is not None)):
            wrong.append(Problem(count, TOTAL, words or _("Total bukan jumlah komponennya.")))
    return (wrong, None) if wrong else ([], Row(count, cells["nomor"], cells["ruang"], when, tuple(values)))


def _time(text: str, zone) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=zone)
    except ValueError:
        return None


def _number(text: str) -> tuple[Decimal | None, str]:
    try:
        found = Decimal(text) if len(text) <= 12 and text.isascii() else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    return (found, "") if found.is_finite() and found >= 0 else (None, _("Bukan angka yang dikenal."))


def _value(text: str, component: dict) -> tuple[Decimal | None, str]:
    if not text:
        return None, ""
    found, words = _number(text)
    if words:
        return None, words
    decimals = int(component.get("decimals", 0))
    if found > component["max"]:
        return None, _("Paling tinggi %(most)s.") % {"most": component["max"]}
    if -found.normalize().as_tuple().exponent > decimals:
        return None, _("Paling banyak %(n)s angka di belakang titik.") % {"n": decimals}
    return found, ""


def _from_json(raw: bytes) -> list[list[str]]:
    try:
        body = json.loads(raw, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        refuse(_("JSON tidak lengkap atau rusak."))
    rows = body.get("baris") if isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows) or not rows:
        refuse(_('Kirim daftar baris: [{"nomor": …, "ruang": …, "waktu": …}].'))
    head = list(rows[0])
    for count, one in enumerate(rows, start=2):
        if one.keys() != rows[0].keys() or not all(value is None or isinstance(value, str) for value in one.values()):
            refuse(_("Setiap baris berisi nama yang sama, dengan teks atau angka."), row=count)
    return [head, *[["" if one[name] is None else one[name] for name in head] for one in rows]]


def _from_table(raw: bytes) -> list[list[str]]:
    try:
        with (
            reader.kept(io.BytesIO(raw), max_bytes=MOST_BYTES) as (file, _digest),
            reader.rows(file, max_xlsx_rows=MOST_ROWS + 1) as rows,
        ):
            return [cells for cells, _n in zip(rows, range(MOST_ROWS + 2), strict=False)] or [[""]]
    except reader.Unreadable as error:
        refuse(str(error), row=error.row)
