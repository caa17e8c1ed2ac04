"""The announcement as PDF (typst for short lists, reportlab for long ones) and the poster for notice boards."""

from pathlib import Path

import segno
from django.conf import settings
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from lib.indonesian_text import weekday_date
from lib.typst_pdf import compile_to

LONG = 2000  # rows; typst needs seconds and much memory beyond, reportlab does not
TEMPLATES = Path(__file__).parent / "typst"
REDACTED_LINE = ["(disamarkan)", "", "–", "–", "–"]


def _sentence(context: dict) -> str:
    told = f"Dari {context['total']} peserta, {context['advancing']} lanjut ke tahap berikutnya."
    if not context["redacted"]:
        return told
    return (
        f"Daftar {context['total']} peserta; {context['redacted']} baris disamarkan menurut hukum dan tinggal sidiknya. "
        f"Dari yang lain, {context['advancing']} lanjut ke tahap berikutnya."
    )


def announcement(target: Path, context: dict, rows: list, formations: dict) -> None:
    """The whole list as a document: heading, what it says in a sentence, codes, rows."""
    content = {
        "office": settings.INSTANCE["office"],
        "title": f"{context['stage'].name_public}, {context['recruitment'].name}",
        "number": context["number"],
        "version": context["version"],
        "sentence": _sentence(context),
        "reason": context["reason"],
        "objections": _about_objections(context["objections"]),
        "latest": f"{settings.SITE_URL}/pengumuman/{context['number']}/",
        "digest": context["rows_digest"],
        "check": f"{settings.SITE_URL}/verifikasi/",
        "codes": [[code, words, str(n)] for code, words, n in context["counts"]],
        "rows": [
            REDACTED_LINE
            if row.redacted
            else [row.p, formations[row.formation].position, row.final or "–", str(row.rank or "–"), row.code]
            for row in rows
        ],
    }
    # What stands behind the # stays in the reader's browser.
    code = segno.make(
        f"{content['check']}#{content['number']}/v{content['version']}/{content['digest'][:16]}", error="m"
    )
    if len(rows) > LONG:
        _long(target, content, code)
    else:
        compile_to(target, TEMPLATES / "announcement.typ", content, qr_svg=code.svg_inline(scale=4))


def _long(target: Path, content: dict, code: segno.QRCode) -> None:
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    canvas.setTitle(content["title"])
    height, line = A4[1], A4[1] - 60

    def text(x: float, words: str, size: int = 9) -> None:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, line, words[:110])

    for words, size in [
        (content["office"], 10),
        (content["title"], 14),
        (f"Pengumuman nomor {content['number']}, versi {content['version']}", 10),
        (content["sentence"], 10),
        *((words, 9) for words in content["objections"]),
        (f"Versi terbaru: {content['latest']}", 9),
        (f"Sidik daftar (SHA-256): {content['digest']}", 8),
        (f"Periksa keaslian: {content['check']}, tulis nomor {content['number']} dan 8 huruf pertama sidik", 8),
    ]:
        text(50, words, size)
        line -= size + 8
    _draw(canvas, code, left=A4[0] - 110, top=height - 20)
    for code, words, n in content["codes"]:
        text(50, f"{code}: {words} ({n} orang)", 8)
        line -= 12
    line -= 8
    for row in content["rows"]:
        if line < 50:
            canvas.showPage()
            line = height - 50
        for x, cell in zip((50, 130, 400, 460, 510), row, strict=True):
            text(x, cell[:46], 8)
        line -= 11
    canvas.save()


def _draw(canvas: Canvas, code: segno.QRCode, *, left: float, top: float, module: float = 2) -> None:
    for row, modules in enumerate(code.matrix, start=1):
        for column, dark in enumerate(modules):
            if dark:
                canvas.rect(left + column * module, top - row * module, module, module, stroke=0, fill=1)


def _about_objections(found: dict | None) -> list[str]:
    """The rule of the objection window and its planned days, sentence by sentence; nothing where there is none."""
    if not found:
        return []
    sentences = [f"{words.rstrip('.')}." for words in found["rule"].split(". ")]
    if planned := found["planned"]:
        sentences.append(f"Menurut rencana: {weekday_date(planned.first)} – {weekday_date(planned.last)}.")
    return sentences


def poster(target: Path, context: dict) -> None:
    """One A4 sheet for notice boards: what was announced, where to look, a QR, free of charge."""
    link = f"{settings.SITE_URL}/pengumuman/{context['number']}/"
    content = {
        "office": settings.INSTANCE["office"],
        "phone": settings.INSTANCE["phone"],
        "title": context["stage"].name_public,
        "recruitment": context["recruitment"].name,
        "number": context["number"],
        "version": context["version"],
        "sentence": _sentence(context),
        "link": link,
    }
    compile_to(target, TEMPLATES / "poster.typ", content, qr_svg=segno.make(link, error="m").svg_inline(scale=6))
