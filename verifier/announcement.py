"""Checks a downloaded announcement: its files against the manifest, its results against a recomputation."""

import csv
import hashlib
import json
from pathlib import Path

from verifier import pack
from verifier.ranking import parse, rank


def check(folder: Path) -> int:
    """Say what agrees and what does not; 0 when all agrees, 1 otherwise."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    problems = []
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.exists():
            continue  # a reader need not download everything
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            problems.append(f"{name}: not the announced file")
    text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    print(f"Digest of the announcement: {hashlib.sha256(text.encode()).hexdigest()}")
    if (folder / "hitung-ulang" / "scores.csv").exists():
        problems += recompute(folder)
    for problem in problems:
        print(problem)
    print("Everything agrees." if not problems else f"{len(problems)} differences.")
    return 1 if problems else 0


def recompute(folder: Path) -> list[str]:
    """Differences between the published rows and a ranking of the published scores.

    Rows whose scores are closed (small groups) and rows that rest on a closed criterion cannot be
    recomputed from public files; they are counted aloud.
    """
    meta = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    rules = pack.load(folder / "hitung-ulang" / "rulepack.json")
    rule = pack.stage_rule(rules, meta["rule"])
    with open(folder / "hitung-ulang" / "scores.csv", newline="", encoding="utf-8") as file:
        rows = [parse(record, rule, line) for line, record in enumerate(csv.DictReader(file), start=2)]
    computed = {row.row_id: row for row in rank(rows, rule)}
    problems, closed = [], 0
    for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines():
        published = json.loads(line)
        mine = computed.get(published["p"])
        if mine is None or "closed" in published or mine.code != published["code"] and "closed_order" in published:
            closed += 1
        elif mine.code != published["code"]:
            problems.append(f"{published['p']}: published {published['code']}, recomputed {mine.code}")
    print(f"{len(computed)} rows recomputed; {closed} places rest on closed values.")
    return problems
