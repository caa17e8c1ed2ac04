"""The vectors of all packs as one list per rule, so that any engine can be held against them in few calls."""

from tests.verifier.cohorts import PACKS, STRANGER

FIELDS = ("formasi_id", "total", "final", "rank", "code", "decided_by", "closed_order")


def worked_out() -> list[tuple[str, dict, list[dict], dict]]:
    """(name, rule, records, expected fields by row) of every rule; ids carry the number of their vector."""
    found = []
    for body in (*PACKS.values(), STRANGER):
        for stage, rule in body["stages"].items():
            if rule["kind"] != "rank":
                continue
            records, expected = [], {}
            for number, vector in enumerate(body["vectors"]):
                if vector["stage"] != stage:
                    continue
                for row in vector["rows"]:
                    ids = {"row_id": f"{number}:{row['row_id']}", "formasi_id": f"{number}:{row['formasi_id']}"}
                    records.append({key: str(value) for key, value in row.items()} | ids)
                expected |= {f"{number}:{row_id}": fields for row_id, fields in vector["expect"].items()}
            found.append((f"{body['name']} {stage}", rule, records, expected))
    return found


def differences(results: list[dict[str, tuple]]) -> list[str]:
    """Where `results` (per rule: row → texts in the order of FIELDS) are not what was worked out by hand."""
    lines = []
    for (name, _rule, _records, expected), found in zip(worked_out(), results, strict=True):
        for row_id, fields in expected.items():
            got = dict(zip(FIELDS, found[row_id], strict=True))
            lines += [
                f"{name}, {row_id}, {field}: expected {value}, got {got[field]}"
                for field, value in fields.items()
                if got[field] != str(value)
            ]
    return lines
