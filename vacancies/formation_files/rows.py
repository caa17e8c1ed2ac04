"""Reads and checks the rows of a formation file; every problem with row, column, cell and what to do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from vacancies import education
from vacancies.formation_files import words
from vacancies.models import Recruitment

REQUIRED = (
    "formasi_id", "formasi_nm", "jabatan_nm", "lokasi_nm", "jumlah_formasi", "jenjang_studi", "program_studi",
)  # fmt: skip
OPTIONAL = ("ins_nm", "jp_nama", "disable", "gaji_min", "gaji_max", "ipk_min", "tugas")
SHOWN = 500  # problems listed; the rest is counted
MAX_ROWS = 300_000
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
WHOLE = re.compile(r"[0-9]{1,12}")
IPK = re.compile(r"[0-4](?:\.[0-9]{1,2})?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
YES_NO = {"1": True, "0": False, "": False, "ya": True, "tidak": False, "true": True, "false": False}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: file row (the heading is row 1; None: the whole file), column, the cell, what to do."""

    row: int | None
    column: str
    cell: str
    words: str


@dataclass
class Refused(Exception):  # noqa: N818 - a state of the world
    """The file has problems; nothing is stored. `problems` lists the first, `count` counts all."""

    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, row: int | None, column: str, cell: str, said: str) -> None:
        self.count += 1
        if len(self.problems) < SHOWN:
            self.problems.append(Problem(row, column, cell[:60], said))

    def __str__(self) -> str:
        return " ".join(problem.words for problem in self.problems[:3])


@dataclass
class Sheet:
    """The formations of a file, by national id; which fields its columns speak of; rows read and skipped."""

    formations: dict[str, dict]
    fields: list[str]
    rows: int = 0
    blank: int = 0


def read(recruitment: Recruitment, lines: Iterator[list[str]]) -> Sheet:
    """The formations in `lines` (headings first). Raises Refused with every problem found."""
    refused = Refused()
    columns = _headings(next(lines, []), refused)
    if refused.count:
        raise refused
    sheet = Sheet({}, [name for name, column in COLUMN_OF.items() if column in columns])
    first_rows: dict[str, int] = {}
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            sheet.blank += 1
            continue
        sheet.rows += 1
        if sheet.rows > MAX_ROWS:
            refused.add(
                number, "", "", _("Berkas melebihi %(rows)s baris. Bagi menjadi beberapa berkas.") % {"rows": MAX_ROWS}
            )
            break
        before = refused.count
        row = _row(recruitment, _cells(columns, cells, number, refused), number, refused)
        if refused.count == before:
            _gather(sheet, first_rows, row, number, refused)
    if not sheet.rows and not refused.count:
        refused.add(None, "", "", _("Berkas tidak berisi formasi. Isi baris di bawah judul kolom."))
    if refused.count:
        raise refused
    return sheet


def _headings(cells: list[str], refused: Refused) -> dict[str, int]:
    """Column name → position. A file without a required column, or with one twice, is not read further."""
    names = [" ".join(cell.strip().lstrip("\ufeff").lower().split()).replace(" ", "_") for cell in cells]
    for name in REQUIRED:
        if name not in names:
            refused.add(
                1,
                name,
                "",
                _("Kolom %(column)s tidak ada. Pakai judul kolom seperti unduhan SSCASN.") % {"column": name},
            )
    for name in REQUIRED + OPTIONAL:
        if names.count(name) > 1:
            refused.add(1, name, "", _("Kolom %(column)s ada dua kali. Hapus salah satunya.") % {"column": name})
    return {name: names.index(name) for name in REQUIRED + OPTIONAL if name in names}


def _cells(columns: dict[str, int], cells: list[str], number: int, refused: Refused) -> dict[str, str]:
    found = {name: (cells[at].strip() if at < len(cells) else "") for name, at in columns.items()}
    for name, cell in found.items():
        if cell.startswith("="):
            refused.add(
                number, name, cell, _("Sel berisi rumus. Salin sebagai nilai (Tempel khusus), lalu simpan lagi.")
            )
        elif CONTROL.search(cell):
            refused.add(number, name, repr(cell), _("Sel berisi tanda yang tidak terbaca. Ketik ulang isi sel ini."))
        elif name in REQUIRED and not cell:
            refused.add(number, name, "", _("Sel kosong. Isi kolom %(column)s.") % {"column": name})
    return found


def _row(recruitment: Recruitment, cells: dict[str, str], number: int, refused: Refused) -> dict:
    """One row as values of a formation, plus `level` and `program`; problems are added to `refused`."""

    def bad(column: str, said: str) -> None:
        refused.add(number, column, cells[column], said)

    def limited(column: str, most: int, value: str) -> str:
        if len(value) > most:
            bad(column, _("Teks lebih dari %(most)s huruf. Persingkat isinya.") % {"most": most})
        return value

    def whole(column: str) -> int | None:
        cell = cells.get(column, "")
        if not cell or cell.startswith("="):
            return None
        if not WHOLE.fullmatch(cell):
            bad(column, _("Ini bukan bilangan bulat positif. Tulis angka saja, misalnya 2785700."))
            return None
        return int(cell)

    code = cells["formasi_id"]
    if code and not CODE.fullmatch(code):
        bad("formasi_id", _("Kode formasi hanya boleh huruf, angka, titik, dan garis, paling banyak 64."))
    need = words.need_of(cells["formasi_nm"])
    if cells["formasi_nm"] and need is None:
        bad(
            "formasi_nm", _("Jenis kebutuhan ini tidak dikenal. Contoh: UMUM, PENYANDANG DISABILITAS, LULUSAN TERBAIK.")
        )
    _check_kind(recruitment, cells, bad)
    quota = whole("jumlah_formasi")
    if quota is not None and not 1 <= quota <= 100_000:
        bad("jumlah_formasi", _("Jumlah kebutuhan paling sedikit 1 dan paling banyak 100000."))
    salary_min, salary_max = whole("gaji_min"), whole("gaji_max")
    if salary_min is not None and salary_max is not None and salary_max < salary_min:
        bad("gaji_max", _("Penghasilan tertinggi lebih kecil dari terendah. Periksa kedua kolom gaji."))
    friendly = YES_NO.get(cells.get("disable", "").lower())
    if friendly is None:
        bad("disable", _("Isi 1 bila terbuka bagi penyandang disabilitas, 0 bila tidak."))
    ipk = cells.get("ipk_min", "").replace(",", ".")
    if ipk and not (IPK.fullmatch(ipk) and float(ipk) <= 4):
        bad("ipk_min", _("IPK ditulis 0 sampai 4, misalnya 3,00."))
    path = words.unit_path(cells["lokasi_nm"])
    for name in path:
        if len(name) > 200:
            bad("lokasi_nm", _("Nama unit lebih dari 200 huruf. Persingkat isinya."))
    return {
        "code": code,
        "position": limited("jabatan_nm", 250, words.readable(cells["jabatan_nm"])),
        "unit_path": limited("lokasi_nm", 500, " | ".join(path)),
        "need": need,
        "quota": quota,
        "salary_min": salary_min,
        "salary_max": salary_max,
        "disability_friendly": friendly,
        "ipk_min": f"{float(ipk):.2f}" if ipk and IPK.fullmatch(ipk) else None,
        "duties": limited("tugas", 5000, cells["tugas"]) if cells.get("tugas") else "",
        "level": limited("jenjang_studi", 40, " ".join(cells["jenjang_studi"].split())),
        "program": limited("program_studi", 250, " ".join(cells["program_studi"].split())),
    }


def _check_kind(recruitment: Recruitment, cells: dict[str, str], bad) -> None:
    """A file of CPNS formations does not belong into a recruitment of PPPK, and the other way round."""
    kind = cells.get("jp_nama", "").lower()
    national = {Recruitment.Kind.CPNS, Recruitment.Kind.PPPK}
    if kind and recruitment.kind in national and not kind.startswith(recruitment.kind):
        bad(
            "jp_nama",
            _("Pengadaan ini %(kind)s. Pilih pengadaan yang sesuai, atau perbaiki kolom ini.")
            % {"kind": recruitment.get_kind_display()},
        )


def _gather(sheet: Sheet, first_rows: dict[str, int], row: dict, number: int, refused: Refused) -> None:
    """Add the education of `row` to its formation; the rest must say the same in every row of one id."""
    education_pair = [row.pop("level"), row.pop("program")]
    known = sheet.formations.get(row["code"])
    if known is None:
        row["qualifications"] = [education_pair]
        row["levels"] = education.level_codes(*education_pair)
        sheet.formations[row["code"]] = row
        first_rows[row["code"]] = number
        return
    for name, column in COLUMN_OF.items():
        if known[name] != row[name]:
            refused.add(
                number,
                column,
                str(row[name]),
                _("Kode %(code)s sudah ada di baris %(row)s dengan isi lain (%(old)s). Samakan keduanya.")
                % {"code": row["code"], "row": first_rows[row["code"]], "old": str(known[name])[:60]},
            )
    if education_pair not in known["qualifications"]:
        known["qualifications"].append(education_pair)
        for code in education.level_codes(*education_pair):
            if code not in known["levels"]:
                known["levels"].append(code)


COLUMN_OF = {
    "position": "jabatan_nm",
    "unit_path": "lokasi_nm",
    "need": "formasi_nm",
    "quota": "jumlah_formasi",
    "salary_min": "gaji_min",
    "salary_max": "gaji_max",
    "disability_friendly": "disable",
    "ipk_min": "ipk_min",
    "duties": "tugas",
}
