"""The command line: rank, check-pack, vectors, and the commands about the record."""

import argparse
import csv
import sys
from pathlib import Path

from verifier import pack, record_arguments
from verifier.ranking import BadRow, Row, parse, plain, rank

COLUMNS = ("row_id", "formasi_id", "total", "final", "rank", "code", "decided_by")


def main(arguments: list[str]) -> int:
    """Run one command; the exit code is 0 as it should be, 1 a difference, 2 unusable input, 3 only a promise."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a name may not fit into the terminal's alphabet
    parser = argparse.ArgumentParser(prog="verifier", description=__doc__)
    known = parser.add_subparsers(dest="command", required=True)
    ranking = known.add_parser("rank", help="rank a score file")
    ranking.add_argument("rules")
    ranking.add_argument("scores")
    ranking.add_argument("--stage")
    ranking.add_argument("--out")
    for name in ("check-pack", "vectors"):
        known.add_parser(name).add_argument("rules")
    record_arguments.add(known)
    options = parser.parse_args(arguments)
    try:
        match options.command:
            case "rank":
                return rank_file(options.rules, options.scores, options.stage, options.out)
            case "check-pack":
                pack.load(options.rules)
                print("The pack can be used.")
                return 0
            case "vectors":
                return run_vectors(options.rules)
            case _:
                from verifier import record_commands  # the network and the signatures, which ranking does not need

                return record_commands.run(options)
    except (pack.BadPack, BadRow, OSError) as error:
        print(error, file=sys.stderr)
    return 2


def read_rows(path: str, rule: dict) -> list:
    """The rows of the score file `path`; the row after the heading is row 2. Raises BadRow."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            heading = [name.strip(" ") for name in next(reader, ())]
            if twice := {name for name in heading if heading.count(name) > 1}:
                raise BadRow(f"{path}: the column {', '.join(sorted(twice))} is there twice")
            wanted = {"row_id", "formasi_id", "kebutuhan", "kuota", *(c["key"] for c in rule["components"])}
            if missing := wanted - set(heading):
                raise BadRow(f"{path}: the column {', '.join(sorted(missing))} is missing")
            # An empty row is skipped but counted, so that a message names the row the spreadsheet shows.
            return [_parsed(heading, row, rule, number) for number, row in enumerate(reader, start=2) if row]
    except UnicodeDecodeError as error:
        raise BadRow(f"{path}: not UTF-8 at byte {error.start}") from None
    except csv.Error as error:
        raise BadRow(f"{path}: not CSV: {error}") from None


def _parsed(heading: list[str], values: list[str], rule: dict, number: int) -> Row:
    if len(values) != len(heading):
        raise BadRow(f"row {number}: {len(values)} values, not as many values as columns ({len(heading)})")
    return parse(dict(zip(heading, values, strict=True)), rule, number)


def rank_file(rules: str, scores: str, stage: str | None, out: str | None) -> int:
    rule = pack.stage_rule(pack.load(rules), stage)
    if rule["kind"] != "rank":
        raise pack.BadPack("this stage is judged by people, not ranked")
    ranked = rank(read_rows(scores, rule), rule)
    if out and Path(out).exists() and any(Path(out).samefile(given) for given in (rules, scores)):
        raise BadRow(f"{out}: this is an input file; name another for the result")
    target = open(out, "w", newline="", encoding="utf-8") if out else sys.stdout  # noqa: SIM115
    try:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in ranked:
            numbers = (plain(row.total), plain(row.final), plain(row.rank))
            writer.writerow((row.row_id, row.formasi_id, *numbers, row.code, row.decided_by))
    finally:
        if out:
            target.close()
    return 0


def run_vectors(rules: str) -> int:
    """Run the pack's own vectors; says which row differs and how."""
    found = pack.load(rules)
    differences = vector_differences(found)
    for line in differences:
        print(line)
    print(f"{len(found.get('vectors', []))} vectors, {len(differences)} differences")
    return 1 if differences else 0


def vector_differences(found: dict) -> list[str]:
    """One line per expected field of the pack's vectors that comes out otherwise."""
    lines = []
    for number, vector in enumerate(found.get("vectors", []), start=1):
        rule = pack.stage_rule(found, vector["stage"])
        try:
            rows = [parse({k: str(v) for k, v in row.items()}, rule, i) for i, row in enumerate(vector["rows"], 1)]
            results = {row.row_id: row for row in rank(rows, rule)}
        except BadRow as error:
            raise pack.BadPack(f"vector {number}: {error}") from None
        for row_id, expected in vector["expect"].items():
            for name, value in expected.items():
                got = getattr(results[row_id], name)
                got = got if isinstance(got, str) else plain(got)
                if got != str(value):
                    lines.append(f"vector {number}, {row_id}, {name}: expected {value}, got {got}")
    return lines
