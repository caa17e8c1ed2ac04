import json
from datetime import timedelta

import pytest

from tests.verifier import synthetic
from tests.verifier.synthetic import jcs, story
from verifier import cli, policy, receipt, record
from verifier.report import PROMISED, Report
from verifier.strict import NotVerified

FIRST_BATCH, FIRST_LIST, CORRECTION = 2, 5, 8


@pytest.fixture
def told(tmp_path):
    return story(tmp_path / "public")


@pytest.fixture
def check(tmp_path, capsys):
    (tmp_path / "policy").write_text(synthetic.POLICY)

    def run(found: dict, *more) -> tuple[int, str]:
        (tmp_path / "receipt.json").write_bytes(jcs(found))
        code = cli.main(["receipt", str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy"), *more])
        return code, capsys.readouterr().out

    return run


def test_a_receipt_of_an_application_fits(told, check):
    portal, persons = told

    code, out = check(portal.submission(persons[3], FIRST_BATCH))

    assert code == 0, out
    assert "The receipt is about Peserta 3, TEST-000003." in out
    assert "one of 12 in the batch of 2026-03-02" in out
    assert "Witness univ cosigned" in out


def test_a_receipt_of_a_result_fits(told, check):
    portal, persons = told

    code, out = check(portal.result(persons[3], CORRECTION), "--me", "nid=TEST-000003")

    assert code == 0, out
    assert "Announcement 2026-2, version 2, list of 23." in out
    assert f"Participant {persons[3].p}: result" in out


def test_every_applicant_can_be_given_both(told, check):
    portal, persons = told
    for person in persons:
        batch = next(
            index
            for index, leaves in portal.batches.items()
            if person.commitment("submission", recruitment="cpns-2026") in leaves
        )
        assert check(portal.submission(person, batch))[0] == 0
        assert check(portal.result(person, FIRST_LIST))[0] == 0


def test_somebody_else_is_not_me(told, check):
    portal, persons = told

    code, out = check(portal.result(persons[3], CORRECTION), "--me", "nid=TEST-000004")

    assert code == 1
    assert "about someone else: nid is 'TEST-000003'" in out


def changed(found: dict, name: str, change) -> dict:
    return found | {name: change(found[name])}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("opening", lambda old: old | {"name": "Orang Lain"}, "do not give the commitment"),
        ("opening", lambda old: {k: v for k, v in old.items() if k != "nid"}, "do not give the commitment"),
        ("opening", lambda old: old | {"kind": "submission"}, "of a submission, a score or a result"),
        ("opening", lambda old: old | {"x": 1.5}, "numbers in the record are whole"),
        ("opening", lambda old: "x", "of a submission, a score or a result"),
        ("salt", lambda old: "0" * 64, "do not give the commitment"),
        ("salt", lambda old: old.upper(), "64 hex digits"),
        ("salt", lambda old: 5, "64 hex digits"),
        ("commitment", lambda old: old[:-2] + "B=", "not base64"),
        ("row", lambda old: old.replace('"code":"', '"code":"x'), "does not lead to the root"),
        ("row", lambda old: old.replace('"p":"', '"p":"x'), "different participant numbers"),
        ("row", lambda old: old.replace(",", ", ", 1), "spelt otherwise"),
        ("row", lambda old: None, "has no row"),
        ("index", lambda old: old + 1, "proof of inclusion"),
        ("index", lambda old: "0", "where the leaf stands"),
        ("path", lambda old: old[:-1], "too short"),
        ("path", lambda old: [*old, old[0]], "too long"),
        ("path", lambda old: old * 40, "where the leaf stands"),
        ("path", lambda old: [5], "list of hashes"),
        ("entry", lambda old: old.replace('"rows":23', '"rows":24'), "does not lead to the root"),
        ("proof", lambda old: old.replace("index 8", "index 7"), "proof of inclusion"),
        ("proof", lambda old: old.rsplit("\u2014", 2)[0], "not enough witnesses"),
        ("proof", lambda old: old.replace("portal.example/log\n9", "portal.example/log\n8"), "does not belong to this text"),
        ("proof", lambda old: "", "a proof begins with"),
        ("format", lambda old: "v2", "no receipt of the format"),
        ("kind", lambda old: "gift", "of a submission, a score or a result"),
    ],
)  # fmt: skip
def test_a_changed_receipt_proves_nothing_and_says_why(told, check, name, change, words):
    portal, persons = told

    code, out = check(changed(portal.result(persons[3], CORRECTION), name, change))

    assert code == 1
    assert words in out
    assert "Tidak cocok" in out


def test_one_row_cannot_be_shown_to_two_people(told, check):
    portal, persons = told
    mine, other = portal.result(persons[3], CORRECTION), portal.result(persons[4], CORRECTION)

    clash = other | {key: mine[key] for key in ("row", "index", "path")}

    assert "another commitment" in check(clash)[1]


def test_the_twin_without_the_identity_inside_shows_one_row_to_two(told, check, monkeypatch):
    portal, persons = told
    monkeypatch.setattr(
        synthetic.Person, "opening", lambda self, kind, **more: {"v": 1, "kind": kind, "p": persons[3].p, **more}
    )
    monkeypatch.setattr(synthetic.Person, "salt", lambda self, kind: bytes(32))
    portal.announce("2026-2", 3, "skd", persons[:-1], supersedes=2)
    portal.publish()
    found = portal.result(persons[3], 9)

    assert "could be shown to several" in check(found)[1]
    monkeypatch.setattr(receipt, "compare_identity", lambda *_: None)
    assert check(found)[0] == 0


def test_a_row_is_not_taken_for_an_application_nor_an_entry_of_another_kind(told, check):
    portal, persons = told
    result, submission = portal.result(persons[3], CORRECTION), portal.submission(persons[3], FIRST_BATCH)

    assert "no batch of applications" in check(submission | {key: result[key] for key in ("entry", "proof")})[1]
    assert "no announcement" in check(result | {key: submission[key] for key in ("entry", "proof")})[1]


def test_a_receipt_of_another_announcement_is_named(told, check):
    portal, persons = told
    found, other = portal.result(persons[3], CORRECTION), portal.result(persons[3], FIRST_LIST)

    assert check(found | {key: other[key] for key in ("entry", "proof")})[0] == 1


def test_a_promise_says_that_it_is_one_and_ends_neither_well_nor_badly(told):
    portal, persons = told
    found, due = portal.promise(persons[3], portal.at + timedelta(hours=1)), portal.at + timedelta(hours=1)

    report = Report()
    code = receipt.check(jcs(found), policy.read(synthetic.POLICY.encode()), report, me={}, now=due)

    assert code == PROMISED == 3
    assert report.problems == []


def test_a_promise_past_its_time_is_evidence(told, capsys):
    portal, persons = told
    found, due = portal.promise(persons[3], portal.at + timedelta(hours=1)), portal.at + timedelta(hours=1)

    late = due + timedelta(seconds=1)
    code = receipt.check(jcs(found), policy.read(synthetic.POLICY.encode()), Report(), me={}, now=late)

    assert code == 1
    assert "proves a broken promise" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("promise", lambda old: old.replace("T10:", "T11:", 1), "does not belong to this text"),
        ("promise", lambda old: old.replace("portal.example/log/promise\n", "portal.example/log\n", 1), "no key for promises"),
        ("promise", lambda old: old.partition("\u2014")[0] + "\u2014 x AAAAAAAA\n", "is not signed by the portal"),
        ("checkpoint", lambda old: old.replace("\n9\n", "\n8\n"), "does not belong to this text"),
        ("checkpoint", lambda old: None, "has no checkpoint"),
        ("commitment", lambda old: "A" * 43 + "=", "do not give the commitment"),
    ],
)  # fmt: skip
def test_a_changed_promise_proves_nothing(told, check, name, change, words):
    portal, persons = told

    code, out = check(changed(portal.promise(persons[3], portal.at + timedelta(hours=1)), name, change))

    assert code == 1
    assert words in out


def test_a_promise_to_another_is_not_mine(told, check):
    portal, persons = told
    found, other = (portal.promise(one, portal.at + timedelta(hours=1)) for one in persons[3:5])

    assert "about another application" in check(found | {"promise": other["promise"]})[1]


def test_the_key_for_promises_cannot_sign_the_record(told, check):
    portal, persons = told
    found = portal.result(persons[3], CORRECTION)
    text = found["proof"].partition("\n\n")[2].partition("\n\n")[0] + "\n"

    head = found["proof"].partition("\n\n")[0]
    forged = f"{head}\n\n{text}\n{synthetic.PROMISES.line(text)}"

    assert "no log of the policy signed" in check(found | {"proof": forged})[1]


def test_what_a_receipt_says_is_what_the_record_holds(told):
    portal, persons = told
    found = portal.result(persons[3], CORRECTION)
    read = record.check(str(portal.folder), synthetic.POLICY.encode(), [], Report())

    assert synthetic.leaf(found["entry"].encode()) == read.leaves[CORRECTION]
    assert json.loads(found["row"])["p"] == persons[3].p


def test_a_receipt_beyond_measure_is_refused(told):
    with pytest.raises(NotVerified):
        receipt.check(b"[" * 100_000, policy.read(synthetic.POLICY.encode()), Report(), me={}, now=told[0].at)
