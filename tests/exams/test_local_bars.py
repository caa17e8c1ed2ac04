"""The own score of a test that counts stands beside the thresholds of its rule; whether that is enough says the announcement."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from exams import local_bars
from exams.actions import sitting as sittings
from exams.models import Sitting
from lib import rulepack_files
from tests.exams.local_room import Hall
from tests.exams.sitting_down import answer_all
from tests.exams.test_taking_a_test import start


def lines(hall, monkeypatch, values: dict, *, rule: dict | None = None, need: str = "umum"):
    """(label, needed, reached) of each line, by the rule of the hall with `rule` over it."""
    seat = hall.seat()
    seat.application.formation.need = need
    pack = rulepack_files.load(hall.story.stage.recruitment.rulepack)
    changed = pack.stage("skd") | (rule or {})
    monkeypatch.setattr(rulepack_files.Pack, "stage", lambda _self, _name: changed)
    found, words = local_bars.of(seat, {key: Decimal(value) for key, value in values.items()})
    return [(one.label, one.needed, one.reached) for one in found], words


@pytest.fixture
def hall(db):
    return Hall()


def test_the_result_shows_value_threshold_and_total_and_no_verdict(db):
    hall = Hall().open()
    browser = start(hall)
    sat = Sitting.objects.get()
    answer_all(sat, "a", places=(1, 4, 5, 6, 7, 8))  # TWK 5 of 15, TIU 15 of 15, TKP 10 of 15
    sittings.end(sat)

    parts = re.findall(r'<th scope="row">(\w+)</th>', browser.get(reverse("exam_result")).content.decode())
    assert parts == ["TWK", "TIU", "TKP"]
    page = " ".join(re.sub(r"<[^>]+>", " ", browser.get(reverse("exam_result")).content.decode()).split())

    assert "dari 150 Nilai ambang batas 65 belum tercapai" in page and ": 50 dari 150" in page
    assert ": 175 dari 175 Nilai ambang batas 80 tercapai" in page
    assert ": 150 dari 225 Nilai ambang batas 166 belum tercapai" in page
    assert "Jumlah: 375 Nilai ambang batas 311 tercapai" in page
    assert "Nilai ambang batas untuk kebutuhan Umum." in page
    assert "Lulus atau tidak diputuskan dalam pengumuman" in page


def test_the_threshold_is_that_of_the_own_need(hall, monkeypatch):
    found, words = lines(hall, monkeypatch, {"twk": 0, "tiu": 60, "tkp": 226}, need="disabilitas")

    assert [(needed, reached) for _label, needed, reached in found] == [
        (None, None), (60, True), (None, None), (286, True),
    ]  # fmt: skip
    assert words


def test_a_test_of_some_components_says_nothing_about_the_total(hall, monkeypatch):
    found, _words = lines(hall, monkeypatch, {"tiu": 79})

    assert [(needed, reached) for _label, needed, reached in found] == [(80, False)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"*": {"twk": 10, "sosial": 200}}, [10, None, None, 200]),
        ({"umum": [{"twk": 90}, {"twk": 70}]}, [70, None, None]),
        ({"papua": {"twk": 10}}, [None, None, None]),
        (None, [None, None, None]),
    ],
)
def test_rules_of_every_shape_are_read(hall, monkeypatch, table, expected):
    rule = {"thresholds": table, "sums": {"sosial": ["twk", "tkp"]}}

    found, words = lines(hall, monkeypatch, {"twk": 50, "tiu": 100, "tkp": 149}, rule=rule)

    assert [needed for _label, needed, _reached in found] == expected
    assert bool(words) == any(expected)
    if len(found) == 4:
        assert found[-1][2] is False  # 199
