"""Score import and ranking, beside a bare COPY and a bare window query over the same rows."""

import tempfile
from pathlib import Path

from django.db import connection

from accounts.roles import Role
from bench import made_up
from bench.measure import Line, rate, taken
from lib import rulepack_files
from selection.actions import ranking, scores
from selection.models import ScoreBatch
from selection.ranking import sources, sql

BARE_COPY = """DROP TABLE IF EXISTS bare_score;
CREATE TABLE bare_score (LIKE selection_score INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"""
BARE_KEYS = """ALTER TABLE bare_score ADD FOREIGN KEY (batch_id) REFERENCES selection_scorebatch,
    ADD FOREIGN KEY (application_id) REFERENCES selection_application"""
BARE_RANK = """CREATE UNLOGGED TABLE bare_rank AS
SELECT a.id, a.formation_id, s.values, s.values[1] + s.values[2] + s.values[3] AS total,
       rank() OVER (PARTITION BY a.formation_id
           ORDER BY s.values[1] + s.values[2] + s.values[3] DESC, s.values[3] DESC, s.values[2] DESC, s.values[1] DESC)
FROM selection_score s JOIN selection_application a ON a.id = s.application_id
JOIN vacancies_formation f ON f.id = a.formation_id WHERE s.batch_id = %s"""


def measure(quick: bool) -> list[Line]:
    people, formations, runs = (5_000, 200, 2) if quick else (1_000_000, 25_000, 3)
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("nilai")
    made_up.participants(of, people, formations)
    stages = [made_up.stage(of, order) for order in range(1, runs + 1)]
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{run}.csv" for run in range(runs)]
        for seed, path in enumerate(files):
            made_up.score_file(of, path, seed)

        def bring_in(run: int) -> None:
            with open(files[run], "rb") as file:
                batch = scores.stage_file(stages[run], file, file_name="skd.csv", by=pia, at=made_up.AT)
            scores.approve(batch, by=rudi, at=made_up.AT)

        ours = taken(bring_in, runs)
    batch = ScoreBatch.objects.get(stage=stages[0])
    bare = taken(lambda run: _copy(_rows_of(batch)), runs)
    ranked = [
        Line(
            f"score file of {people:,} rows: checked, staged, approved",
            f"{rate(people, ours.seconds)} rows/s ({ours.seconds:.1f} s)",
            f"COPY into a bare table with the same keys: {rate(people, bare.seconds)} rows/s",
            f"{ours.seconds / bare.seconds:.1f} × the time",
            ours.memory,
        )
    ]
    return ranked + _ranking(people, formations, stages, batch, pia, runs)


def _rows_of(batch) -> list[bytes]:
    """The rows of a batch as COPY text, read beforehand."""
    with connection.cursor() as cursor:
        query = f"""COPY (SELECT batch_id, application_id, "values", status, official_code FROM selection_score
            WHERE batch_id = {batch.pk} ORDER BY id) TO STDOUT"""
        cursor.execute(BARE_COPY)
        cursor.execute(BARE_KEYS)
        with cursor.copy(query) as copy:
            return [bytes(part) for part in copy]


def _copy(parts: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bare_score")
        target = 'COPY bare_score (batch_id, application_id, "values", status, official_code) FROM STDIN'
        with cursor.copy(target) as copy:
            for part in parts:
                copy.write(part)


def _ranking(people: int, formations: int, stages: list, batch, pia, runs: int) -> list[Line]:
    rule = rulepack_files.load("cpns-2024").stage("skd")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE selection_score")
        cursor.execute("CREATE TEMP TABLE closed_values (application_id bigint PRIMARY KEY, ipk numeric, born date)")
        query, parameters, _batches = sources.rows_of(stages[0], rule)

        def bare_window(run: int) -> None:
            cursor.execute("DROP TABLE IF EXISTS bare_rank")
            cursor.execute(BARE_RANK, [batch.pk])

        def by_the_pack(run: int) -> None:
            cursor.execute("DROP TABLE IF EXISTS pack_rank")
            cursor.execute(f"CREATE UNLOGGED TABLE pack_rank AS {sql.ranking(rule, query)}", parameters)

        bare, pack = taken(bare_window, runs), taken(by_the_pack, runs)
        cursor.execute("DROP TABLE closed_values")
    whole = taken(lambda run: ranking.rank(stages[run], by=pia, at=made_up.AT), runs)
    limit = f"CREATE UNLOGGED TABLE AS of one window query: {bare.seconds:.1f} s"
    return [
        Line(
            f"ranking of {people:,} people in {formations:,} formations by the rule pack",
            f"{rate(people, pack.seconds)} rows/s ({pack.seconds:.1f} s)",
            limit,
            f"{pack.seconds / bare.seconds:.1f} × the time",
            pack.memory,
        ),
        Line(
            "the same with its outcomes and differences written, as staff run it",
            f"{rate(people, whole.seconds)} rows/s ({whole.seconds:.1f} s)",
            limit,
            f"{whole.seconds / bare.seconds:.1f} × the time",
            whole.memory,
        ),
    ]
