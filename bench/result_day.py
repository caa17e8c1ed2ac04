"""From the file that the examination body hands over to a result that everybody sees."""

import hashlib
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Max

from accounts.roles import Role
from bench import made_up, results
from bench.measure import Line, in_turn, rate, taken
from ledger.actions import recording
from publishing.models import Delivery, Publication
from selection.actions import announcement, ranking, scores
from selection.models import Announcement, ScoreBatch

BARE_NOTICE = """DROP TABLE IF EXISTS bare_delivery;
CREATE TABLE bare_delivery (LIKE publishing_delivery INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
ALTER TABLE bare_delivery ADD FOREIGN KEY (publication_id) REFERENCES publishing_publication,
    ADD FOREIGN KEY (channel_id) REFERENCES publishing_channel, ADD FOREIGN KEY (recipient_id) REFERENCES accounts_user"""


def measure(quick: bool, people: int) -> list[Line]:
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("hari-hasil")
    made_up.participants(of, people, max(people // 40, 1))
    _accounts(of)
    stage = made_up.stage(of, 1, announce_at=made_up.AT, planned_announce_at=made_up.AT)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "skd.csv"
        made_up.score_file(of, path, 3, people)

        def bring_in(_run) -> None:
            with open(path, "rb") as file:
                batch = scores.stage_file(stage, file, file_name="skd.csv", by=pia, at=made_up.AT)
            scores.approve(batch, by=rudi, at=made_up.AT)

        def approve(_run) -> None:
            announcement.approve(stage.preparations.get(replaced_at=None), by=rudi, at=made_up.AT)

        steps = {
            "scores in": bring_in,
            "ranked": lambda _run: ranking.rank(stage, by=pia, at=made_up.AT),
            "files and buckets": lambda _run: announcement.prepare(stage, by=pia, at=made_up.AT),
            "approved": approve,
            "frozen": lambda _run: announcement.freeze(stage, at=made_up.AT),
            "recorded": lambda _run: recording.record_waiting(made_up.AT),
            "open": lambda _run: announcement.open_(Announcement.objects.get(stage=stage), at=made_up.AT),
            "notices queued": lambda _run: announcement.fan_out(made_up.AT),
        }
        seen = {name: taken(work, 1) for name, work in steps.items()}
        found = Announcement.objects.public().get(stage=stage)
        folder = settings.PUBLIC_ROOT / "pengumuman" / found.number / f"v{found.version}"
        limits = _limits(of, stage, found, folder, Path(place))
    whole, bare = sum(one.seconds for one in seen.values()), sum(one.seconds for one in limits.values())
    work, bare_work = sum(one.work for one in seen.values()), sum(one.work for one in limits.values())
    told = ", ".join(f"{name} {one.seconds:.1f}" for name, one in seen.items())
    lines = [
        Line(
            f"file of {people:,} scores received → everything public",
            f"{whole:.0f} s ({told})",
            "sum of bare steps: " + ", ".join(f"{name} {one.seconds:.1f}" for name, one in limits.items()) + " s",
            f"{whole / bare:.1f} × the time, {work / bare_work:.1f} × the processor time",
            f"{max(one.python for one in seen.values()):.0f} / {max(one.backend for one in seen.values()):.0f} MiB",
        ),
        Line(
            f"due → public of a prepared stage of {people:,} people: frozen, then open",
            f"{seen['frozen'].seconds:.2f} s + {seen['open'].seconds:.2f} s",
        ),
    ]
    return lines + [_one_correction(stage, pia, rudi, Path(tempfile.gettempdir()))]


def _accounts(of) -> None:
    """An account for each participant, so that there is somebody to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH made AS (INSERT INTO accounts_user (email, password, name, public_label, is_active, is_staff,
                    is_superuser, requires_second_factor, made_by_team, date_joined)
                SELECT 'peserta' || id || '@bench.example', '!', '', '', true, false, false, false, false, %s
                FROM selection_application WHERE recruitment_id = %s RETURNING id, email)
            UPDATE selection_application a SET user_id = made.id FROM made
            WHERE made.email = 'peserta' || a.id || '@bench.example'""",
            [made_up.AT, of.pk],
        )
        cursor.execute("VACUUM ANALYZE selection_application")


def _limits(of, stage, found, folder: Path, place: Path) -> dict:
    """Each step as bare as it can be: COPY, one window query, the same outcomes and notices inserted, the same bytes
    read from the database, written and hashed.
    """
    batch = ScoreBatch.objects.get(stage=stage)
    results.bare_rows(of, batch, place / "bare.txt")
    queued = Publication.objects.aggregate(last=Max("pk"))["last"]

    def bytes_again(_run) -> None:
        with (
            connection.cursor() as cursor,
            open(place / "rows.txt", "wb") as file,
            cursor.copy(
                f"COPY (SELECT * FROM selection_outcome WHERE set_id = {found.outcome_set_id}) TO STDOUT"
            ) as rows,
        ):
            for part in rows:
                file.write(part)
        shutil.copytree(folder, place / "again")
        for path in (place / "again").rglob("*"):
            if path.is_file():
                hashlib.sha256(path.read_bytes()).digest()
        shutil.rmtree(place / "again")

    with connection.cursor() as cursor:

        def window(_run) -> None:
            cursor.execute("DROP TABLE IF EXISTS bare_rank")
            cursor.execute(results.BARE_RANK, [batch.pk])

        def notices(_run) -> None:
            cursor.execute(BARE_NOTICE)
            cursor.execute(
                f"INSERT INTO bare_delivery SELECT * FROM publishing_delivery WHERE publication_id = {queued}"
            )

        works = {
            "COPY": lambda _run: results.bare_copy(place / "bare.txt"),
            "window query": window,
            "outcomes": lambda _run: results.outcomes_again(cursor, found.outcome_set),
            "rows read, bytes written and hashed": bytes_again,
            "notices": notices,
        }
        found_limits = dict(zip(works, in_turn(list(works.values()), 1), strict=True))
    if Delivery.objects.filter(publication=queued).count() != found.rows:
        raise RuntimeError("not everybody was told")
    return found_limits


def _one_correction(stage, pia, rudi, place: Path) -> Line:
    """One person's score corrected: a second file of one row, approved, and everybody ranked anew as a shadow."""
    path = place / f"koreksi-{time.time_ns()}.csv"
    made_up.score_file(stage.recruitment, path, 9, 1)
    with open(path, "rb") as file:
        batch = scores.stage_file(stage, file, file_name="k.csv", by=pia, at=made_up.AT, reason="Salah ketik")
    path.unlink()
    scores.approve(batch, by=rudi, at=made_up.AT)
    whole = taken(lambda _run: ranking.rank(stage, by=pia, at=made_up.AT, shadow=True, reason="Koreksi"), 1)
    rows = stage.outcome_sets.order_by("version").first().outcomes.count()
    return Line(
        f"one score corrected, everybody of {rows:,} ranked anew and written beside the old result",
        f"{whole.seconds:.1f} s ({rate(rows, whole.seconds)} rows/s)",
        memory=whole.memory,
    )
