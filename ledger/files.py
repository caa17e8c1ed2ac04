"""The record as files that never change: durable when `put` returns, and never overwritten. No Django here."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from ledger.tlog import tiles
from ledger.tlog.scalars import TlogError

CHECKPOINT = "checkpoint"


class Changed(TlogError):
    """A published file that must never change is missing or holds other bytes."""


def put(root: Path, contents: Iterable[tuple[str, bytes]]) -> int:
    """Write each (name, content) below `root` for ever; returns how many are new.

    A name that is there already must hold the same bytes, otherwise Changed is raised and it stays as it is.
    Everything is on the disk, names included, when this returns.
    """
    folders, new = {}, 0
    for name, content in contents:
        path = root / name
        if not _same(path, content):
            folders |= dict.fromkeys(_folder(path.parent))
            new += _link(path, content)
        folders[path.parent] = None
    for folder in folders:
        sync(folder)
    return new


def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put `content` in the place of the file `path` in one step that survives a power cut."""
    folders = _folder(path.parent)
    waiting = _write(path, content, mode)
    os.replace(waiting, path)
    for folder in [*folders, path.parent]:
        sync(folder)


def hashes(root: Path, level: int, n: int, width: int) -> bytes:
    """The first `width` hashes of a tile, out of the file of that width or of the full one."""
    return _read(root, level, n, width, lambda content: content[: 32 * width], 32 * width)


def entries(root: Path, n: int, width: int) -> list[bytes]:
    """The first `width` entries of a bundle."""
    return _read(root, "entries", n, width, lambda content: tiles.parse_bundle(content)[:width], width)


def _read(root: Path, level, n: int, width: int, take, length: int):
    for name in (tiles.tile_path(level, n, width), tiles.tile_path(level, n)):
        try:
            found = take((root / name).read_bytes())
        except FileNotFoundError:
            continue
        except TlogError as error:
            raise Changed(f"{name}: {error}") from None
        if len(found) != length:
            raise Changed(f"{name} has another length")
        return found
    raise Changed(f"{tiles.tile_path(level, n, width)} is missing")


def _same(path: Path, content: bytes) -> bool:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return False
    if found != content:
        raise Changed(f"{path.name} in {path.parent.name} is published with other bytes")
    return True


def _link(path: Path, content: bytes) -> bool:
    waiting = _write(path, content, 0o444)
    try:
        os.link(waiting, path)
    except FileExistsError:  # another process was first
        _same(path, content)
        return False
    finally:
        os.unlink(waiting)
    return True


def _write(path: Path, content: bytes, mode: int) -> Path:
    waiting = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    with open(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    return waiting


def _folder(folder: Path) -> list[Path]:
    """Make `folder`; returns the folders above it whose names of it have to be synced."""
    made = []
    while not folder.is_dir():
        made.append(folder)
        folder = folder.parent
    for one in reversed(made):
        one.mkdir(exist_ok=True)
    return [one.parent for one in made]


def sync(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
