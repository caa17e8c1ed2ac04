"""An announcement's page and rows file, beside the same bytes handed out by the web server itself."""

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from accounts.roles import Role
from bench import made_up
from bench.load import Served, load, nginx, server
from bench.measure import Line, taken
from ledger.actions import recording
from selection.actions import announcement, ranking, scores
from selection.models import Announcement


def measure(quick: bool, people: int) -> list[Line]:
    people, seconds = (600, 1.0) if quick else (20_000, 8.0)
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("pengumuman")
    made_up.participants(of, people, people // 40)
    stage = made_up.stage(of, 1, announce_at=made_up.AT, planned_announce_at=made_up.AT)
    with tempfile.TemporaryDirectory() as place:
        made_up.score_file(of, Path(place) / "skd.csv", 7, people)
        with open(Path(place) / "skd.csv", "rb") as file:
            batch = scores.stage_file(stage, file, file_name="skd.csv", by=pia, at=made_up.AT)
        scores.approve(batch, by=rudi, at=made_up.AT)
        ranking.rank(stage, by=pia, at=made_up.AT)
        prepared = taken(lambda run: announcement.prepare(stage, by=pia, at=made_up.AT), 1)
        announcement.approve(stage.preparations.get(replaced_at=None), by=rudi, at=made_up.AT)
        frozen = taken(lambda run: announcement.freeze(stage, at=made_up.AT), 1)
        recorded = taken(lambda run: recording.record_waiting(made_up.AT), 1)
        opened = taken(lambda run: announcement.open_(stage.announcements.get(), at=made_up.AT), 1)
        found = Announcement.objects.public().get(stage=stage)
        public = settings.PUBLIC_ROOT / "pengumuman" / found.number
        bare = Path(place) / "bare"
        bare.mkdir()
        bucket = sorted((public / "v1" / "cek").glob("*.json"))[0]
        shutil.copyfile(public / "index.html", bare / "pointer.html")
        for path in (public / "v1" / "index.html", public / "v1" / "rows.jsonl", bucket):
            shutil.copyfile(path, bare / path.name)
        lines = [
            Line(f"prepare an announcement of {people:,} people (page, CSV, JSON, PDF, poster, look-up)",
                 f"{prepared.seconds:.1f} s", memory=prepared.memory),
            Line("due → public of what was prepared: frozen, recorded and signed, open",
                 f"{frozen.seconds * 1000:.0f} ms + {recorded.seconds * 1000:.0f} ms + {opened.seconds * 1000:.0f} ms", memory=opened.memory),
        ]  # fmt: skip
        root = f"/pengumuman/{found.number}/"
        files = [
            ("announcement, the page that points to the newest version", root, "pointer.html"),
            ("announcement, page of a version", f"{root}v1/", "index.html"),
            ("announcement, rows file", f"{root}v1/rows.jsonl", "rows.jsonl"),
            ("announcement, look-up bucket", f"{root}v1/cek/{bucket.name}", bucket.name),
        ]
        with server(bare) as running, nginx(bare) as front:
            for what, ours, theirs in files:
                what = f"{what} ({(bare / theirs).stat().st_size:,} bytes)"
                limit = load(running, [f"/bare/{theirs}"], seconds=seconds, connections=32)
                seen = load(running, [ours], seconds=seconds, connections=32)
                lines.append(Line(what, str(seen), f"granian's own static file: {limit}", _beside(seen, limit)))
                if front:
                    bare_file = load(front, [f"/bare/{theirs}"], seconds=seconds, connections=32)
                    behind = load(front, [ours], seconds=seconds, connections=32)
                    lines.append(Line(f"{what}, nginx in front hands out the portal's folder", str(behind),
                                      f"nginx, the same bytes: {bare_file}", _beside(behind, bare_file)))  # fmt: skip
    return lines


def _beside(seen: Served, limit: Served) -> str:
    return f"{seen.per_second / limit.per_second:.2f} × the rate"
