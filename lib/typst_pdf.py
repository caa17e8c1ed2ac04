"""PDF by typst: tagged for screen readers, and the same bytes for the same content."""

import json
import tempfile
from pathlib import Path

import typst


def compiled(template: Path, content: dict, **files: str) -> bytes:
    """The PDF of a typst template that reads content.json and `files` (qr_svg= becomes qr.svg)."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "main.typ").write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
        (root / "content.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        for name, text in files.items():
            (root / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return typst.compile(
            str(root / "main.typ"), root=str(root), pdf_standards=["ua-1"], timestamp=0, ignore_system_fonts=True
        )


def compile_to(target: Path, template: Path, content: dict, **files: str) -> None:
    """Write `target` with what `compiled` makes."""
    target.write_bytes(compiled(template, content, **files))
