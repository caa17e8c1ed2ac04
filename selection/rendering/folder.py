"""A folder of files with a manifest; its digest names it."""

import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path

from lib.canonical import canonical

MANIFEST = "manifest.json"


def fingerprint(path: Path) -> dict:
    """SHA-256 in hex and size in bytes of the file `path`."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return {"sha256": digest.hexdigest(), "size": path.stat().st_size}


def seal(folder: Path, **about) -> str:
    """Write the manifest of `folder` and return its digest, SHA-256 in hex of its canonical JSON."""
    files = {
        str(path.relative_to(folder)): fingerprint(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    text = canonical({**about, "files": files})
    (folder / MANIFEST).write_bytes(text)
    return hashlib.sha256(text).hexdigest()


def is_intact(folder: Path, digest: str) -> bool:
    """Whether `folder` still holds exactly the files that were sealed as `digest`."""
    try:
        text = (folder / MANIFEST).read_bytes()
        files = json.loads(text)["files"]
    except (OSError, ValueError, KeyError):
        return False
    if hashlib.sha256(text).hexdigest() != digest:
        return False
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    return present == files.keys() and all(fingerprint(folder / name) == entry for name, entry in files.items())


def put_in_place(source: Path, target: Path) -> None:
    """Copy `source` to `target` so that a reader sees all of it or nothing; a second time changes nothing."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.parent / f".{target.name}.{secrets.token_hex(8)}"  # no other process or thread shares it
    shutil.copytree(source, waiting)
    for path in waiting.rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
    try:
        os.rename(waiting, target)
    except OSError:
        shutil.rmtree(waiting, ignore_errors=True)  # another process was first
        if not target.exists():
            raise


def take_the_place(source: Path, target: Path) -> None:
    """Put a copy of `source` where `target` lies and leave nothing of what lay there. Between two renames a reader may miss it."""
    waiting, old = (target.parent / f".{target.name}.{secrets.token_hex(8)}" for _turn in range(2))
    put_in_place(source, waiting)
    if target.exists():
        os.rename(target, old)
    os.rename(waiting, target)
    for left in target.parent.glob(f".{target.name}.*"):  # also what a crash left behind
        shutil.rmtree(left, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file `path` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    with open(waiting, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(waiting, path)
