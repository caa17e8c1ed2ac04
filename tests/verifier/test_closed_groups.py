"""Rows without scores cannot be recomputed, but rank, quota and code must fit together."""

import pytest

from verifier.announcement import compare_places
from verifier.kept_places import Kept

RULE = {"multiplier": 1, "codes": {"inside": "L", "outside": "TL"}}
META = {"formations": {"F": {"quota": 2}}}


def group(*places) -> list[dict]:
    return [
        {"p": f"p{n}", "f": "F", "g": "x", "closed": 1, "code": code, "rank": rank}
        for n, (rank, code) in enumerate(places)
    ]


def test_a_group_that_fits_is_left_alone():
    rows = group((1, "L"), (2, "L"), (2, "L"), (4, "TL"))

    assert compare_places([*rows, {"p": "q", "f": "F", "g": "x", "closed": 1, "code": "TD"}], RULE, META, Kept(0)) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (group((1, "L"), (2, "L"), (3, "L")), "p2, code: published L, recomputed TL"),
        (group((1, "TL"), (2, "L")), "p0, code: published TL, recomputed L"),
        (group((1, "L"), (1, "L"), (2, "L")), "p2, rank: published 2, recomputed 3"),
        (group((2, "L")), "p0, rank: published 2, recomputed 1"),
        (group((1, "TD")), "p0: not continued, but has a place"),
        (group(("1", "L")), "F: a quota or a rank is no whole number"),
    ],
)
def test_a_group_that_contradicts_itself_is_named(rows, words):
    assert words in compare_places(rows, RULE, META, Kept(0))


def test_without_a_limit_everybody_of_a_group_goes_on():
    assert compare_places(group((1, "L"), (2, "L"), (3, "L")), RULE | {"multiplier": None}, META, Kept(0)) == []
