"""Reads score rows (RULES.md section 4). One wrong value refuses the whole file, by row and column."""

import csv
import datetime
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .decimals import score_number
from .pack import Stage
from .refusals import ScoresRefused

# After every known value: birth dates and closed orders ascend, IPK is stored negated.
NOT_KNOWN = 10**12
QUOTA = re.compile(r"[0-9]{1,7}", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
IDENTITY = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


class Row(NamedTuple):
    """One person. `values` in thousandths, None = absent; `closed` sorts ascending, better first."""

    row_id: str
    need: str
    values: tuple[int | None, ...]
    status: str
    closed: tuple[int, ...]


class Cohort(NamedTuple):
    """Everybody in the input, by formation, and the names of the closed criteria in the rows' order."""

    formations: dict[str, list[Row]]
    quotas: dict[str, int]
    closed: tuple[str, ...]


def read_file(path: Path, stage: Stage) -> Cohort:
    """The cohort in a CSV file. ScoresRefused with row and column; OSError if unreadable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read(csv.reader(file, strict=True), stage)
    except UnicodeDecodeError as error:
        raise ScoresRefused([f"the file is not UTF-8 (byte {error.start})"]) from error
    except csv.Error as error:
        raise ScoresRefused([f"the file is not CSV: {error}"]) from error


def read(table: Iterable[list[str]], stage: Stage) -> Cohort:
    """The cohort in a table whose first row is the heading. Empty lines are skipped and not counted."""
    lines = (line for line in table if line)
    heading = [name.strip(" ") for name in next(lines, [])]
    reader = _Reader(heading, stage)
    formations: dict[str, list[Row]] = {}
    quotas: dict[str, int] = {}
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        try:
            formation, quota, row = reader.row(line)
            if row.row_id in seen:
                raise _Wrong("row_id", f"{row.row_id!r} appears twice")
            if quotas.setdefault(formation, quota) != quota:
                raise _Wrong("kuota", f"{quota} differs from {quotas[formation]} of other rows of {formation!r}")
        except _Wrong as wrong:
            raise ScoresRefused([f"row {number}, column {wrong.column}: {wrong.sentence}"]) from wrong
        seen.add(row.row_id)
        formations.setdefault(formation, []).append(row)
    return Cohort(formations, quotas, reader.closed)


class _Wrong(Exception):
    def __init__(self, column: str, sentence: str):
        self.column, self.sentence = column, sentence


class _Reader:
    """Knows where each column is, and turns a line into a row."""

    def __init__(self, heading: list[str], stage: Stage):
        self.stage, self.width = stage, len(heading)
        self.by_scores = stage.by == "scores"
        twice = sorted({name for name in heading if name and heading.count(name) > 1})
        needed = ["row_id", "formasi_id"]
        needed += ["kebutuhan", "kuota", *(c.key for c in stage.components)] if self.by_scores else ["status"]
        missing = [name for name in needed if name not in heading]
        if twice or missing:
            raise ScoresRefused(
                [f"column {name} appears twice" for name in twice] + [f"column {name} is missing" for name in missing]
            )
        self.at = {name: place for place, name in enumerate(heading)}
        if "closed_order" in self.at and ("ipk" in self.at or "birth_date" in self.at):
            raise ScoresRefused(["column closed_order cannot stand beside ipk or birth_date"])
        if "closed_order" in self.at and stage.closed:
            self.closed: tuple[str, ...] = ("order",)
        else:
            self.closed = stage.closed
        self.marks = [(c.key, self.at[c.key], c.max, c.decimals) for c in stage.components]
        # A million rows hold a few hundred different marks; each is parsed once.
        self.known_marks: dict[tuple[str, str], int | None] = {}

    def row(self, line: list[str]) -> tuple[str, int, Row]:
        if len(line) != self.width:
            raise _Wrong("-", f"has {len(line)} values, the heading has {self.width}")
        row_id, formation = self._identity(line, "row_id"), self._identity(line, "formasi_id")
        status = self._text(line, "status")
        if (status or not self.by_scores) and status not in self.stage.status:
            raise _Wrong("status", f"{status!r} is not one of {', '.join(self.stage.status)}")
        if not self.by_scores:
            return formation, 0, Row(row_id, "", (), status, ())
        need = self._text(line, "kebutuhan")
        if need not in self.stage.needs:
            raise _Wrong("kebutuhan", f"{need!r} is not one of {', '.join(sorted(self.stage.needs))}")
        values = tuple([self._mark(line[place], key, most, decimals) for key, place, most, decimals in self.marks])
        return formation, self._quota(line), Row(row_id, need, values, status, self._closed(line))

    def _text(self, line: list[str], column: str) -> str:
        return line[self.at[column]].strip(" ") if column in self.at else ""

    def _identity(self, line: list[str], column: str) -> str:
        text = self._text(line, column)
        if not IDENTITY.fullmatch(text):
            raise _Wrong(column, f"{text!r} is not an id of 1 to 64 characters")
        return text

    def _mark(self, text: str, key: str, most: int, decimals: int) -> int | None:
        try:
            return self.known_marks[key, text]
        except KeyError:
            value = self.known_marks[key, text] = self._new_mark(text.strip(" "), key, most, decimals)
            return value

    def _new_mark(self, text: str, key: str, most: int, decimals: int) -> int | None:
        if not text:
            return None
        value = _number(text, key, decimals)
        if value > most:
            raise _Wrong(key, f"{text} lies above the maximum")
        return value

    def _quota(self, line: list[str]) -> int:
        text = self._text(line, "kuota")
        if not QUOTA.fullmatch(text) or int(text) > 1_000_000:
            raise _Wrong("kuota", f"{text!r} is not a whole number from 0 to 1000000")
        return int(text)

    def _closed(self, line: list[str]) -> tuple[int, ...]:
        """The closed values so that smaller is better; also judges columns this stage does not use."""
        values = {}
        for column in ("ipk", "birth_date", "closed_order"):
            text = self._text(line, column)
            values[column.removeprefix("closed_")] = _closed_value(column, text) if text else NOT_KNOWN
        return tuple([values[name] for name in self.closed])


def _number(text: str, column: str, decimals: int) -> int:
    try:
        return score_number(text, decimals)
    except ValueError as error:
        raise _Wrong(column, str(error)) from error


def _closed_value(column: str, text: str) -> int:
    if column == "ipk":
        value = _number(text, column, 3)
        if value > 100_000:
            raise _Wrong(column, f"{text} lies above 100")
        return -value
    if column == "closed_order":
        if not QUOTA.fullmatch(text) or int(text) < 1:
            raise _Wrong(column, f"{text!r} is not a whole number from 1")
        return int(text)
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text).toordinal()
    except ValueError:
        raise _Wrong(column, f"{text!r} is not a date like 1999-12-31") from None


def expanded(rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Rows of a test vector, those with `times` written out (RULES.md section 11)."""
    for row in rows:
        plain = {key: value for key, value in row.items() if key != "times"}
        if "times" not in row:
            yield plain
            continue
        for number in range(1, int(row["times"]) + 1):
            yield {**plain, "row_id": f"{row['row_id']}-{number}"}


def read_objects(rows: Iterable[dict[str, str]], stage: Stage) -> Cohort:
    """The cohort in rows written as objects; a column no row has is added where the stage needs it, empty."""
    written = list(expanded(rows))
    columns = {"row_id": None, "formasi_id": None, "kebutuhan": None, "kuota": None, "status": None}
    columns |= dict.fromkeys(component.key for component in stage.components)
    for row in written:
        columns |= dict.fromkeys(row)
    return read([list(columns), *([row.get(name, "") for name in columns] for row in written)], stage)
