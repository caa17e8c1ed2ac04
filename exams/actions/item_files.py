"""Items in files: read with a report and kept aside, then applied as a whole; given out with a note of who took them."""

import csv
import io
import json
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exams import item_rows, qti, qti_written
from exams.actions import items
from exams.models import Item, ItemExport, ItemImport, ItemVersion
from lib.spreadsheet_text import safe
from lib.table_files import reader

MOST_BYTES, MOST_ROWS = 5 * 1024 * 1024, 2000
WAITS = timedelta(days=1)


class NotApplied(Exception):
    """The file has problems, was applied, waited too long, or the bank has changed since."""


def stage(upload, *, free: bool, by, at, component: str = "", topic: str = "") -> ItemImport:
    """Read a CSV or XLSX file, or a QTI package. Nothing is in the bank yet; the report names row, column, what to do.

    `component` and `topic` are for items of a package that name none. Raises reader.Unreadable. The report quotes
    nothing of the items, and no part of the file is written to a disk.
    """
    with reader.kept(upload, max_bytes=MOST_BYTES, in_memory=True) as (file, sha256):
        file.seek(0)
        inside = file.read()
        if qti.is_package(inside):
            found, problems = _package(inside, component, topic)
        else:
            with reader.rows(file, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS, in_memory=True) as rows:
                found, problems = _read(rows)
    codes = [one["code"] for _row, one in found]
    there = set(Item.objects.filter(code__in=codes).values_list("code", flat=True))
    problems += [
        {"row": row, "field": "kode", "words": _("Kode ini sudah ada di bank soal. Pakai kode lain.")}
        for row, one in found
        if one["code"] in there
    ]
    keep = json.dumps([one for _row, one in found], ensure_ascii=False) if found and not problems else None
    return ItemImport.objects.create(
        file_name=upload.name[:200], sha256=sha256, free=free, rows=len(found), sealed=keep, by=by, at=at,
        problems=sorted(problems, key=lambda one: one["row"])[:500],
    )  # fmt: skip


def _read(rows) -> tuple[list[tuple[int, dict]], list[dict]]:
    head = [cell.strip().lower() for cell in next(rows, [])]
    missing = [name for name in item_rows.COLUMNS if name not in head]
    if missing:
        words = _("Kolom ini tidak ada di baris pertama: %(names)s. Unduh contoh berkas, lalu isi.")
        return [], [{"row": 1, "field": "", "words": words % {"names": ", ".join(missing)}}]
    found, problems, seen = [], [], {}
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == MOST_ROWS:
            words = _("Satu berkas paling banyak %(most)s soal. Bagi menjadi beberapa berkas.")
            problems.append({"row": number, "field": "", "words": words % {"most": MOST_ROWS}})
            break
        one, wrong = item_rows.read(dict(zip(head, (cell.removeprefix("'") for cell in cells), strict=False)))
        if (before := seen.setdefault(one["code"], number)) != number:
            wrong.append(("kode", _("Kode ini sudah dipakai di baris %(row)s.") % {"row": before}))
        problems += [{"row": number, "field": field, "words": words} for field, words in wrong]
        found.append((number, one))
    if not found and not problems:
        problems.append({"row": 2, "field": "", "words": _("Berkas tidak berisi soal.")})
    return found, problems


def _package(inside: bytes, component: str, topic: str) -> tuple[list[tuple[int, dict]], list[dict]]:
    """The items of a QTI package; the number of an item in its manifest stands for its row."""
    found, problems, seen = [], [], {}
    try:
        for number, (name, one) in enumerate(qti.read(inside, component=component, topic=topic), start=1):
            wrong = [("", one["wrong"])] if "wrong" in one else item_rows.problems(one)
            if (before := seen.setdefault(one.get("code", name), number)) != number:
                wrong.append(("kode", _("Kode ini sudah dipakai di soal %(row)s.") % {"row": before}))
            problems += [{"row": number, "field": field or name[:60], "words": words} for field, words in wrong]
            if "wrong" not in one:
                found.append((number, one))
    except qti.Damaged as error:
        raise reader.Unreadable(str(error)) from error
    return found, problems


@transaction.atomic(durable=True)
def apply(made: ItemImport, *, by, at) -> int:
    """Every item of the file is in the bank, written by `by`, waiting for its reviews; or none. Raises NotApplied."""
    found = ItemImport.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if found.applied_at or found.problems or not found.sealed:
        raise NotApplied(_("Berkas ini sudah diterapkan, bermasalah, atau terlalu lama menunggu. Unggah lagi."))
    given = json.loads(found.sealed)
    try:
        for one in given:
            items.write(**one, free=found.free, by=by, at=at)
    except items.Taken as error:
        raise NotApplied(
            _("Kode %(code)s sudah ada di bank soal. Ubah berkas, lalu unggah lagi.") % {"code": error}
        ) from error
    found.sealed, found.applied_at = None, at
    found.save(update_fields=["sealed", "applied_at"])
    return len(given)


def empty_old(at) -> None:
    """Duty: what waits longer than a day to be applied is taken away."""
    ItemImport.objects.filter(sealed__isnull=False, at__lt=at - WAITS).update(sealed=None)


@transaction.atomic(durable=True)
def export(*, free: bool, component: str, by, at, package: bool = False) -> bytes:
    """The newest version of every item as CSV, or as a QTI package; who took it is written down in the same transaction.

    A table has no place for a picture: items with one are in the package alone, not without their picture in the CSV.
    """
    versions = ItemVersion.objects.filter(item__free=free, item__retired_at=None, returned_at=None)
    if component:
        versions = versions.filter(item__component=component)
    versions = versions.select_related("item").order_by("item_id", "-number").distinct("item_id")
    found = [(one.item.code, one.item.component, one.item.topic, one.content) for one in versions]
    if not package:
        found = [one for one in found if not one[-1].get("image")]
    ItemExport.objects.create(free=free, component=component, count=len(found), by=by, at=at)
    return qti_written.write(found) if package else _table(found)


def _table(found) -> bytes:
    rows = [item_rows.write(*one) for one in found]
    longest = any(key in row for row in rows for key in item_rows.MORE)
    target = io.StringIO()
    writer = csv.DictWriter(target, [*item_rows.COLUMNS, *(item_rows.MORE if longest else [])])
    writer.writeheader()
    writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return target.getvalue().encode("utf-8-sig")
