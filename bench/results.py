"""Score import and ranking, beside a bare COPY and a bare window query over the same rows."""

import tempfile
from pathlib import Path

from django.db import connection

from accounts.roles import Role
from bench import made_up
from bench.measure import Line, Taken, in_turn, rate, taken
from lib import rulepack_files
from selection.actions import ranking, scores
from selection.models import ScoreBatch
from selection.ranking import sources, sql

BARE_COPY = """DROP TABLE IF EXISTS bare_score;
CREATE TABLE bare_score (LIKE selection_score INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"""
BARE_KEYS = """ALTER TABLE bare_score ADD FOREIGN KEY (batch_id) REFERENCES selection_scorebatch,
    ADD FOREIGN KEY (application_id) REFERENCES selection_application"""
BARE_OUTCOME = """DROP TABLE IF EXISTS bare_outcome;
CREATE TABLE bare_outcome (LIKE selection_outcome INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
ALTER TABLE bare_outcome ADD FOREIGN KEY (set_id) REFERENCES selection_outcomeset,
    ADD FOREIGN KEY (application_id) REFERENCES selection_application,
    ADD FOREIGN KEY (formation_id) REFERENCES vacancies_formation"""
BARE_RANK = """CREATE UNLOGGED TABLE bare_rank AS
SELECT a.id, a.formation_id, s.values, s.values[1] + s.values[2] + s.values[3] AS total,
       rank() OVER (PARTITION BY a.formation_id
           ORDER BY s.values[1] + s.values[2] + s.values[3] DESC, s.values[3] DESC, s.values[2] DESC, s.values[1] DESC)
FROM selection_score s JOIN selection_application a ON a.id = s.application_id
JOIN vacancies_formation f ON f.id = a.formation_id WHERE s.batch_id = %s"""


def measure(quick: bool, people: int) -> list[Line]:
    formations, runs = max(people // 40, 1), 2 if quick else 3
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("nilai")
    made_up.participants(of, people, formations)
    stages = [made_up.stage(of, order) for order in range(runs + 1)]
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{run}.csv" for run in range(runs + 1)]
        for run, path in enumerate(files):
            made_up.score_file(of, path, run, people if run < runs else people // 4)

        def bring_in(run: int) -> None:
            with open(files[run], "rb") as file:
                batch = scores.stage_file(stages[run], file, file_name="skd.csv", by=pia, at=made_up.AT)
            scores.approve(batch, by=rudi, at=made_up.AT)

        quarter = taken(lambda run: bring_in(runs), 1)
        rows = Path(place) / "bare.txt"
        bare_rows(of, ScoreBatch.objects.get(stage=stages[runs]), rows)
        ours, bare = in_turn([bring_in, lambda run: bare_copy(rows)], runs)
    lines = [
        Line(
            f"score file of {people:,} rows: checked, staged, approved",
            f"{rate(people, ours.seconds)} rows/s ({ours.seconds:.1f} s)",
            f"COPY into a bare table with the same keys: {rate(people, bare.seconds)} rows/s",
            ours.times(bare),
            f"{ours.memory} (a quarter of the rows: {quarter.memory})",
        )
    ]
    return lines + _ranking(people, formations, stages[:runs], pia, runs)


def bare_rows(of, batch, path: Path) -> None:
    """As many rows as the files hold, in no order, as COPY text; and an empty table with the keys of the scores."""
    query = f"""COPY (SELECT {batch.pk}, id, ARRAY[5 * floor(30 * random()), 5 * floor(35 * random()),
            floor(225 * random())]::numeric(9, 3)[], '', '' FROM selection_application
        WHERE recruitment_id = {of.pk} ORDER BY random()) TO STDOUT"""
    with connection.cursor() as cursor, open(path, "wb") as file:
        cursor.execute(BARE_COPY)
        cursor.execute(BARE_KEYS)
        with cursor.copy(query) as copy:
            for part in copy:
                file.write(part)


def bare_copy(path: Path) -> None:
    with connection.cursor() as cursor, open(path, "rb") as file:
        cursor.execute("TRUNCATE bare_score")
        target = 'COPY bare_score (batch_id, application_id, "values", status, official_code) FROM STDIN'
        with cursor.copy(target) as copy:
            while part := file.read(1 << 16):
                copy.write(part)


def _ranking(people: int, formations: int, stages: list, pia, runs: int) -> list[Line]:
    rule = rulepack_files.load("cpns-2024").stage("skd")
    batches = [ScoreBatch.objects.get(stage=stage) for stage in stages]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE selection_score")
        cursor.execute("CREATE TEMP TABLE closed_values (application_id bigint PRIMARY KEY, ipk numeric, born date)")

        def bare_window(run: int) -> None:
            cursor.execute("DROP TABLE IF EXISTS bare_rank")
            cursor.execute(BARE_RANK, [batches[run].pk])

        def by_the_pack(run: int) -> None:
            query, parameters, _batches = sources.rows_of(stages[run], rule)
            cursor.execute("DROP TABLE IF EXISTS pack_rank")
            cursor.execute(f"CREATE UNLOGGED TABLE pack_rank AS {sql.ranking(rule, query)}", parameters)

        taken(bare_window, 1)
        bare, pack = in_turn([bare_window, by_the_pack], runs)
        cursor.execute("DROP TABLE closed_values")
        whole = taken(lambda run: ranking.rank(stages[run], by=pia, at=made_up.AT), runs)
        found = stages[0].outcome_sets.get()
        wrote = taken(lambda run: outcomes_again(cursor, found), 1)
    limit = f"CREATE UNLOGGED TABLE AS of one window query: {bare.seconds:.1f} s"
    both = Taken(bare.seconds + wrote.seconds, bare.work + wrote.work, 0, 0)
    return [
        Line(
            f"ranking of {people:,} people in {formations:,} formations by the rule pack",
            f"{rate(people, pack.seconds)} rows/s ({pack.seconds:.1f} s)",
            limit,
            pack.times(bare),
            pack.memory,
        ),
        Line(
            "the same with its outcomes and differences written, as staff run it",
            f"{rate(people, whole.seconds)} rows/s ({whole.seconds:.1f} s)",
            f"{limit}, and INSERT of the same outcomes from a table: {wrote.seconds:.1f} s",
            whole.times(both),
            whole.memory,
        ),
    ]


def outcomes_again(cursor, found) -> None:
    """The outcomes of `found` into an empty table with the same keys."""
    cursor.execute(BARE_OUTCOME)
    cursor.execute(f"INSERT INTO bare_outcome SELECT * FROM selection_outcome WHERE set_id = {found.pk}")
