"""Clocks of working days against a table of dated cases: holidays, joint leave, three time zones, the turn of the year."""

import csv
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib import working_days

DATA = Path(__file__).resolve().parents[1] / "data"


def rows(name: str) -> list[dict]:
    with open(DATA / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


HOLIDAYS = {date.fromisoformat(row["tanggal"]) for row in rows("hari-libur.csv")}
CASES = rows("hari-kerja.csv")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['mulai']} {case['zona']} {case['hari']}")
def test_a_clock_ends_when_the_table_says(case):
    start, zone = datetime.fromisoformat(case["mulai"]), ZoneInfo(case["zona"])

    found = working_days.deadline(start, int(case["hari"]), HOLIDAYS, zone)

    assert found.at == datetime.fromisoformat(case["tenggat"])
    assert found.at.astimezone(zone).hour == 16
    assert " ".join(map(str, found.skipped)) == case["libur"]


def test_the_table_holds_sixty_cases_in_three_zones_over_holidays_joint_leave_and_the_turn_of_the_year():
    joint = {row["tanggal"] for row in rows("hari-libur.csv") if row["jenis"] == "cuti bersama"}

    assert len(CASES) >= 60
    assert {case["zona"] for case in CASES} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
    assert sum(not joint.isdisjoint(case["libur"].split()) for case in CASES) >= 15
    assert sum(case["mulai"][:4] != case["tenggat"][:4] for case in CASES) >= 6


@pytest.mark.parametrize("case", [case for case in CASES if int(case["hari"])], ids=lambda case: case["catatan"])
def test_counting_back_from_the_end_finds_the_days_that_were_given(case):
    zone = ZoneInfo(case["zona"])
    start, end = (datetime.fromisoformat(case[name]).astimezone(zone).date() for name in ("mulai", "tenggat"))

    assert working_days.between(start, end, HOLIDAYS) == int(case["hari"])
    assert working_days.between(end, start, HOLIDAYS) == 0


def test_without_the_joint_leave_the_same_clock_ends_earlier():
    """The twin: 18 August 2025 was made joint leave eleven days before. Who does not know it is a day early."""
    friday, zone = datetime(2025, 8, 15, 10, tzinfo=ZoneInfo("Asia/Jakarta")), ZoneInfo("Asia/Jakarta")

    known = working_days.deadline(friday, 1, HOLIDAYS, zone)
    unknown = working_days.deadline(friday, 1, HOLIDAYS - {date(2025, 8, 18)}, zone)

    assert (unknown.at.date(), known.at.date()) == (date(2025, 8, 18), date(2025, 8, 19))


@pytest.mark.parametrize(
    ("at", "days"),
    [("2025-12-23T16:00", 0), ("2025-12-23T23:59", 0), ("2025-12-24T00:00", 1), ("2025-12-28T12:00", 1),
     ("2025-12-29T08:00", 2), ("2026-01-02T08:00", 5), ("2025-12-20T08:00", 0)],
)  # fmt: skip
def test_lateness_counts_the_working_days_that_have_begun(at, days):
    zone = ZoneInfo("Asia/Makassar")
    due = datetime(2025, 12, 23, 16, tzinfo=zone)

    assert working_days.late(due, datetime.fromisoformat(at).replace(tzinfo=zone), HOLIDAYS, zone) == days
