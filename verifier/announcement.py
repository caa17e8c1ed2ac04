"""Checks a downloaded announcement: its files against the manifest, its results against a recomputation."""

import csv
import hashlib
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from verifier import pack
from verifier.kept_places import Kept
from verifier.ranking import Row, parse, plain, rank
from verifier.report import Report

DATA, TABLE, ROWS = "data.json", "data.csv", "rows.jsonl"
RULES, SCORES, META = "hitung-ulang/rulepack.json", "hitung-ulang/scores.csv", "hitung-ulang/meta.json"
NOT_CONTINUED = "TD"
REDACTED = re.compile(r"[0-9a-f]{64}", re.ASCII)  # what is left of a row: its leaf hash
REDACTED_CELL = "(disamarkan)"


class Unreadable(ValueError):
    """The folder holds no announcement that can be checked; the message names the file."""


def check(folder: Path) -> int:
    """Say what agrees and what does not; 0 when all agrees, 1 otherwise. Raises Unreadable, BadPack, BadRow."""
    report = Report()
    compare(folder, report)
    return report.verdict()


def compare(folder: Path, report: Report) -> None:
    """Hold the files of an announcement against each other. Raises Unreadable, BadPack, BadRow."""
    announced = _manifest(folder)
    here = [name for name in sorted(announced) if (folder / name).is_file()]  # a reader need not download everything
    problems = changed_files(folder, {name: announced[name] for name in here})
    report.say(f"Digest of the announcement: {_digest(folder / 'manifest.json')}")
    report.say(f"{len(here)} of {len(announced)} announced files compared.")
    if (folder / SCORES).is_file():
        needed = (DATA, ROWS, RULES, SCORES)
        if missing := [name for name in needed if not (folder / name).is_file()]:
            raise Unreadable(f"{missing[0]}: needed to recompute the list, but not in the folder")
        problems += [f"{name}: not in the manifest" for name in needed if name not in announced]
    if (folder / DATA).is_file() and (folder / ROWS).is_file():
        meta, rows = _meta(folder), _rows(folder)
        report.redacted = sum("redacted" in row for row in rows.values())
        problems += compare_tables(folder, meta, rows)
        if (folder / SCORES).is_file():
            problems += recompute(folder, meta, rows)
        elif SCORES in announced:
            report.say(f"{SCORES} is not in the folder: nothing was recomputed.")
    else:
        report.say(f"{DATA} and {ROWS} are not both in the folder: the list was not compared.")
    for problem in problems:
        report.doubt(problem)


def changed_files(folder: Path, announced: dict[str, str]) -> list[str]:
    """Files that are not the ones the manifest names."""
    return [f"{name}: not the announced file" for name in announced if _digest(folder / name) != announced[name]]


def compare_tables(folder: Path, meta: dict, rows: dict[str, dict]) -> list[str]:
    """Differences between the rows file, which is on the record, and the tables that people download."""
    problems, redacted = [], sum("redacted" in row for row in rows.values())
    if meta.get("rows_sha256") != _digest(folder / ROWS) or meta.get("rows") != len(rows):
        problems.append(f"{ROWS}: not the rows that {DATA} names")
    if meta.get("redacted", 0) != redacted:
        problems.append(f"{DATA}: says that {meta.get('redacted', 0)} rows are redacted, {ROWS} has {redacted}")
    if meta.get("list") != list(rows.values()):
        problems.append(f"{DATA}: lists other results than {ROWS}")
    if (folder / META).is_file() and _json(folder / META) | {"list": meta.get("list")} != meta:
        problems.append(f"{META}: says something else than {DATA}")
    if (folder / TABLE).is_file():
        columns = {"nomor_peserta": "p", "total": "total", "nilai_akhir": "final", "peringkat": "rank", "kode": "code"}
        table = [tuple(record.get(name) for name in columns) for record in _records(folder / TABLE)]
        if table != [_cells(row, columns.values()) for row in rows.values()]:
            problems.append(f"{TABLE}: lists other results than {ROWS}")
    return problems


def _cells(row: dict, keys) -> tuple[str, ...]:
    """A row as the table for spreadsheets has it; of a redacted one the word alone."""
    shown = {"p": REDACTED_CELL} if "redacted" in row else row
    return tuple(str(shown.get(key, "")) for key in keys)


def recompute(folder: Path, meta: dict, published: dict[str, dict]) -> list[str]:
    """Differences between the published rows and a ranking of the published scores.

    Whoever shows no scores (small groups, not continued) cannot be recomputed and is counted aloud. Where
    only closed criteria separate people, their published order is taken for given, and everything that
    follows from it is recomputed: ranks, the cut, and whether that order is needed at all. A redacted row keeps
    its place among the others: who stood there cannot be recomputed, that nobody moved for it can.
    """
    rule = _rule(folder, meta)
    kept = Kept(sum("redacted" in row for row in published.values()))
    redacted, published = kept.left, {p: row for p, row in published.items() if "redacted" not in row}
    problems = [] if meta.get("rulepack_sha256") == _digest(folder / RULES) else [f"{RULES}: not the announced rules"]
    rows = []
    for line, record in enumerate(_scores(folder, rule), start=2):
        row = parse(record, rule, line)
        if _said_elsewhere(record, rule, meta) != _shown(published.get(row.row_id)):
            problems.append(f"{row.row_id}: other scores, formation or need in {SCORES} than in {ROWS} and {DATA}")
        row.ipk, row.birth_date = None, _place_in_tie(published.get(row.row_id))
        rows.append(row)
    closed = rule.get("closed_order") or [] if rule["equal_on_limit"] == "closed" else []
    computed = {row.row_id: row for row in rank(rows, rule | {"closed_order": ["birth_date"] if closed else []})}
    shown = {row.formasi_id for row in rows}
    keep_places(computed, published, rule, kept)
    hidden = []
    for p, row in published.items():
        if p in computed:
            problems += _differences(row, computed[p], rule, {f"closed:{name}" for name in closed}, kept)
        elif "closed" not in row:
            problems.append(f"{p}: published with scores, but not in {SCORES}")
        elif row["f"] in shown and "rank" in row:
            problems.append(f"{p}: has a place among people whose scores are shown, but shows none")
        else:
            hidden.append(row)
    problems += compare_places(hidden, rule, meta, kept)
    by_order = sum(row.closed_order is not None for row in computed.values())
    print(
        f"{len(computed)} rows recomputed; {len(hidden)} rows show no scores; {by_order} places rest on closed values."
    )
    if redacted:
        print(f"{redacted} redacted rows: their place is kept, not recomputed.")
    return problems


def keep_places(computed: dict[str, Row], published: dict[str, dict], rule: dict, kept: Kept) -> None:
    """Move whoever stands below a redacted row down by that place, and judge rank against quota there."""
    formations: dict[str, list[Row]] = {}
    for p, mine in computed.items():
        if mine.rank is not None and type(published.get(p, {}).get("rank")) is int:
            formations.setdefault(mine.formasi_id, []).append(mine)
    for code, members in sorted(formations.items()):
        if kept.lay(code, [(mine.rank, published[mine.row_id]["rank"]) for mine in members]):
            places = None if rule["multiplier"] is None else rule["multiplier"] * members[0].quota
            for mine in members:
                mine.rank = published[mine.row_id]["rank"]
                mine.code = rule["codes"]["inside" if places is None or mine.rank <= places else "outside"]


def compare_places(rows: list[dict], rule: dict, meta: dict, kept: Kept) -> list[str]:
    """Where rows without scores contradict themselves: rank, quota and code must fit together (RULES.md section 6)."""
    problems, formations = [], {}
    for row in rows:
        if "rank" in row and row["code"] == NOT_CONTINUED:
            problems.append(f"{row['p']}: not continued, but has a place")
        elif "rank" in row:
            formations.setdefault(row["f"], []).append(row)
    for code, members in formations.items():
        quota = meta["formations"].get(code, {}).get("quota")
        if type(quota) is not int or any(type(row["rank"]) is not int for row in members):
            problems.append(f"{code}: a quota or a rank is no whole number")
            continue
        places = None if rule["multiplier"] is None else rule["multiplier"] * quota
        first: dict[int, int] = {}
        members = sorted(members, key=lambda one: one["rank"])
        for position, row in enumerate(members, start=1):
            first.setdefault(row["rank"], position)
        with_gaps = kept.lay(code, [(first[row["rank"]], row["rank"]) for row in members])
        for row in members:
            place = row["rank"] if with_gaps else first[row["rank"]]
            result = rule["codes"]["inside" if places is None or row["rank"] <= places else "outside"]
            if row["rank"] != place:
                problems.append(f"{row['p']}, rank: published {row['rank']}, recomputed {place}")
            if row["code"] != result:
                problems.append(f"{row['p']}, code: published {row['code']}, recomputed {result}")
    return problems


def _differences(row: dict, mine: Row, rule: dict, closed: set[str], kept: Kept) -> list[str]:
    by = str(row.get("by"))
    computed = {
        "code": mine.code,
        "rank": mine.rank,
        "total": plain(mine.total) or None,
        "final": plain(mine.final) or None,
        "closed_order": mine.closed_order,
        # Which closed criterion decided is closed too: any that the rule knows may stand there.
        "by": row.get("by") if mine.decided_by.startswith("closed:") and by in closed else mine.decided_by,
    }
    found = {name: value for name, value in computed.items() if row.get(name) != value}
    criteria = {"tier", "all_fit", "equal_on_limit", *rule["order"], *closed}
    if found and mine.rank is not None and by in criteria and kept.excuses(mine.formasi_id, found):
        return []
    return [f"{mine.row_id}, {name}: published {row.get(name)}, recomputed {value}" for name, value in found.items()]


def _rule(folder: Path, meta: dict) -> dict:
    """The rule by which the list was ranked. Raises Unreadable, BadPack."""
    name = meta.get("rule")
    if not isinstance(name, str | None):
        raise Unreadable(f"{DATA}: names no rule")
    rule = pack.stage_rule(pack.load(folder / RULES), name)
    if rule["kind"] != "rank":
        raise Unreadable(f"{DATA}: names a rule by which nothing is ranked")
    return rule


def _scores(folder: Path, rule: dict) -> list[dict]:
    """The published scores. Raises Unreadable when a column is missing."""
    records = _records(folder / SCORES)
    wanted = {"row_id", "formasi_id", "kebutuhan", "kuota", *(component["key"] for component in rule["components"])}
    if records and (missing := wanted - records[0].keys()):
        raise Unreadable(f"{SCORES}: the column {', '.join(sorted(missing))} is missing")
    return records


def _said_elsewhere(record: dict, rule: dict, meta: dict) -> tuple:
    """A row of the score file as the rows file must show it; the quota as the formation has it."""
    scores = [record[component["key"]] for component in rule["components"]]
    formation = meta["formations"].get(record["formasi_id"], {})
    known = (str(formation.get("quota")), formation.get("need")) == (record["kuota"], record["kebutuhan"])
    return record["formasi_id"] if known else None, record["kebutuhan"], scores


def _shown(row: dict | None) -> tuple | None:
    return row and (row["f"], row["g"], row.get("s"))


def _place_in_tie(row: dict | None) -> date | None:
    """The published order inside a tie, dressed as the one closed criterion: earlier is better."""
    place = row.get("closed_order") if row else None
    if type(place) is not int or not 1 <= place < 10_000_000 // 4:
        return None
    return date.min + timedelta(days=place)


def announced_files(folder: Path) -> list[str]:
    """The names in the manifest, each below the announcement. Raises Unreadable."""
    return sorted(_manifest(folder))


def _manifest(folder: Path) -> dict[str, str]:
    """File name → announced SHA-256 in hex."""
    return digests((folder / "manifest.json").read_bytes())


def digests(raw: bytes) -> dict[str, str]:
    """File name → announced SHA-256 in hex, as a manifest says. Raises Unreadable."""
    files = _object("manifest.json", raw).get("files")
    if not isinstance(files, dict):
        raise Unreadable("manifest.json: names no files")
    found = {}
    for name, entry in files.items():
        path = PurePosixPath(name)
        outside = path.is_absolute() or ".." in path.parts or not path.parts
        if outside or any(character in "\\:" or character < " " for character in name):
            raise Unreadable(f"manifest.json: {name!r} lies outside the announcement")
        if not isinstance(entry, dict) or not isinstance(entry.get("sha256"), str):
            raise Unreadable(f"manifest.json: {name} has no SHA-256")
        found[name] = entry["sha256"]
    return found


def _meta(folder: Path) -> dict:
    meta = _json(folder / DATA)
    formations = meta.get("formations")
    if not isinstance(formations, dict) or not all(isinstance(one, dict) for one in formations.values()):
        raise Unreadable(f"{DATA}: no formations")
    return meta


def _rows(folder: Path) -> dict[str, dict]:
    """The published rows by participant number, a redacted one by its hash, in the order of the file."""
    rows = {}
    for number, line in enumerate(_text(folder / ROWS).removesuffix("\n").split("\n"), start=1):
        if REDACTED.fullmatch(line):
            rows[f"\n{number}"] = {"redacted": line}  # a key that no participant number is
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("p", "f", "g", "code")):
            raise Unreadable(f"{ROWS}: row {number} is no result")
        if row["p"] in rows:
            raise Unreadable(f"{ROWS}: {row['p']} is there twice")
        rows[row["p"]] = row
    return rows


def _records(path: Path) -> list[dict]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise Unreadable(f"{path.name}: {error}") from None
    if any(None in record or None in record.values() for record in records):
        raise Unreadable(f"{path.name}: a row with not as many values as columns")
    return records


def _json(path: Path) -> dict:
    return _object(path.name, path.read_bytes())


def _object(name: str, raw: bytes) -> dict:
    try:
        found = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: {error}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{name}: not an object")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name}: not UTF-8 at byte {error.start}") from None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
