"""A score file on its way in: read into a temporary table, matched with the participants, judged whole."""

import re
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from selection.queries import participants
from selection.ranking import sql
from selection.score_files.headings import SAME_CODE

MOST_PROBLEMS = 200
TOTAL_SHAPE = r"[0-9]{1,7}(?:\.[0-9]{1,3})?"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# The code of a row, in the one spelling that rule packs use.
SPELLINGS = " ".join(f"WHEN '{written}' THEN '{code}'" for written, code in SAME_CODE.items())
CODE = f"CASE upper(t_code) {SPELLINGS} ELSE upper(t_code) END"
PART = 5_000  # rows that travel to the database at once


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: the row as a spreadsheet counts it, the column, and what to do."""

    row: int | None
    column: str
    words: str


@dataclass(frozen=True)
class Column:
    """A column that is kept: its name, what people call it, its SQL type, and what a cell usually looks like.

    A number that does not look so is refused with `words`; other text is looked at later.
    """

    name: str
    label: str
    kind: str
    shape: str
    words: str = ""

    @property
    def field(self) -> str:
        return f"t_{sql.name(self.name)}"


class Problems:
    """What is wrong with a file: all of it counted, the first MOST_PROBLEMS of each kind kept."""

    def __init__(self):
        self.found: list[Problem] = []
        self.count = 0

    def add(self, row: int, column: Column | None, cell: str | None, words: str) -> None:
        self.count += 1
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(_problem(row, column, cell, words))

    def first(self) -> list[Problem]:
        return sorted(self.found, key=lambda problem: problem.row)[:MOST_PROBLEMS]


def _problem(row: int, column: Column | None, cell: str | None, words: str) -> Problem:
    return Problem(row, column.label if column else "", (f"“{cell[:40]}”: " if cell else "") + words)


def columns_of(rule: dict, positions: dict[str, int]) -> list[Column]:
    """The columns of a file whose headings stand at `positions`: number, components, then total and code if given."""
    found = [Column("number", _("No Peserta"), "text", "[0-9A-Za-z./-]+")]
    for component in rule["components"]:
        if component["key"] not in positions:
            continue
        decimals = int(component.get("decimals", 0))
        shape = "[0-9]{1,6}" + (r"(?:\.[0-9]{1," + str(decimals) + "})?" if decimals else "")
        words = _("Bukan angka yang dikenal. Pakai angka 0–9%(point)s, tanpa spasi, koma, atau rumus.") % {
            "point": _(" dan titik desimal") if decimals else ""
        }
        found.append(Column(component["key"], component["key"].upper(), "numeric(9, 3)", shape, words))
    if "total" in positions:
        words = _("Total bukan angka. Isi angkanya, bukan rumus, atau kosongkan kolom ini.")
        found.append(Column("total", "TOTAL", "numeric(10, 3)", TOTAL_SHAPE, words))
    if "code" in positions:
        found.append(Column("code", "CODE", "text", "[0-9A-Za-z/-]*"))
    return found


def load(rows, columns: list[Column], picks: list[int], width: int) -> Problems:
    """Stream `rows` (headings read already, `width` of them) into the temporary table `incoming`; `picks` says where
    the columns stand.

    A row that looks as it should is recognised by one expression and passed on as it is: a file of
    millions costs a few seconds. Only the others are taken apart. Rows without a word are passed over.
    """
    number, *others = [column.shape for column in columns]
    usual = re.compile("\t".join([number, *(f"(?:{shape})?" for shape in others)])).fullmatch
    problems = Problems()
    fields = ", ".join(f"{column.field} {column.kind}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming, matched")
        cursor.execute(f"CREATE TEMP TABLE incoming (row integer, {fields}) ON COMMIT DROP")
        with cursor.copy("COPY incoming FROM STDIN (NULL '')") as copy:
            lines = []
            for count, cells in enumerate(rows, start=2):
                line = "\t".join([cells[place] for place in picks]) if len(cells) == width else ""
                if not usual(line):
                    line = _taken_apart(count, cells, columns, picks, width, problems)
                    if line is None:
                        continue
                lines.append(f"{count}\t{line}\n")
                if len(lines) == PART:
                    copy.write("".join(lines))
                    lines.clear()
            copy.write("".join(lines))
    return problems


def _taken_apart(
    row: int, cells: list[str], columns: list[Column], picks: list[int], width: int, problems: Problems
) -> str | None:
    """A row as COPY text, its numbers checked one by one; None when nothing stands in it.

    A row that ends between its values was cut off, and one with more cells than headings is shifted (mostly by a
    decimal comma): neither may pass as "absent" or as another score.
    """
    picked = [cells[place].strip() if place < len(cells) else "" for place in picks]
    if not any(cell.strip() for cell in cells):
        return None
    if any(cell.strip() for cell in cells[width:]):
        words = _("Baris ini punya sel lebih banyak daripada judul. Satu sel per nilai; desimal ditulis dengan titik.")
        problems.add(row, None, None, words)
    values = [place for place, column in enumerate(columns) if column.kind == "numeric(9, 3)"]
    if any(picked[place] for place in values) and any(picks[place] >= len(cells) for place in values):
        problems.add(row, None, None, _("Baris ini terpotong. Isi semua nilainya, lalu unggah lagi."))
    for place, column in enumerate(columns):
        if column.words and picked[place] and not re.fullmatch(column.shape, picked[place]):
            problems.add(row, column, picked[place], column.words)
            picked[place] = ""
    return "\t".join(cell.translate(ESCAPES) for cell in picked)


def match(stage) -> None:
    """The temporary table `matched`: the rows of `incoming`, each with the application its number names."""
    people, parameters = (
        participants(stage).values("id", "participant_number", "national_number").query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incoming")
        cursor.execute(
            f"""CREATE TEMP TABLE matched ON COMMIT DROP AS
            WITH known AS MATERIALIZED ({people})
            SELECT i.*, coalesce(n.id, p.id) AS application_id FROM incoming i
            LEFT JOIN known n ON n.national_number = i.t_number LEFT JOIN known p ON p.participant_number = i.t_number""",
            parameters,
        )
        cursor.execute("ANALYZE matched")


def judge(rule: dict, columns: list[Column], problems: Problems, *, official: bool) -> int:
    """Add to `problems` all that is wrong in `matched`; returns how many rows the file holds.

    In an `official` list, one that carries the statuses of the national body, nobody is without a status: what is
    left out would be compared with nothing.
    """
    checks = _checks(rule, {column.name: column for column in columns})
    if official and columns[-1].name == "code":
        words = _("Status resmi kosong. Isi seperti dalam daftar resmi, atau hapus kolom statusnya.")
        checks.append((columns[-1], "t_code IS NULL", words))
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _column, condition, _words in checks)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {counts} FROM matched")
        rows, *bad = cursor.fetchone()
        for (column, condition, words), n in zip(checks, bad, strict=True):
            if not n:
                continue
            shown = column.field if column.kind == "text" else f"trim_scale({column.field})::text"
            cursor.execute(f"SELECT row, {shown} FROM matched WHERE {condition} ORDER BY row LIMIT {MOST_PROBLEMS}")
            problems.found += [_problem(row, column, cell, words) for row, cell in cursor.fetchall()]
            problems.count += n
    return rows


def _checks(rule: dict, columns: dict[str, Column]) -> list[tuple[Column, str, str]]:
    """(column, what is wrong as SQL, what to do) for what can be told from a row whose numbers are numbers."""
    number = columns["number"]
    twice = "SELECT application_id FROM matched GROUP BY application_id HAVING count(*) > 1"
    found = [
        (number, "t_number IS NULL", _("Nomor peserta kosong. Isi nomornya atau hapus baris ini.")),
        (
            number,
            "t_number IS NOT NULL AND application_id IS NULL",
            _("Nomor ini bukan peserta tahap ini. Periksa angkanya, atau impor daftar peserta dahulu."),
        ),
        (
            number,
            f"application_id IN ({twice})",
            _("Nomor ini muncul lebih dari sekali. Sisakan satu baris per peserta."),
        ),
    ]
    components = [one for one in rule["components"] if one["key"] in columns]
    for component in components:
        column = columns[component["key"]]
        words = _("Nilai di luar rentang 0 sampai %(max)s.") % {"max": component["max"]}
        found.append((column, f"{column.field} > {sql.number(component['max'])}", words))
    if "total" in columns and len(components) == len(rule["components"]):
        added = " + ".join(columns[one["key"]].field for one in components)
        words = _("Total tidak sama dengan jumlah komponennya. Periksa nilainya.")
        found.append((columns["total"], f"t_total <> {added}", words))
    if "code" in columns:
        known = ", ".join(f"'{code}'" for code in sorted(set(rule["codes"].values())))
        words = _("Keterangan ini tidak dikenal pada paket aturan tahap ini.")
        found.append((columns["code"], f"{CODE} NOT IN ({known})", words))
    return found
