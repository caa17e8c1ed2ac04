"""Import of formations, and the vacancy list and page over 50,000 of them, without any page cache."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path

from django.core.files.base import File
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from bench import made_up
from bench.load import load, server
from bench.measure import Line, rate, taken
from vacancies.actions import facets, formation_import
from vacancies.models import Formation, Recruitment

FILTERS = ["?q=guru", "?q=perawat+s1", "?kebutuhan=disabilitas", "?jenjang=s1", "?q=analis&jenjang=s1", "?halaman=40"]


def bring_in(of, content: bytes, pia) -> None:
    file = File(io.BytesIO(content), name="formasi.csv")
    staged = formation_import.stage_file(of, file, file_name="formasi.csv", by=pia, at=made_up.AT)
    formation_import.apply(staged, by=pia, at=made_up.AT)


def measure(quick: bool, people: int) -> list[Line]:
    rows, total, seconds = (800, 600, 1.0) if quick else (46_000, 50_000, 8.0)
    pia = made_up.staff("pia", Role.PREPARER)
    of = made_up.recruitment("lowongan", published=False)
    content, made = made_up.formation_file(rows, 10**9, 0)
    ours = taken(lambda run: bring_in(of, content, pia), 1)
    bare = taken(lambda run: _copy(content), 1)
    rest, _more = made_up.formation_file(10**9, max(total - made, 1), 1000)
    bring_in(of, rest, pia)
    _publish(of)
    listed = Formation.objects.listed().filter(recruitment=of)
    count = listed.count()
    pages = [
        reverse("vacancy_detail", args=[slug]) for slug in listed.order_by("pk").values_list("slug", flat=True)[:500]
    ]
    first = reverse("vacancy_list")
    lines = [
        Line(
            f"formation file of {rows:,} rows ({made:,} formations): checked, compared, applied",
            f"{rate(rows, ours.seconds)} rows/s ({ours.seconds:.1f} s)",
            f"COPY of the same file into a table of text: {rate(rows, bare.seconds)} rows/s",
            f"{ours.seconds / bare.seconds:.0f} × the time",
            ours.memory,
        )
    ]
    with tempfile.TemporaryDirectory() as place, server(Path(place)) as running:
        limit = load(running, ["/healthz"], seconds=seconds, connections=8)
        for what, paths in [
            (f"vacancy list over {count:,} formations, first page", [first]),
            ("vacancy list, searches and filters in turn", [first + query for query in FILTERS]),
            (f"vacancy page, {len(pages)} of them in turn", pages),
        ]:
            seen = load(running, paths, seconds=seconds, connections=8)
            lines.append(Line(what, str(seen), f"a view that answers “ok”: {limit}",
                              f"{seen.per_second / limit.per_second:.2f} × the rate"))  # fmt: skip
    return lines


def _publish(of) -> None:
    """The recruitment as people find it while registration is open."""
    now = timezone.now()
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=10)}
    made_up.stage(of, 1, kind="registration", rule="", **times, **{f"planned_{name}": at for name, at in times.items()})
    rudi = made_up.staff("rudi", Role.PUBLISHER)
    Recruitment.objects.filter(pk=of.pk).update(published_at=now, published_by=rudi)
    with transaction.atomic():
        facets.refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(content: bytes) -> None:
    columns = content.split(b"\r\n", 1)[0].decode().split(",")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare_formation ({', '.join(f'{name} text' for name in columns)})")
        with cursor.copy("COPY bare_formation FROM STDIN WITH CSV HEADER") as copy:
            copy.write(content)
