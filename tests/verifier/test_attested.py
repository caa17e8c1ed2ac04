"""Documents that were signed outside the portal, held against the record by somebody outside."""

import pytest

from tests.verifier import synthetic
from tests.verifier.synthetic import story
from verifier import attested, chronicle, cli
from verifier.strict import NotVerified


@pytest.fixture
def portal(tmp_path):
    (tmp_path / "policy").write_text(synthetic.POLICY)
    portal, _persons = story(tmp_path / "public")
    portal.attest("2026-2", 2)
    portal.publish()
    return portal


@pytest.fixture
def verify(portal, tmp_path, capsys):
    def run(command, place, *more) -> tuple[int, str]:
        code = cli.main([command, str(place), "--policy", str(tmp_path / "policy"), *map(str, more)])
        return code, capsys.readouterr().out

    return run


def document(portal, serial=1):
    return portal.folder / "pengumuman" / "2026-2" / "resmi" / f"v{serial}.pdf"


def test_one_that_fits_is_named_and_its_certificate_is_not_judged(portal, verify):
    code, out = verify("record", portal.folder)

    assert code == 0, out
    assert "pengumuman/2026-2/resmi/v1.pdf is the signed document of entry 9; its certificate was not judged" in out


def test_one_that_is_not_there_is_said_aloud_and_is_no_fault(portal, verify):
    document(portal).unlink()

    code, out = verify("record", portal.folder)

    assert (code, "was not compared" in out) == (0, True)


def test_one_that_was_changed_is_found(portal, verify):
    document(portal).write_bytes(b"%PDF-1.7 lain")

    code, out = verify("record", portal.folder)

    assert (code, "not the signed document of entry 9" in out) == (1, True)


def test_a_single_file_is_found_in_the_record(portal, verify, tmp_path):
    portal.attest("2026-2", 2, 2, supersedes=1)
    portal.publish()
    copy = tmp_path / "surat.pdf"
    copy.write_bytes(document(portal).read_bytes())

    code, out = verify("announcement", copy, "--record", portal.folder)

    assert code == 0, out
    assert "This is signed document 1 of the announcement number 2026-2, version 2" in out
    assert "Document 2 supersedes this one" in out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("2026-2", 3, 2), "for a list that is not in the record before it"),
        (("2026-2", 1, 3), "document 3 where document 2 was due"),
        (("2026-2", 2, 2), "does not point to the one it supersedes"),
    ],
)
def test_what_cannot_be_is_named(portal, verify, given, words):
    portal.attest(*given)
    portal.publish()

    code, out = verify("record", portal.folder)

    assert (code, words in out) == (1, True), out


def test_one_for_another_version_supersedes_nothing(portal, verify):
    portal.attest("2026-2", 1, 2)
    portal.publish()

    code, out = verify("record", portal.folder)

    assert code == 0, out


def test_a_number_that_is_no_address_is_not_followed(portal):
    fact = chronicle.Fact(1, "announcement.attested", portal.at, {"number": "../../etc", "serial": 1})

    with pytest.raises(NotVerified, match="cannot be an address"):
        attested.address(fact)
