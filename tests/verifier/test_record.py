import json
from datetime import timedelta

import pytest

from tests.verifier import synthetic
from tests.verifier.synthetic import Portal, put, story
from verifier import cli, record
from verifier.report import Report


@pytest.fixture
def portal(tmp_path):
    return story(tmp_path)[0]


def run(*arguments) -> int:
    return cli.main([str(one) for one in arguments])


@pytest.fixture
def believed(tmp_path):
    path = tmp_path / "policy.txt"
    path.write_text(synthetic.POLICY)
    return path


def test_an_honest_record_fits(portal, believed, capsys):
    code = run("record", portal.folder, "--policy", believed)

    out = capsys.readouterr().out
    assert code == 0, out
    assert f"All {len(portal.entries)} entries were recomputed" in out
    assert "Witness univ cosigned at 2026-03-02" in out
    assert "Cocok: semua yang diperiksa sesuai." in out


@pytest.fixture
def grown(portal):
    """Three entries more, which only one witness cosigned so far; the checkpoint before has the quorum."""
    put(portal.log / "checkpoint.quorum", portal.note())
    for number in range(3):
        portal.add("note", number=number)
    portal.publish(witnesses=("univ",))
    return portal


def test_while_the_newest_waits_for_witnesses_the_one_before_it_is_checked(grown, believed, capsys):
    code = run("record", grown.folder, "--policy", believed)

    out = capsys.readouterr().out
    assert code == 0, out
    assert "The newest 3 entries wait for their witnesses and prove nothing yet" in out
    assert f"All {len(grown.entries) - 3} entries were recomputed" in out


def test_the_twin_without_a_checkpoint_of_the_quorum_does_not_fit(grown, believed, capsys):
    (grown.log / "checkpoint.quorum").unlink()

    assert run("record", grown.folder, "--policy", believed) == 1
    assert "Not enough witnesses" in capsys.readouterr().out


def test_whoever_has_seen_more_is_not_told_that_the_record_shrank(grown, believed, tmp_path, capsys):
    (tmp_path / "seen").write_bytes(grown.note(witnesses=("univ",)))

    code = run("record", grown.folder, "--policy", believed, "--prev", tmp_path / "seen")

    out = capsys.readouterr().out
    assert (code, "Not enough witnesses" in out, "shrunk" in out) == (1, True, False)


def test_a_checkpoint_smaller_than_the_quorum_saw_is_named(grown, believed, capsys):
    put(grown.log / "checkpoint", grown.note(2, witnesses=("univ",)))

    assert run("record", grown.folder, "--policy", believed) == 1
    assert "smaller than one that enough witnesses cosigned" in capsys.readouterr().out


def test_a_checkpoint_of_the_quorum_that_strangers_cosigned_counts_for_nothing(grown, believed):
    put(grown.log / "checkpoint.quorum", grown.note(witnesses=("univ",)))

    assert run("record", grown.folder, "--policy", believed) == 1


def test_the_folder_of_the_record_itself_may_be_named(portal, believed):
    assert run("record", portal.log, "--policy", believed) == 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
def test_records_of_many_sizes_fit_and_extend_each_other(tmp_path, believed, size):
    portal = Portal(tmp_path)
    for number in range(size):
        portal.add("note", number=number)
    earlier = [max(size // 2, 1), size]
    portal.publish()
    files = []
    for old in earlier:
        files += ["--prev", tmp_path / f"old-{old}"]
        (tmp_path / f"old-{old}").write_bytes(portal.note(old))

    assert run("record", portal.folder, "--policy", believed, *files) == 0


def test_a_record_of_65_537_entries_has_three_levels_and_fits(tmp_path, believed, capsys):
    portal = Portal(tmp_path)
    portal.entries = [synthetic.entry("note", synthetic.START, {"n": n}) for n in range(65537)]
    portal.publish()

    assert run("record", portal.folder, "--policy", believed) == 0
    (portal.log / "tile" / "2" / "000.p" / "1").write_bytes(bytes(32))
    assert run("record", portal.folder, "--policy", believed) == 1
    assert "tile/2/000.p/1" in capsys.readouterr().out


def test_an_empty_record_fits(tmp_path, believed):
    portal = Portal(tmp_path)
    portal.publish()

    assert run("record", portal.folder, "--policy", believed) == 0


def test_a_partial_tile_may_be_gone_once_the_full_one_exists(tmp_path, believed):
    portal = Portal(tmp_path)
    for number in range(300):
        portal.add("note", number=number)
    early = portal.note(200)
    portal.publish()
    (portal.log / "checkpoint").write_bytes(early)

    assert run("record", portal.folder, "--policy", believed) == 0


def test_without_a_policy_the_record_speaks_for_itself_and_that_is_said(portal, capsys):
    assert run("record", portal.folder) == 0
    assert "taken from the record itself" in capsys.readouterr().out
    (portal.log / "policy").unlink()
    assert run("record", portal.folder) == 1


def test_too_few_witnesses_do_not_fit(portal, believed, capsys):
    portal.publish(witnesses=("ngo",))

    assert run("record", portal.folder, "--policy", believed) == 1
    assert "Not enough witnesses cosigned: 1 of 3" in capsys.readouterr().out


def test_a_policy_without_witnesses_says_that_nobody_outside_vouches(portal, tmp_path, capsys):
    path = tmp_path / "none"
    path.write_text(f"log {synthetic.LOG.vkey}\nquorum none\n")

    assert run("record", portal.folder, "--policy", path) == 0
    assert "nobody outside vouches" in capsys.readouterr().out


def test_what_was_seen_is_remembered_only_when_everything_fits(portal, believed, tmp_path):
    seen = tmp_path / "seen"
    first = portal.note()
    assert run("record", portal.folder, "--policy", believed, "--seen", seen) == 0
    assert seen.read_bytes() == first

    portal.add("note")
    portal.publish(witnesses=())
    assert run("record", portal.folder, "--policy", believed, "--seen", seen) == 1
    assert seen.read_bytes() == first

    second = portal.publish()
    assert run("record", portal.folder, "--policy", believed, "--seen", seen) == 0
    assert seen.read_bytes() == second


def test_an_earlier_checkpoint_of_another_key_or_record_does_not_fit(portal, believed, tmp_path, capsys):
    (tmp_path / "odd").write_bytes(portal.note().replace(b"portal.example/log\n", b"other.example/log\n"))

    assert run("record", portal.folder, "--policy", believed, "--prev", tmp_path / "odd") == 1
    assert "An earlier checkpoint cannot be used" in capsys.readouterr().out


def test_an_old_cosignature_is_stale_where_freshness_is_asked(portal, tmp_path, capsys):
    ages = {timedelta(minutes=59): 0, timedelta(minutes=61): 1}
    for age, problems in ages.items():
        report = Report()
        record.check(
            str(portal.folder),
            synthetic.POLICY.encode(),
            [],
            report,
            fresh=timedelta(hours=1),
            now=portal.at.replace(microsecond=0) + age,
        )
        assert len(report.problems) == problems, capsys.readouterr().out
    assert run("record", portal.folder, "--fresh", "60") == 1  # the story is of the past


def spelt(**changes) -> bytes:
    said = json.loads(synthetic.entry("note", synthetic.START, {})) | changes
    return synthetic.jcs({key: value for key, value in said.items() if value is not None})


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (b"no json", "no canonical JSON"),
        (spelt().replace(b":", b": ", 1), "spelt otherwise"),
        (spelt(n=1.5), "numbers in the record are whole"),
        (spelt(at="yesterday"), "no time as the record writes it"),
        (spelt(at="2026-13-01T00:00:00Z"), "no time"),
        (spelt(type=None), "one object with v, type"),
        (spelt(extra=1), "one object with v, type"),
        (spelt(v=2), "of a version"),
        (spelt(v=True), "of a version"),
        (spelt(late="no"), "names its type and its body"),
        (b"[]", "one object"),
        (spelt(body={"to": {"leaf": "AA==", "n": 0}}), "bytes instead of 32"),
        (spelt(body={"to": {"leaf": "0" * 64, "n": 0}}), "entry 0 with other content"),
        (spelt(body={"to": {"leaf": "0" * 64, "n": 99}}), "not stand before it"),
        (spelt(body={"to": {"leaf": "0" * 64, "n": True}}), "not stand before it"),
        (spelt(body={"name": "Ay\u0308u"}), "normal form"),
        (spelt(body={"name": "\u202ex"}), "forbidden character"),
        (spelt(body={"Name": 1}), "not written in a-z"),
    ],
)
def test_an_entry_that_is_no_canonical_fact_is_named(portal, believed, entry, words, capsys):
    portal.entries.append(entry)
    portal.publish(at=portal.at)

    assert run("record", portal.folder, "--policy", believed) == 1
    out = capsys.readouterr().out
    assert f"Entry {len(portal.entries) - 1}: " in out
    assert words in out


def test_a_true_pointer_is_understood(portal, believed):
    pointer = {"n": 1, "leaf": synthetic.b64(portal.leaves[1])}
    portal.add("note", about=[pointer, pointer | {"leaf": portal.leaves[1].hex()}])
    portal.publish()

    assert run("record", portal.folder, "--policy", believed) == 0


def test_a_fact_older_than_a_checkpoint_seen_before_it_came_must_be_marked_late(portal, believed, tmp_path, capsys):
    (tmp_path / "seen").write_bytes(portal.note())
    portal.add("note", synthetic.START)
    portal.publish()
    assert run("record", portal.folder, "--policy", believed, "--prev", tmp_path / "seen") == 1
    assert "but it entered after" in capsys.readouterr().out

    said = json.loads(portal.entries.pop()) | {"late": True}
    portal.entries.append(synthetic.jcs(said))
    portal.publish()
    assert run("record", portal.folder, "--policy", believed, "--prev", tmp_path / "seen") == 0


@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/000.p/9", "tile/entries/000.p/9"], ids=["checkpoint", "tile", "bundle"]
)
def test_a_missing_or_cut_file_is_named(portal, believed, name, capsys):
    whole = (portal.log / name).read_bytes()
    for content in (whole[:-1], b"", None):
        (portal.log / name).unlink() if content is None else (portal.log / name).write_bytes(content)
        assert run("record", portal.folder, "--policy", believed) == 1
        assert "Not verified: " in capsys.readouterr().out


def test_facts_that_cannot_both_be_true_are_named(portal, believed, capsys):
    portal.add("announcement.frozen", **json.loads(portal.entries[5])["body"] | {"version": 3, "supersedes": 1})
    portal.add("rulepack.bound", recruitment="cpns-2026", digest="1" * 64)
    portal.publish()

    assert run("record", portal.folder, "--policy", believed) == 1
    out = capsys.readouterr().out
    assert "version 3 where version 2 was due" in out
    assert "other rules for cpns-2026 after its first scores" in out
