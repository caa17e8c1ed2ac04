"""Renders one announcement: rows, tables, lookup buckets, pages, PDF, poster and the package to recompute it.

Nothing in here depends on the clock or the process, so the same result gives the same digest.
"""

import csv
import hashlib
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from ledger.tlog.tree import leaf_hash
from lib import rulepack_files
from lib.canonical import canonical
from lib.spreadsheet_text import safe
from selection import commitments, objection_window
from selection.actions.ranking import compare
from selection.rendering import documents, row_tree
from selection.rendering.rows import NOT_CONTINUED_CODE, PublicRow, RedactedRow, public_rows

PAGE = 500
BUCKET = 100  # people who look the same to whoever watches the network
RECOMPUTE_SCRIPTS = ("ranking.js", "kept.js", "announcement.js", "worker.js", "page.js")
RECOMPUTE_FILES = (
    "data.json", "data.csv", "rows.jsonl",
    "hitung-ulang/meta.json", "hitung-ulang/rulepack.json", "hitung-ulang/scores.csv",
)  # fmt: skip
REDACTED_CELL = "(disamarkan)"
NOT_CONTINUED_SENTENCE = "Peserta ini tidak dilanjutkan. Alasannya hanya untuk yang bersangkutan."


@dataclass(frozen=True)
class Subject:
    """What is announced: stage, computation, number, version, and for a correction the reason and the old one."""

    stage: object
    outcome_set: object
    number: str
    version: int
    reason: str = ""
    previous: object | None = None  # the outcome set of the version before


def render(subject: Subject, folder: Path) -> dict:
    """Fill the empty `folder`; returns rows (count), rows_digest (SHA-256 of rows.jsonl) and rows_root (its tree), in hex."""
    stage = subject.stage
    bound = commitments.of_rows(subject.outcome_set, number=subject.number, version=subject.version)
    rows = [replace(row, c=c) for row, c in zip(public_rows(subject.outcome_set), bound, strict=True)]
    formations = {f.code: f for f in stage.recruitment.formations.select_related("unit")}
    pack = rulepack_files.load(stage.recruitment.rulepack)
    return fill(subject, folder, rows, formations, rulepack_files.path_of(pack.name))


def fill(subject: Subject, folder: Path, rows: list[PublicRow | RedactedRow], formations: dict, rules: Path) -> dict:
    """Write every file about `rows` into the empty `folder`. `formations` by code; `rules` is the pack's file, copied as it is."""
    stage = subject.stage
    pack = rulepack_files.load(stage.recruitment.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
    rows_digest, rows_root = _write_rows(folder, rows)
    sentences = {code: meaning["sentence"] for code, meaning in pack.body["codes"].items()}
    sentences[NOT_CONTINUED_CODE] = NOT_CONTINUED_SENTENCE
    shown = [row for row in rows if not row.redacted]
    counts = Counter(row.code for row in shown)
    components = rule.get("components", []) if subject.outcome_set.components else []
    hidden = _hidden_people(subject, shown) if len(shown) < len(rows) else set()
    differences = subject.outcome_set.differences.exclude(settled_at=None).select_related("application").order_by("pk")
    context = {
        "instance": settings.INSTANCE,
        "demo": settings.DEMO,
        "site_url": settings.SITE_URL,
        "stage": stage,
        "recruitment": stage.recruitment,
        "zone": stage.recruitment.zone,
        "number": subject.number,
        "version": subject.version,
        "reason": subject.reason,
        "rule": rule,
        "pack": pack,
        "decrees": pack.body["decrees"],
        "components": components,
        "counts": [(code, sentences.get(code, ""), counts[code]) for code in sorted(counts)],
        "advancing": sum(n for code, n in counts.items() if pack.advances(code)),
        "total": len(rows),
        "redacted": len(rows) - len(shown),
        "rows_digest": rows_digest,
        "changes": [one for one in _changes(subject, sentences) if one["p"] not in hidden],
        "closed": sum(row.scores is None for row in shown),
        "objections": _objections(stage),
        "differences": [one for one in differences if one.application.participant_number not in hidden],
    }
    meta = _meta(subject, pack, hashlib.sha256(rules.read_bytes()).hexdigest(), context, formations, shown)
    _write_tables(folder, rows, components, sentences, formations, meta)
    _write_recompute(folder, shown, components, formations, rules, meta)
    context["bucket_length"] = _write_buckets(folder, shown, sentences, formations)
    _write_pages(folder, rows, context, formations, sentences)
    documents.announcement(folder / "announcement.pdf", context, rows, formations)
    documents.poster(folder / "poster.pdf", context)
    return {"rows": len(rows), "rows_digest": rows_digest, "rows_root": rows_root}


def _hidden_people(subject: Subject, shown: list[PublicRow]) -> set[str]:
    """Participant numbers of the result that no row shows any more: their rows are redacted."""
    people = subject.outcome_set.outcomes.values_list("application__participant_number", flat=True)
    return set(people) - {row.p for row in shown}


def _write_rows(folder: Path, rows) -> tuple[str, str]:
    digest, leaves = hashlib.sha256(), []
    with open(folder / "rows.jsonl", "wb") as file:
        for row in rows:
            line = row.line()
            digest.update(line)
            leaves.append(row.hashed if row.redacted else leaf_hash(line[:-1]))
            file.write(line)
    return digest.hexdigest(), row_tree.write(folder, leaves).hex()


def _changes(subject: Subject, sentences: dict) -> list[dict]:
    """Who moved between the version before and this one, in words."""
    if subject.previous is None:
        return []
    found = []
    for row in compare(subject.previous, subject.outcome_set):
        old, new = (
            NOT_CONTINUED_CODE if code in ("DIS", "TMS") and subject.outcome_set.components else code
            for code in (row["old_code"], row["new_code"])
        )
        found.append(
            row
            | {
                "old_code": old,
                "new_code": new,
                "old_words": sentences.get(old, ""),
                "new_words": sentences.get(new, ""),
            }
        )
    return found


def _objections(stage) -> dict | None:
    """The rule of the objection window and its planned days; the true ones follow from the hour of publication."""
    if not stage.objection_days:
        return None
    planned = objection_window.of(stage, stage.planned_announce_at, known=()) if stage.planned_announce_at else None
    return {"rule": objection_window.rule(stage), "planned": planned}


def _meta(subject: Subject, pack, pack_digest: str, context: dict, formations: dict, shown: list[PublicRow]) -> dict:
    used = {row.formation for row in shown}
    found = {
        "number": subject.number,
        "version": subject.version,
        "recruitment": subject.stage.recruitment.slug,
        "stage": subject.stage.slug,
        "rule": subject.stage.rule,
        "rulepack": pack.name,
        "rulepack_sha256": pack_digest,
        "rows": context["total"],
        "rows_sha256": context["rows_digest"],
        "components": [component["key"] for component in context["components"]],
        "counts": {code: n for code, _words, n in context["counts"]},
        "formations": {
            code: {"position": f.position, "unit": f.unit.name, "need": f.need, "quota": f.quota}
            for code, f in sorted(formations.items())
            if code in used
        },
        "changes": [{"p": c["p"], "old": c["old_code"], "new": c["new_code"]} for c in context["changes"]],
        "reason": subject.reason,
    }
    return found | ({"redacted": context["redacted"]} if context["redacted"] else {})


def _write_tables(folder: Path, rows, components, sentences, formations, meta: dict) -> None:
    keys = [component["key"] for component in components]
    with open(folder / "data.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        headings = ["nomor_peserta", "kode_formasi", "jabatan", "unit", "kebutuhan", *keys, "total", "nilai_akhir"]
        writer.writerow([*headings, "peringkat", "kode", "arti_kode", "ditentukan_oleh"])
        for row in rows:
            if row.redacted:
                writer.writerow([REDACTED_CELL, *[""] * (len(headings) + 3)])
                continue
            formation = formations[row.formation]
            scores = [score or "" for score in row.scores] if row.scores is not None else [""] * len(keys)
            scores = scores or [""] * len(keys)
            cells = [row.p, row.formation, formation.position, formation.unit.name, row.group, *scores]
            numbers = [row.total or "", row.final or "", row.rank or ""]
            writer.writerow(
                [safe(str(cell)) for cell in [*cells, *numbers, row.code, sentences.get(row.code, ""), row.by]]
            )
    with open(folder / "data.json", "wb") as file:
        file.write(canonical(meta)[:-1] + b',"list":[')
        for position, row in enumerate(rows):
            file.write((b"," if position else b"") + canonical(row.body()))
        file.write(b"]}")


def _write_recompute(folder: Path, shown, components, formations, rules: Path, meta: dict) -> None:
    """What a recomputation needs (verifier/RULES.md section 6): the rule pack as used, and the public scores."""
    place = folder / "hitung-ulang"
    place.mkdir()
    shutil.copyfile(rules, place / "rulepack.json")
    (place / "meta.json").write_bytes(canonical(meta))
    if not components:
        return
    with open(place / "scores.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        keys = [component["key"] for component in components]
        writer.writerow(["row_id", "formasi_id", "kebutuhan", "kuota", *keys, "status"])
        for row in shown:
            if row.scores is not None:
                status = row.by.removeprefix("status:") if row.by.startswith("status:") else ""
                scores = [score or "" for score in row.scores]
                writer.writerow([row.p, row.formation, row.group, formations[row.formation].quota, *scores, status])


def _write_buckets(folder: Path, shown, sentences, formations) -> int:
    """Lookup files by the first hex digits of SHA-256(participant number); returns how many digits."""
    place = folder / "cek"
    place.mkdir()
    hashes = [hashlib.sha256(row.p.encode()).hexdigest() for row in shown]
    length = 4
    while length and min(Counter(h[:length] for h in hashes).values(), default=0) < BUCKET:
        length -= 1
    buckets: dict[str, dict] = {}
    for row, hashed in zip(shown, hashes, strict=True):
        formation = formations[row.formation]
        entry = [row.code, sentences.get(row.code, ""), f"{formation.position}, {formation.unit.name}", row.rank or 0]
        buckets.setdefault(hashed[:length] or "semua", {})[row.p] = entry
    for prefix, entries in buckets.items():
        (place / f"{prefix}.json").write_bytes(canonical(entries))
    return length


def _write_pages(folder: Path, rows, context: dict, formations, sentences) -> None:
    for name, source in (("gaya.css", "css/app.css"), ("cek.js", "js/cek.js")):
        shutil.copyfile(finders.find(source), folder / name)
    pages = []
    (folder / "daftar").mkdir()
    slices = [rows[start : start + PAGE] for start in range(0, len(rows), PAGE)] or [[]]
    for position, part in enumerate(slices, start=1):
        people = [row.p for row in part if not row.redacted] or [""]
        pages.append({"page": position, "first": people[0], "last": people[-1]})
    for position, part in enumerate(slices, start=1):
        listed = [
            (row, None, "") if row.redacted else (row, formations[row.formation], sentences.get(row.code, ""))
            for row in part
        ]
        more = {"listed": listed, "page": position, "pages": pages, "root": "../", "last": len(slices)}
        more["columns"] = 2 + (len(context["components"]) + 2 if context["components"] else 0)
        _page(folder / "daftar" / f"{position}.html", "selection/announcement/list.html", context | more)
    _page(folder / "index.html", "selection/announcement/index.html", context | {"pages": pages, "root": ""})
    for name in RECOMPUTE_SCRIPTS:
        shutil.copyfile(finders.find(f"js/recompute/{name}"), folder / "hitung-ulang" / name)
    wanted = ["manifest.json", *(name for name in RECOMPUTE_FILES if (folder / name).is_file())]
    more = {"root": "../", "rows_size": (folder / "rows.jsonl").stat().st_size, "recompute_files": wanted}
    _page(folder / "hitung-ulang" / "index.html", "selection/announcement/recompute.html", context | more)


def _page(path: Path, template: str, context: dict) -> None:
    path.write_text(render_to_string(template, context), encoding="utf-8")
