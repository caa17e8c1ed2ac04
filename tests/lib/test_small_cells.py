"""No table of people points at a person, not even by subtraction."""

from random import Random

import pytest

from lib.small_cells import LEAST, unsaid


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 10, "b": 11}, set()),
        ({"a": 0, "b": 11}, set()),
        ({"a": 9, "b": 11, "c": 40}, {"a", "b"}),
        ({"a": 9, "b": 9, "c": 40}, {"a", "b"}),
        ({"a": 3, "b": 4, "c": 40, "d": 12}, {"a", "b", "d"}),
        ({"a": 3, "b": 50}, {"a", "b"}),
        ({"a": 3}, {"a"}),
        ({}, set()),
    ],
)
def test_small_groups_and_what_would_betray_them_stay_unsaid(sizes, hidden):
    assert unsaid(sizes) == hidden


def test_whoever_knows_the_whole_learns_no_small_number():
    rng = Random(7)  # noqa: S311 - the same tables each time
    for _turn in range(500):
        sizes = {str(n): rng.choice([0, rng.randint(1, 12), rng.randint(1, 400)]) for n in range(rng.randint(2, 9))}
        hidden = unsaid(sizes)
        rest = sum(sizes[name] for name in hidden)

        assert not [name for name, size in sizes.items() if 0 < size < LEAST and name not in hidden]
        assert not hidden or hidden == {name for name in sizes if sizes[name]} or (len(hidden) > 1 and rest >= LEAST)


def test_without_the_second_group_the_whole_would_betray_the_first():
    """The twin: hiding small groups alone is no protection."""
    sizes = {"a": 9, "b": 11, "c": 40}
    small_only = {name for name, size in sizes.items() if size < LEAST}

    assert sum(sizes.values()) - sum(sizes[name] for name in sizes if name not in small_only) == 9
    assert sum(sizes.values()) - sum(sizes[name] for name in sizes if name not in unsaid(sizes)) == 20
