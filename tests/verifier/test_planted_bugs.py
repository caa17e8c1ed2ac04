"""The vectors notice a wrong rule in the verifier itself. The same bugs are planted in the SQL engine and in the browser."""

import sys
import types

import pytest

from tests.verifier.expectations import differences, worked_out
from tests.verifier.planted_bugs import BUGS, SOURCES, broken


def results(source: str) -> list[dict[str, tuple]]:
    """What a ranker of this source makes of the vectors, as texts."""
    module = types.ModuleType("verifier_under_test")
    sys.modules[module.__name__] = module
    exec(compile(source, "ranking.py", "exec"), module.__dict__)
    found = []
    for _name, rule, records, _expected in worked_out():
        rows = module.rank([module.parse(record, rule, line) for line, record in enumerate(records, 2)], rule)
        found.append(
            {
                row.row_id: (
                    row.formasi_id,
                    *map(module.plain, (row.total, row.final, row.rank)),
                    row.code,
                    row.decided_by,
                    module.plain(row.closed_order),
                )
                for row in rows
            }
        )
    return found


def test_the_verifier_as_it_is_gives_every_vector():
    assert differences(results(SOURCES["verifier"].read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("bug", BUGS)
def test_the_vectors_notice_a_bug_planted_in_the_verifier(bug):
    assert differences(results(broken("verifier", bug)))
