"""A report as files: a page, a PDF, data; sealed like an announcement."""

import shutil
from pathlib import Path

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from lib.canonical import canonical
from lib.typst_pdf import compile_to
from selection.rendering import folder as folders

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
PDF, DATA = "laporan.pdf", "data.json"


def address(number: str) -> str:
    return f"/keterbukaan/laporan/{number}/"


def prepared_folder(digest: str) -> Path:
    return settings.PREPARED_ROOT / digest


def public_folder(number: str) -> Path:
    return settings.PUBLIC_ROOT / "keterbukaan" / "laporan" / number


def render(content: dict, folder: Path) -> str:
    """Fill the empty `folder` with everything the report publishes; returns its digest."""
    link = settings.SITE_URL + address(content["number"])
    page = {"report": content, "link": link, "instance": settings.INSTANCE, "demo": settings.DEMO}
    (folder / "index.html").write_text(
        render_to_string("oversight/openness/report_frozen.html", page), encoding="utf-8"
    )
    shutil.copyfile(finders.find("css/app.css"), folder / "gaya.css")
    (folder / DATA).write_bytes(canonical(content))
    printed = content | {
        "office": settings.INSTANCE["office"],
        "link": link,
        "figures": [[one["title"], one["words"], one["of"] or "–", one["target"] or "–"] for one in content["figures"]],
    }
    compile_to(folder / PDF, TEMPLATE, printed, qr_svg=segno.make(link, error="m").svg_inline(scale=4))
    return folders.seal(folder, number=content["number"], version=1)
