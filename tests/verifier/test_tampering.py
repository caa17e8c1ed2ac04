"""The cases are found from public files alone; each twin, with its check off, shows that the case bites."""

from datetime import UTC, datetime

import pytest

from tests.verifier import synthetic
from tests.verifier.synthetic import Portal, b64, jcs, leaf, path, put
from tests.verifier.tampering import CASES, nothing
from verifier import announced, announcement, attested, audit, chronicle, cli, record

MODULES = {
    "announced": announced,
    "announcement": announcement,
    "attested": attested,
    "audit": audit,
    "chronicle": chronicle,
    "record": record,
}


@pytest.fixture
def portal(tmp_path):
    """An honest folder, an audit of its last list, and what a reader outside keeps: policy and a seen checkpoint."""
    portal, persons = synthetic.story(tmp_path / "public")
    portal.attest("2026-2", 2)
    put(portal.folder / "audit.json", jcs(audit_of(portal, persons[:-1])))
    put(tmp_path / "kept" / "policy", synthetic.POLICY.encode())
    put(tmp_path / "kept" / "seen", portal.publish(at=datetime.now(UTC)))
    return Portal.opened(portal.folder)


def audit_of(portal: Portal, persons, sample: int = 6) -> dict:
    """What an honest audit body publishes about the last list."""
    _index, body = portal.facts("announcement.frozen")[-1]
    in_order = sorted(persons, key=lambda one: one.p)
    opened = []
    for place in audit.drawn(bytes(32), len(in_order), sample):
        mine = in_order[place].commitment("submission", recruitment="cpns-2026")
        batch, leaves = next((n, found) for n, found in portal.batches.items() if mine in found)
        at = leaves.index(mine)
        hashes = [b64(one) for one in path(at, list(map(leaf, leaves)))]
        opened.append(
            {
                "p": in_order[place].p,
                "registered": True,
                "commitment": b64(mine),
                "batch": batch,
                "index": at,
                "path": hashes,
            }
        )
    about = {"number": body["number"], "version": body["version"]}
    return about | {"format": "jabatan-terbuka-audit-v1", "seed": bytes(32).hex(), "sample": sample, "opened": opened}


def verify(portal: Portal, asks: str) -> int:
    kept = portal.folder.parent / "kept"
    policy = ["--policy", str(kept / "policy")]
    if asks.endswith("record"):
        more = {"record": [], "seen record": ["--prev", str(kept / "seen")], "fresh record": ["--fresh", "60"]}
        return cli.main(["record", str(portal.folder), *policy, *more[asks]])
    place = portal.place(portal.facts("announcement.frozen")[-1][1])
    audited = ["--audit", str(portal.folder / "audit.json")] if asks == "audit" else []
    return cli.main(["announcement", str(place), *policy, *audited])


@pytest.mark.parametrize("asks", sorted({case.asks for case in CASES}))
def test_the_honest_folder_passes(portal, asks, capsys):
    assert verify(portal, asks) == 0, capsys.readouterr().out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_case_is_found(portal, case, capsys):
    case.falsify(portal)

    code = verify(portal, case.asks)

    out = capsys.readouterr().out
    assert code == 1, out
    assert case.words in out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_twin_without_the_check_lets_the_case_pass(portal, case, monkeypatch, capsys):
    for name in case.off:
        module, function = name.split(".")
        monkeypatch.setattr(MODULES[module], function, nothing)
    case.falsify(portal)

    assert verify(portal, case.asks) == 0, capsys.readouterr().out


def test_no_case_was_lost():
    assert len({case.name for case in CASES}) == 13
