"""The pointer page of an announcement says whether outsiders vouch for it; nothing under a version changes."""

import time
from datetime import timedelta

import pytest

from ledger import log
from ledger.actions import witnessing
from ledger.models import Cosignature
from selection.actions import announcement, keeping
from tests.ledger.outsiders import stall, stranger
from tests.ledger.parts import grow
from tests.ledger.test_witnessing import KEY, vkeys
from tests.parts import NOON
from tests.selection.story import DUE, Stage

pytestmark = pytest.mark.usefixtures("own_database")


def pointer() -> str:
    return " ".join((announcement.public_folder("2026-1", 1).parent / "index.html").read_text().split())


def version() -> dict:
    place = announcement.public_folder("2026-1", 1)
    return {str(one): one.read_bytes() for one in place.rglob("*") if one.is_file()}


def vouch(vkey: str) -> None:
    Cosignature.objects.create(
        checkpoint=log.signed(), cosigner="+".join(vkey.split("+")[:2]), line="— x y\n", signed_at=NOON
    )


def test_it_is_public_then_waits_then_is_effective(settings):
    keys = vkeys(2)
    settings.WITNESSES, settings.WITNESS_QUORUM = [f"{key} https://w.example" for key in keys], "2"
    Stage(12).ready()
    announcement.announce_due(DUE)
    before = version()
    assert "menunggu saksi: 0 dari 2" in pointer()

    vouch(keys[0])
    announcement.repair(DUE)
    assert "menunggu saksi: 1 dari 2" in pointer()
    vouch(keys[1])
    announcement.repair(DUE)

    assert "Berlaku (disaksikan 2 pihak luar, diperlukan 2)" in pointer()
    assert version() == before


def test_the_proof_is_written_once_when_the_quorum_cosigned_and_later_growth_does_not_hide_it(settings):
    keys = vkeys(2)
    settings.WITNESSES, settings.WITNESS_QUORUM = [f"{key} https://w.example" for key in keys], "2"
    Stage(12).ready()
    announcement.announce_due(DUE)
    proof = announcement.public_folder("2026-1", 1).parent / "v1.proof.json"
    assert not proof.exists()
    vouch(keys[0])
    vouch(keys[1])
    cosigned = log.signed()
    grow(3)  # nobody vouches for what came since

    announcement.repair(DUE)

    assert f"\\n{cosigned.size}\\n" in proof.read_text()
    assert proof.read_text().count("— x y") == len(keys)
    assert log.signed().size > cosigned.size
    assert (log.folder() / "checkpoint").read_bytes() == log.note_of(log.signed())
    assert (log.folder() / "checkpoint.quorum").read_bytes() == log.note_of(cosigned)


def test_without_witnesses_it_is_public_and_says_so():
    Stage(12).ready()
    announcement.announce_due(DUE)

    assert "Publik." in pointer() and "0 saksi" in pointer()


def test_a_pointer_that_says_what_is_known_is_not_written_again():
    Stage(12).ready()
    announcement.announce_due(DUE)
    page = announcement.public_folder("2026-1", 1).parent / "index.html"
    before = page.stat().st_ino

    announcement.repair(DUE + timedelta(minutes=1))

    assert page.stat().st_ino == before


def test_a_witness_that_stalls_does_not_hold_up_an_announcement(settings):
    with stranger(str(KEY), stall) as silent:
        settings.WITNESSES = [silent.line]
        story = Stage(12).ready()
        keeping.keep(DUE - timedelta(hours=1))  # the record begins, the witness is asked and says nothing
        while not silent.asked:
            time.sleep(0.05)

        started = time.monotonic()
        keeping.keep(DUE)

        assert time.monotonic() - started < witnessing.SECONDS
        assert story.stage.announcements.public().exists()
        assert "menunggu saksi: 0 dari 1" in pointer()
