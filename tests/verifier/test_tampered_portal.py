"""The cases, done to what the real portal published: found from its public files alone, and each one bites."""

import shutil

import pytest

from tests.verifier import city
from tests.verifier.tampering import CASES, nothing
from tests.verifier.test_tampering import MODULES, verify


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where the city is kept once it is built."""
    return tmp_path_factory.mktemp("city")


@pytest.fixture
def portal(made, request, tmp_path):
    """A copy of the public folder of a city that was built once."""
    if not (made / "kept").exists():
        request.getfixturevalue("own_database")
        settings = request.getfixturevalue("settings")
        settings.WITNESSES, settings.WITNESS_QUORUM, settings.LOG_POLICY = [], "", ""
        city.build(made)
    # Published files are read-only; whoever holds the server writes them all the same.
    shutil.copytree(made, tmp_path / "copy", copy_function=shutil.copyfile)
    return city.opened(tmp_path / "copy")


@pytest.mark.parametrize("asks", sorted({case.asks for case in CASES}))
def test_what_the_portal_published_passes(portal, asks, capsys):
    code = verify(portal, asks)

    assert code == 0, capsys.readouterr().out


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

    code = verify(portal, case.asks)

    assert code == 0, capsys.readouterr().out
