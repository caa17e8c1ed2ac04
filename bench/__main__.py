"""python -m bench [vacancies] [applications] [announcement] [scores] [day] [checks] [record] [mail] [live] [saving] [--people N] [--quick] [--write]."""

import argparse
import os
import platform
import sys
from datetime import date
from pathlib import Path

import django

PAGE = Path(__file__).resolve().parent.parent / "docs" / "bench.md"
PARTS = {
    "vacancies": "vacancies", "applications": "applications", "announcement": "announcement", "scores": "results",
    "day": "result_day", "checks": "checks", "record": "record", "mail": "mail", "live": "live",
    "saving": "saving",
}  # fmt: skip


def machine() -> str:
    """What was measured on, in words that name no machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} on {platform.machine()}, Python {platform.python_version()}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, when none is named")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs; nothing to compare")
    parser.add_argument("--people", type=int, default=1_000_000, help="in scores and day; 4000000 for a whole country")
    parser.add_argument("--write", action="store_true", help="write the figures of these parts into docs/bench.md")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()

    from importlib import import_module

    from django.core.management import call_command
    from django.db import connection

    from bench.measure import table
    from bench.page import put

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
    about = f"{date.today():%d %B %Y}, {machine()}, PostgreSQL {version.split()[0]}"
    lines = []
    for name in options.parts or PARTS:
        print(f"{name} …", file=sys.stderr, flush=True)
        people = 5_000 if options.quick else options.people
        busy = os.getloadavg()[0]
        seen = import_module(f"bench.{PARTS[name]}").measure(options.quick, people)
        print(
            *(f"  {one.what}: {one.figure} | {one.limit} | {one.ratio}" for one in seen),
            sep="\n",
            file=sys.stderr,
            flush=True,
        )
        lines += seen
        if options.write and not options.quick:
            told = f"{about}, load {busy:.1f} before"
            PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), name, told, seen), encoding="utf-8")
    print(f"\n{about}\n\n{table(lines)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
