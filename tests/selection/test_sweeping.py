"""What a killed process left behind goes; what anybody is handed, and what is under way, stays."""

import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from selection.actions import sweeping
from selection.rendering import folder as folders

NUMBER, CHANCE = "2026-1", "0123456789abcdef"


@pytest.fixture
def places(settings, tmp_path):
    """A public announcement beside the leftovers of processes that were killed on the way."""
    settings.PUBLIC_ROOT, settings.PREPARED_ROOT = tmp_path / "public", tmp_path / "prepared"
    for name in ("v1/index.html", "v1/.sembunyi", "index.html", "current.json", "resmi/v1.pdf", "v1.proof.json"):
        put(settings.PUBLIC_ROOT / "pengumuman" / NUMBER / name)
    for digest in ("a" * 64, "b" * 64):
        put(settings.PREPARED_ROOT / digest / "index.html")
    put(settings.PREPARED_ROOT / "resmi" / f"{'c' * 64}.pdf")
    return settings.PUBLIC_ROOT / "pengumuman", settings.PREPARED_ROOT


def put(path, content="isi"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def leave(public, prepared) -> list:
    """Everything that can be left, as the code that is killed names it."""
    left = [
        public / NUMBER / f".v2.{CHANCE}",
        public / NUMBER / f"..v2.{CHANCE}.{CHANCE}",
        public / NUMBER / f".index.html.{CHANCE}",
        public / NUMBER / "resmi" / f".v2.pdf.{CHANCE}",
        public / f".daftar.json.{CHANCE}",
        prepared / "resmi" / f".{'d' * 64}.pdf.{CHANCE}",
        prepared / ".k3x_9abz",
    ]
    for one in left:
        put(one / "isi.html" if ".v2." in one.name and "pdf" not in one.name or one.name == ".k3x_9abz" else one)
    return left


def files(*roots) -> set:
    return {path for root in roots for path in root.rglob("*")}


def after(**ago) -> datetime:
    return datetime.now(UTC) + timedelta(**ago)


def test_what_was_left_is_gone_after_a_day_and_nothing_else(places):
    before = files(*places)
    left = leave(*places)

    assert sweeping.sweep(after(hours=25)) == len(left)

    assert files(*places) == before
    assert sweeping.sweep(after(hours=25)) == 0


def test_what_may_be_under_way_stays(places):
    leave(*places)
    before = files(*places)

    assert sweeping.sweep(after(hours=23)) == 0

    assert files(*places) == before


def test_a_copy_of_an_old_preparation_is_as_young_as_the_copy(places):
    """The files of a copy bear the times of their source, which may be a week old."""
    public, prepared = places
    week = (after(days=-7).timestamp(),) * 2
    os.utime(prepared / ("a" * 64) / "index.html", week)
    shutil.copytree(prepared / ("a" * 64), public / NUMBER / f".v2.{CHANCE}")

    assert sweeping.sweep(after(minutes=1)) == 0


def test_a_killed_copy_is_found_under_the_name_that_it_really_has(places, monkeypatch):
    public, prepared = places

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folders.os, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        folders.put_in_place(prepared / ("a" * 64), public / NUMBER / "v2")
    assert len(list((public / NUMBER).glob(".v2.*"))) == 1

    assert sweeping.sweep(after(days=2)) == 1
    assert not list((public / NUMBER).glob(".v2.*"))


def test_a_link_is_not_followed(places, tmp_path):
    public, _prepared = places
    put(tmp_path / "elsewhere" / f".v1.{CHANCE}" / "isi.html")
    (public / "2026-9").symlink_to(tmp_path / "elsewhere")
    (public / NUMBER / f".v3.{CHANCE}").symlink_to(tmp_path / "elsewhere")

    assert sweeping.sweep(after(days=2)) == 1
    assert (tmp_path / "elsewhere" / f".v1.{CHANCE}" / "isi.html").exists()


@pytest.mark.parametrize(
    ("name", "without"),
    [("COPY", re.compile(".*")), ("RENDERED", re.compile(".*")), ("OLD", timedelta(days=-9))],
)
def test_the_twin_without_a_guard_takes_what_is_of_use(places, monkeypatch, name, without):
    leave(*places)
    before = files(*places)
    at = after(hours=25) if name != "OLD" else after(minutes=1)
    monkeypatch.setattr(sweeping, name, without)

    sweeping.sweep(at)

    kept = {one for one in before if name == "OLD" or not one.name.startswith(".")}
    assert kept - files(*places)
