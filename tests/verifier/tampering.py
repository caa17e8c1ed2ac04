"""Ways to falsify a record or a list after the fact, as done by whoever holds the portal's keys and disks.

A case works on a `Portal` opened from any public folder, so the same cases can be done to a real one. `off` names the
checks of the verifier that find it: with these replaced by `nothing`, the falsified folder passes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.verifier.synthetic import Portal, jcs, leaf, mth, put, seal, sha256, write_tiles


@dataclass(frozen=True)
class Case:
    """`falsify` changes the folder; `asks` is the command that finds it; `off` the checks without which it does not."""

    name: str
    falsify: Callable[[Portal], None]
    asks: str
    words: str
    off: tuple[str, ...]


def nothing(*_arguments, **_more):
    """Stands where a check was."""
    return []


def last_list(portal: Portal) -> tuple[int, dict]:
    return portal.facts("announcement.frozen")[-1]


def edit_body(portal: Portal) -> None:
    """Another count of applications in an old entry; tiles and checkpoint stay as they were."""
    index, body = portal.facts("registration.closed")[0]
    honest = portal.leaves
    portal.restate(index, applications=body["applications"] + 1)
    write_tiles(portal.log, portal.entries)
    put_leaves(portal, honest)


def edit_leaf(portal: Portal) -> None:
    """The same, and the hash in the tile with it: as in a database whose inner nodes were stored before."""
    index, body = portal.facts("registration.closed")[0]
    portal.restate(index, applications=body["applications"] + 1)
    write_tiles(portal.log, portal.entries)


def put_leaves(portal: Portal, leaves: list[bytes]) -> None:
    for start in range(0, len(leaves), 256):
        part = leaves[start : start + 256]
        place = f"{start // 256:03}" + ("" if len(part) == 256 else f".p/{len(part)}")
        put(portal.log / "tile" / "0" / place, b"".join(part))


def drop_entry(portal: Portal) -> None:
    """An entry that says too much is gone; the log signs what is left, and its witnesses do as they are told."""
    index, _body = portal.facts("scores.approved")[0]
    del portal.entries[index]
    portal.publish(at=datetime.now(UTC))


def swap_rows(portal: Portal) -> None:
    """Two people change places in the public files, which agree with each other again; the record says otherwise."""
    _index, body = last_list(portal)
    place = portal.place(body)
    lines = (place / "rows.jsonl").read_bytes().splitlines()
    lines[0], lines[1] = lines[1], lines[0]
    put(place / "rows.jsonl", b"".join(line + b"\n" for line in lines))
    restate_tables(
        place, rows_sha256=sha256((place / "rows.jsonl").read_bytes()).hex(), list=list(map(json.loads, lines))
    )
    heading, first, second, *rest = (place / "data.csv").read_bytes().splitlines()
    put(place / "data.csv", b"".join(line + b"\n" for line in (heading, second, first, *rest)))
    seal(place)


def restate_tables(place: Path, **changes) -> None:
    """Say something else about a list, in every file that says it."""
    meta = json.loads((place / "data.json").read_bytes()) | changes
    put(place / "data.json", jcs(meta))
    if (place / "hitung-ulang" / "meta.json").exists():
        put(place / "hitung-ulang" / "meta.json", jcs({key: value for key, value in meta.items() if key != "list"}))


def change_rules(portal: Portal) -> None:
    """The list is made by other rules than those bound before the scores; announced and recorded in good order."""
    index, body = last_list(portal)
    place = portal.place(body)
    rules = place / "hitung-ulang" / "rulepack.json"
    changed = json.loads(rules.read_bytes())
    put(rules, jcs(changed | {"title": changed["title"] + " (perubahan)"}))
    restate_tables(place, rulepack_sha256=sha256(rules.read_bytes()).hex())
    seal(place)
    portal.restate(index, digest=sha256((place / "manifest.json").read_bytes()).hex())
    portal.publish(at=datetime.now(UTC))


def fork(portal: Portal) -> None:
    """The past is written anew at the same size and signed again."""
    index, body = portal.facts("registration.closed")[0]
    portal.restate(index, applications=body["applications"] + 1)
    portal.publish(at=datetime.now(UTC))


def serve_stale(portal: Portal) -> None:
    """Readers are shown an old, honest checkpoint, without the newest facts."""
    old = len(portal.entries) - 2
    write_tiles(portal.log, portal.entries[:old])
    put(portal.log / "checkpoint", portal.note(old, at=datetime.now(UTC) - timedelta(hours=3)))


def backdate_batch(portal: Portal) -> None:
    """Somebody is let in after the end: a batch that claims to be older than the one before it."""
    _index, body = portal.facts("applications.batch")[-1]
    at = datetime.fromisoformat(json.loads(portal.entries[portal.facts("applications.batch")[-1][0]])["at"])
    portal.add(
        "applications.batch", at - timedelta(minutes=5), **body | {"count": 1, "root": mth([leaf(b"x" * 32)]).hex()}
    )
    portal.publish(at=datetime.now(UTC))


def second_list(portal: Portal) -> None:
    """The same stage once more under a number of its own: one person, two results."""
    _index, body = last_list(portal)
    number = f"{body['number']}9"
    place = portal.place(body)
    for file in [one for one in place.rglob("*") if one.is_file()]:
        put(portal.place({"number": number, "version": 1}) / file.relative_to(place), file.read_bytes())
    portal.add(
        "announcement.frozen", **{k: v for k, v in body.items() if k != "supersedes"} | {"number": number, "version": 1}
    )
    portal.publish(at=datetime.now(UTC))


def invent_row(portal: Portal) -> None:
    """An audit drew a row, and nobody who applied stands behind it."""
    audit = json.loads((portal.folder / "audit.json").read_bytes())
    audit["opened"][0] |= {"commitment": audit["opened"][1]["commitment"]}
    put(portal.folder / "audit.json", jcs(audit))


def change_pdf(portal: Portal) -> None:
    """The PDF says something else than the list."""
    _index, body = last_list(portal)
    pdf = portal.place(body) / "announcement.pdf"
    put(pdf, pdf.read_bytes() + b"\n% another name")


def change_signed_document(portal: Portal) -> None:
    """What an official signed is replaced by another PDF at the same address."""
    _index, body = portal.facts("announcement.attested")[-1]
    pdf = portal.folder / "pengumuman" / body["number"] / "resmi" / f"v{body['serial']}.pdf"
    put(pdf, pdf.read_bytes().replace(b"Hasil", b"Hasi1"))


def change_page(portal: Portal) -> None:
    """A page says something else, and the manifest agrees with it."""
    _index, body = last_list(portal)
    page = portal.place(body) / "index.html"
    put(page, page.read_bytes().replace(b"peserta", b"pemenang"))
    seal(portal.place(body))


CASES = (
    Case("edited body", edit_body, "record", "recorded with other content", ("record.compare_tile", "record.compare_root")),
    Case("edited leaf", edit_leaf, "record", "do not give the root", ("record.compare_root",)),
    Case("dropped entry", drop_entry, "seen record", "has shrunk", ("record.compare_earlier",)),
    Case("swapped rows", swap_rows, "announcement", "root in the record", ("announced.compare_rows", "announced.compare_digest")),
    Case("changed rule pack", change_rules, "announcement", "not the rules that entry", ("announced.compare_rules",)),
    Case("re-signed fork", fork, "seen record", "two histories", ("record.compare_earlier",)),
    Case("stale checkpoint", serve_stale, "fresh record", "is stale", ("record.compare_age",)),
    Case("backdated batch", backdate_batch, "record", "before the one it follows", ("chronicle.backdated",)),
    Case("second list for one person", second_list, "record", "a second list for the stage", ("chronicle.second_lists",)),
    Case("ghost row in a sampled audit", invent_row, "audit", "may be a ghost", ("audit.ghost",)),
    Case("changed PDF", change_pdf, "announcement", "announcement.pdf: not the announced", ("announcement.changed_files",)),
    Case("changed signed document", change_signed_document, "record", "not the signed document of entry", ("attested.compare",)),
    Case("changed static page", change_page, "announcement", "not those in the record", ("announced.compare_digest",)),
)  # fmt: skip
