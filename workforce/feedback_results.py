"""What a closed survey tells about a person: figures of groups that share nobody, none of them small.

There is no sum of everybody: beside the groups it would give away the group that is not told. No number of answers is
told either, and a mean stands as a band between 1,5 and 4,5: "everybody said 1" would be a fact about each.
"""

from collections import defaultdict
from dataclasses import dataclass

from workforce.models import Cell, Employee, FeedbackAnswer, FeedbackReply, FeedbackRound, FeedbackSelf, Value
from workforce.models.feedback import LEAST, LEAST_SERVED, LEAST_TOGETHER

LOWEST, HIGHEST = 1.5, 4.5


@dataclass(frozen=True)
class Result:
    """`rows`: an aspect, and its band in each of `cells`. `own`: how the person saw it, by aspect, or nothing."""

    cells: list[str]
    rows: list[tuple[str, list[str], int | None]]
    replies: list


def band(marks: list[int]) -> str:
    """The mean of `marks` in steps of a half, as words: the ends are open."""
    mean = round(2 * sum(marks) / len(marks)) / 2
    number = str(min(max(mean, LOWEST), HIGHEST)).replace(".0", "").replace(".", ",")
    if mean <= LOWEST:
        return f"{number} atau kurang"
    return f"{number} atau lebih" if mean >= HIGHEST else number


def result_of(made: FeedbackRound, employee: Employee) -> Result | None:
    """What the person and the superior read; None before the closing. Three queries."""
    if made.closed_at is None:
        return None
    marks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for cell, aspect, mark in FeedbackAnswer.objects.filter(round=made, subject=employee).values_list(
        "cell", "aspect", "mark"
    ):
        marks[cell, aspect].append(mark)
    told = [
        cell for cell in Cell if all(len(marks[cell, aspect]) >= least_of(cell) for aspect in Value)
    ]  # the database leaves small ones out already; what is told asks again
    own = FeedbackSelf.objects.filter(round=made, employee=employee).values_list("marks", flat=True).first()
    rows = [
        (aspect.label, [band(marks[cell, aspect]) for cell in told], own[place] if own else None)
        for place, aspect in enumerate(Value)
    ]
    replies = list(FeedbackReply.objects.filter(round=made, employee=employee))
    return Result([cell.label for cell in told], rows, replies)


def least_of(cell: str) -> int:
    """How many answers a group of this kind needs."""
    return {Cell.TOGETHER: LEAST_TOGETHER, Cell.SERVED: LEAST_SERVED}.get(cell, LEAST)
