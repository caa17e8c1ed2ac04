"""Equal treatment: how many of each group a stage let through, without pointing at anybody.

Only groups that the data really has: the kind of need, and the level of education that applicants stated. Sex and
birth date are personal data under encryption and are not used.
"""

from dataclasses import dataclass

from django.db import connection

LEAST = 10  # people in a group that is shown
FEW = 3  # one or two who passed, or one or two who did not, could be somebody one knows

NEED, LEVEL = "need", "level"
SOURCES = {
    NEED: "SELECT f.need FROM vacancies_formation f WHERE f.id = o.formation_id",
    LEVEL: "SELECT w.level FROM selection_answers w WHERE w.application_id = o.application_id",
}


@dataclass(frozen=True)
class Cell:
    """One group: how many took part, how many passed; both None where that is not said."""

    group: str
    took: int | None
    passed: int | None


def counted(outcome_set_id: int, grouping: str) -> list[Cell]:
    """Every group of one result, unsuppressed. Never leaves this module's callers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT coalesce(({SOURCES[grouping]}), '') AS grp, count(*), count(*) FILTER (WHERE o.advances)
            FROM selection_outcome o WHERE o.set_id = %s GROUP BY grp ORDER BY grp""",  # noqa: S608 - constants
            [outcome_set_id],
        )
        return [Cell(*row) for row in cursor.fetchall()]


def safe(took: int, passed: int) -> bool:
    """Whether a group of this size and outcome may be told."""
    return took >= LEAST and all(few == 0 or few >= FEW for few in (passed, took - passed))


def suppressed(cells: list[Cell]) -> list[Cell]:
    """The same groups with those unsaid that could point at a person, alone or by subtraction.

    The whole is public, so what is unsaid can be computed as the whole less what is said: therefore at least two
    groups are unsaid together, and together they are as large and as mixed as a group that may be told. Where that
    cannot be reached, nothing is said.
    """
    hidden = {cell.group for cell in cells if not safe(cell.took, cell.passed)}
    by_size = sorted(cells, key=lambda cell: (cell.took, cell.group))
    while hidden and not _hide_well([cell for cell in cells if cell.group in hidden]):
        shown = [cell for cell in by_size if cell.group not in hidden]
        if not shown:
            break
        hidden.add(shown[0].group)
    return [Cell(cell.group, None, None) if cell.group in hidden else cell for cell in cells]


def _hide_well(cells: list[Cell]) -> bool:
    return len(cells) > 1 and safe(sum(cell.took for cell in cells), sum(cell.passed for cell in cells))
