"""Takes away what a killed process left half copied or half rendered among the files of announcements."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

OLD = timedelta(days=1)
# On its way to its place (selection/rendering/folder.py, ledger/files.py): a dot, the name, and 16 digits of chance.
COPY = re.compile(r"\.{1,2}[A-Za-z0-9][A-Za-z0-9_.-]*\.[0-9a-f]{16}", re.ASCII)
RENDERED = re.compile(r"\.[a-z0-9_]{8}", re.ASCII)  # the folder in which a preparation is rendered


def sweep(at) -> int:
    """Remove leftovers that nothing was written to for a day; returns how many. May run twice.

    A copy takes seconds and a rendering minutes, so what is older belongs to no process that lives; a preparation that
    is of use lies under its digest. What visitors are handed never begins with a dot and is never touched.
    """
    public, prepared = settings.PUBLIC_ROOT / "pengumuman", settings.PREPARED_ROOT
    numbers = [public, *public.glob("[0-9]*"), *public.glob("[0-9]*/resmi"), prepared / "resmi"]
    found = [*_named(prepared, RENDERED), *(one for place in numbers for one in _named(place, COPY))]
    old = [one for one in found if _last_written(one) <= at - OLD]
    for one in old:
        _remove(one)
    return len(old)


def _named(place: Path, pattern: re.Pattern) -> list[Path]:
    """What lies in the folder `place` under such a name; a link is no folder."""
    if place.is_symlink() or not place.is_dir():
        return []
    return [one for one in place.iterdir() if pattern.fullmatch(one.name)]


def _last_written(path: Path) -> datetime:
    """When anything in `path` was put there. A copy keeps the times of what it was made from, but not this one."""
    inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
    try:
        newest = max(one.lstat().st_ctime for one in (path, *inside))
    except FileNotFoundError:  # it goes to its place at this moment
        return datetime.max.replace(tzinfo=UTC)
    return datetime.fromtimestamp(newest, UTC)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
