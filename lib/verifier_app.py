"""Builds the verifier as one file that any Python 3.11 runs: verifier.pyz. As a program it writes dist/verifier.pyz.

The same source gives the same bytes on every machine: fixed dates and order, nothing compressed (zlib versions
differ), so that people can compare digests. The verifier is read as files here, never imported.
"""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "verifier"
NAME = "verifier.pyz"
TARGET = ROOT / "dist" / NAME
MAIN = b"import sys\n\nfrom verifier.cli import main\n\nsys.exit(main(sys.argv[1:]))\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def application(source: Path = SOURCE) -> bytes:
    """The whole application."""
    files = {f"verifier/{path.name}": path.read_bytes() for path in source.iterdir() if path.suffix in (".py", ".md")}
    files |= {"__main__.py": MAIN, "LICENSE": (ROOT / "LICENSE").read_bytes()}
    target = io.BytesIO(b"#!/usr/bin/env python3\n")
    target.seek(0, io.SEEK_END)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            about = zipfile.ZipInfo(name, LONG_AGO)
            about.create_system, about.external_attr = 3, 0o644 << 16
            archive.writestr(about, files[name])
    return target.getvalue()


def build(target: Path = TARGET, source: Path = SOURCE) -> str:
    """Write the application to `target`; its SHA-256 in hex."""
    content = application(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o755)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    found = build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
    print(f"{found}  dist/{NAME}")
