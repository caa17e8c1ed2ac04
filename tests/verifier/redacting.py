"""Redacting rows of a synthetic announcement as the portal does: every file again, and a fact in the record."""

import csv
import io
import json

from tests.verifier.synthetic import Portal, jcs, leaf, put, seal, sha256, table


def last_list(portal: Portal) -> dict:
    return portal.facts("announcement.frozen")[-1][1]


def without(portal: Portal, *places: int) -> None:
    """Make the files of the last list again, with nothing but the hash of these rows; the record hears nothing."""
    folder = portal.place(last_list(portal))
    lines = (folder / "rows.jsonl").read_bytes().splitlines()
    gone = {place: leaf(lines[place]) for place in places}
    people = {json.loads(lines[place])["p"] for place in places}
    lines = [gone[place].hex().encode() if place in gone else line for place, line in enumerate(lines)]
    put(folder / "rows.jsonl", b"".join(line + b"\n" for line in lines))
    meta = json.loads((folder / "data.json").read_bytes())
    meta["list"] = [{"redacted": gone[place].hex()} if place in gone else row for place, row in enumerate(meta["list"])]
    meta |= {"rows_sha256": sha256((folder / "rows.jsonl").read_bytes()).hex()}
    meta["redacted"] = sum("redacted" in row for row in meta["list"])
    put(folder / "data.json", jcs(meta))
    for name in ("data.csv", "hitung-ulang/scores.csv"):
        heading, *rows = csv.reader(io.StringIO((folder / name).read_text(), newline=""))
        if name == "data.csv":
            rows = [["(disamarkan)", *[""] * (len(row) - 1)] if row[0] in people else row for row in rows]
        put(folder / name, table(heading, [row for row in rows if row[0] not in people]))
    seal(folder)


def redact(portal: Portal, place: int, /, **wrong) -> None:
    """Redact one row of the last list and record it; `wrong` are fields that the fact states otherwise."""
    about = last_list(portal)
    folder = portal.place(about)
    line = (folder / "rows.jsonl").read_bytes().splitlines()[place]
    without(portal, place)
    fact = {
        **{name: about[name] for name in ("recruitment", "stage", "number", "version")},
        "place": place,
        "leaf": leaf(line).hex(),
        "redacted": len(portal.facts("row.redacted")) + 1,
        "digest": sha256((folder / "manifest.json").read_bytes()).hex(),
        "rows_digest": sha256((folder / "rows.jsonl").read_bytes()).hex(),
    }
    portal.add("row.redacted", **fact | wrong)
    portal.publish()
