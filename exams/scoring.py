"""What an answer is worth and what a sheet adds up to. Pure functions over plain values; nothing is asked of the database.

TWK and TIU: 5 for a right answer, 0 for a wrong or empty one. TKP: every option is worth 1 to 5, an empty one 0
(KepmenPANRB 651/2023 and 321/2024). Points are whole numbers. The thresholds are those of the rule packs.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    SINGLE = "single"  # one right option
    WEIGHTED = "weighted"  # every option has its points
    SEVERAL = "several"  # all right options and no other
    SHORT = "short"  # a word or a number


@dataclass(frozen=True)
class Question:
    """What scoring has to know about an item. `points` has every option as its keys; only WEIGHTED uses the values."""

    kind: Kind
    points: Mapping[str, int] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    accepted: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """One component of a result."""

    points: int = 0
    most: int = 0
    count: int = 0
    answered: int = 0
    right: int = 0  # answers that got all there was to get


@dataclass(frozen=True)
class Bar:
    """A threshold held against a result: `key` is a component or "total"."""

    key: str
    reached: int
    needed: int

    @property
    def passed(self) -> bool:
        return self.reached >= self.needed


def plain(text: str) -> str:
    """A short answer without what does not count: letters' case, spaces around and between, a comma for a point."""
    return re.sub(r"(?<=\d),(?=\d)", ".", " ".join(text.split()).casefold())


def allowed(question: Question, answer: Sequence[str]) -> bool:
    """Whether `answer` is one that can be given: options that exist, one where one is asked, or a short text."""
    if question.kind is Kind.SHORT:
        return len(answer) <= 1 and all(len(text) <= 200 and "\0" not in text for text in answer)
    if question.kind is not Kind.SEVERAL and len(answer) > 1:
        return False
    return len(set(answer)) == len(answer) and all(one in question.points for one in answer)


def most(question: Question, worth: int) -> int:
    """The most points the question gives where a right answer is worth `worth`."""
    return max(question.points.values(), default=0) if question.kind is Kind.WEIGHTED else worth


def points(question: Question, answer: Sequence[str], worth: int) -> int:
    """What `answer` (option keys, or one text; empty where nothing was answered) is worth."""
    if not answer:
        return 0
    if question.kind is Kind.WEIGHTED:
        return question.points.get(answer[0], 0) if len(answer) == 1 else 0
    if question.kind is Kind.SHORT:
        right = plain(answer[0]) in {plain(text) for text in question.accepted}
    else:
        right = frozenset(answer) == question.right
    return worth if right else 0


def marks(sheet: Iterable[tuple[Question, Sequence[str], int]]) -> list[int | None]:
    """Points by place; None where nothing was answered. A sheet is (question, answer, worth of a right answer)."""
    return [points(question, answer, worth) if answer else None for question, answer, worth in sheet]


def parts(sheet: Iterable[tuple[str, Question, Sequence[str], int]]) -> dict[str, Part]:
    """The result by component, in the order in which the components come in `sheet` (component, question, answer, worth)."""
    found: dict[str, Part] = {}
    for component, question, answer, worth in sheet:
        before, got, full = found.get(component, Part()), points(question, answer, worth), most(question, worth)
        found[component] = Part(
            points=before.points + got,
            most=before.most + full,
            count=before.count + 1,
            answered=before.answered + bool(answer),
            right=before.right + bool(answer and got == full),
        )
    return found


def total(result: Mapping[str, Part]) -> Part:
    """All components together."""
    columns = zip(*((one.points, one.most, one.count, one.answered, one.right) for one in result.values()), strict=True)
    return Part(*(sum(column) for column in columns))


def bars(result: Mapping[str, Part], thresholds: Mapping[str, int], full: Mapping[str, int]) -> list[Bar]:
    """The thresholds that apply to the components of `result`, in their order, the total last.

    `full` has the maximum of each component in the official format. A shorter test asks for the same share of its own
    maximum, rounded up. The total counts only where the result has every component of the format.
    """
    found = [
        Bar(key, one.points, math.ceil(thresholds[key] * one.most / full[key]))
        for key, one in result.items()
        if key in thresholds and key in full
    ]
    if "total" in thresholds and result.keys() >= full.keys():
        whole = total(result)
        found.append(Bar("total", whole.points, math.ceil(thresholds["total"] * whole.most / sum(full.values()))))
    return found
