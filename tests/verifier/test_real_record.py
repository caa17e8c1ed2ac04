"""What the portal really publishes, looked at by the verifier, which shares no code with it."""

import pytest
from django.conf import settings

from ledger import log
from ledger.actions import recording
from selection.actions import announcement
from tests.ledger.parts import grow
from tests.selection.story import DUE, Stage
from verifier import cli

pytestmark = pytest.mark.usefixtures("own_database")


def verify(*more) -> int:
    return cli.main(["record", str(settings.PUBLIC_ROOT), *map(str, more)])


def test_a_record_that_grows_fits_at_every_size(tmp_path, capsys):
    seen = tmp_path / "seen"
    for count in (1, 254, 1, 3):
        grow(count)

        assert verify("--seen", seen) == 0, capsys.readouterr().out
    assert "It extends the 257 entries seen before." in capsys.readouterr().out


def test_the_facts_of_a_real_selection_fit(capsys):
    Stage(30).ready()
    announcement.announce_due(DUE)
    recording.record_waiting(DUE)

    assert verify() == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["tile/entries/000.p/5", "tile/0/000.p/5", "checkpoint"])
def test_one_changed_byte_anywhere_in_it_is_found(name):
    grow(4)
    file = log.folder() / name
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(raw)

    assert verify() == 1
