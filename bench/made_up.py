"""Generated people, scores and formations: set-based, the same on every machine."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from accounts.models import User
from accounts.roles import Role
from lib import rulepack_files
from vacancies.models import Agency, Formation, Recruitment, Stage

AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
REAL = Path(__file__).resolve().parent.parent / "tests" / "data" / "formasi-sscasn-kota.csv"


def staff(name: str, role: Role) -> User:
    found = User.objects.filter(email=f"{name}@bench.example").first()
    return found or User.objects.create_user(
        f"{name}@bench.example", None, name=name, is_staff=True, requires_second_factor=True
    )


def recruitment(slug: str, *, published: bool = True) -> Recruitment:
    """A recruitment that mirrors the national one, with the pack cpns-2024."""
    agency = Agency.objects.create(name=f"Pemerintah {slug}", slug=slug)
    return Recruitment.objects.create(
        slug=slug, name=f"CPNS {slug}", kind="cpns", year=2026, agency=agency, decree="Keputusan 1/2026",
        rulepack="cpns-2024", rulepack_digest=rulepack_files.load("cpns-2024").digest, mirrors_national=True,
        published_at=AT if published else None, published_by=staff("rudi", Role.PUBLISHER) if published else None,
    )  # fmt: skip


def stage(of: Recruitment, order: int, **fields) -> Stage:
    """A test stage; without an announcement of its own it stands beside the others, not after them."""
    times = {"opens_at": AT - timedelta(days=9), "closes_at": AT - timedelta(days=2)}
    planned = {f"planned_{name}": value for name, value in times.items()}
    names = {"slug": f"skd-{order}", "name_internal": "SKD", "name_public": "SKD"}
    return Stage.objects.create(recruitment=of, order=order, **(
        times | planned | names | {"kind": "test", "rule": "skd"} | fields
    ))  # fmt: skip


def participants(of: Recruitment, people: int, formations: int) -> None:
    """`people` imported participants spread over `formations` formations with 1 to 3 posts."""
    Formation.objects.bulk_create(
        Formation(
            recruitment=of, code=f"{of.slug}-{n}", slug=f"{of.slug}-{n}", position="Analis Data", unit=of.agency,
            unit_path=of.agency.name, quota=n % 3 + 1,
        )
        for n in range(formations)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO selection_application (ref, participant_number, recruitment_id, formation_id, origin, state,
                   national_number, created_at, submitted_at, salt)
            SELECT 'L' || %(r)s || '-' || n, lpad(to_hex(%(r)s), 3, 'Z') || lpad(upper(to_hex(n)), 7, 'X'), %(r)s,
                   f.ids[1 + n %% %(f)s], 'sscasn', 'submitted', '24' || lpad(n::text, 15, '0'), %(at)s, %(at)s, ''
            FROM generate_series(1, %(n)s) n,
                 (SELECT array_agg(id ORDER BY id) AS ids FROM vacancies_formation WHERE recruitment_id = %(r)s) f""",
            {"r": of.pk, "f": formations, "n": people, "at": AT},
        )
        cursor.execute("ANALYZE selection_application, vacancies_formation")


def score_file(of: Recruitment, path: Path, seed: int, rows: int) -> None:
    """A score file in BKN's headings, in no order; scores as SKD gives them, in steps of five and of one."""
    with connection.cursor() as cursor, open(path, "wb") as file:
        cursor.execute("SELECT setseed(%s)", [seed / 100])
        query = f"""COPY (SELECT participant_number AS "No Peserta", 5 * floor(30 * sqrt(random()))::int AS "TWK",
            5 * floor(35 * sqrt(random()))::int AS "TIU", floor(225 * sqrt(random()))::int AS "TKP"
            FROM selection_application WHERE recruitment_id = {of.pk} ORDER BY random() LIMIT {rows}) TO STDOUT WITH CSV HEADER"""
        with cursor.copy(query) as copy:
            for part in copy:
                file.write(part)


def formation_file(rows: int, formations: int, first: int) -> tuple[bytes, int]:
    """The real formations again and again under new ids, up to `rows` rows or `formations` formations; and how many."""
    with open(REAL, newline="", encoding="utf-8") as file:
        real = list(csv.DictReader(file))
    text, codes = io.StringIO(), set()
    writer = csv.DictWriter(text, real[0].keys())
    writer.writeheader()
    written, copy = 0, first
    while written < rows and len(codes) < formations:
        for row in real:
            code = f"{row['formasi_id'][:24]}-{copy}"
            if written >= rows or (code not in codes and len(codes) >= formations):
                break
            codes.add(code)
            writer.writerow(row | {"formasi_id": code})
            written += 1
        copy += 1
    return text.getvalue().encode(), len(codes)
