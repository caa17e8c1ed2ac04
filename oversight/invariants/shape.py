"""The shape of a check: its name, its sentence, and how it looks."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

MOST = 20  # offending rows that are named; the rest is counted


@dataclass(frozen=True)
class Sight:
    """What one look found: rows looked at, rows that offend, and the first MOST of those by name."""

    looked: int
    offending: int
    examples: list[str]

    @classmethod
    def of(cls, looked: int, broken: list[str]) -> "Sight":
        return cls(looked, len(broken), sorted(broken)[:MOST])


@dataclass(frozen=True)
class Invariant:
    """A sentence that must always be true, and the function `see(at)` that looks whether it is."""

    name: str
    sentence: str
    see: Callable[..., Sight]


def rows(name: str, sentence: str, *, of: str, what: str, broken: str, weight: str = "1") -> Invariant:
    """A check in SQL, one pass: of the relation `of`, each row named by `what`, those for which `broken` is not false.

    What cannot be decided (null) counts as broken. `weight` says how many rows of the portal one row stands for
    where the relation is grouped. `%(at)s` is the present. Names in the SQL are constants of this package.
    """
    query = f"""SELECT coalesce(sum(weight), 0)::bigint, count(*) FILTER (WHERE offends),
            coalesce((array_agg(what ORDER BY what) FILTER (WHERE offends))[1:{MOST}], '{{}}')
        FROM (SELECT ({what})::text AS what, ({weight}) AS weight, ({broken}) IS NOT FALSE AS offends {of}) looked"""  # noqa: S608

    def see(at) -> Sight:
        with connection.cursor() as cursor:
            cursor.execute(query, {"at": at})
            return Sight(*cursor.fetchone())

    return Invariant(name, sentence, see)
