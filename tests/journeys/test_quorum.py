"""A portal that waits for its witness goes on to be checkable: by the newest checkpoint that the witness cosigned."""

import json
import re
from base64 import b64decode, b64encode
from functools import partial

import pytest
from playwright.sync_api import Route

from ledger import log
from ledger.actions import witnessing
from selection import receipts
from selection.actions import announcement
from tests.journeys.test_verification import ask, choose, said, text, without
from tests.ledger.outsiders import witness
from tests.ledger.parts import grow
from tests.parts import NOON
from tests.selection.story import DUE, Stage

NUMBER = "2026-1"


@pytest.fixture
def univ(own_database, settings, tmp_path):
    """A real witness, the only one that the portal asks."""
    with witness(tmp_path / "univ", "univ.example/w1") as found:
        settings.WITNESSES, settings.WITNESS_QUORUM, settings.LOG_POLICY = [found.line], "1", ""
        yield found


@pytest.fixture
def held(univ):
    """(rows file, receipt) of an announcement that the witness vouched for; the record has grown since, without it."""
    story = Stage(12).ready()
    announcement.announce_due(DUE)
    [thread.join(20) for thread in witnessing.ask(NOON)]
    announcement.repair(DUE)
    receipt = receipts.of_result(story.people[0], story.stage.announcements.get())
    grow(3)
    assert (log.folder() / "checkpoint").read_bytes().count("— ".encode()) == 1
    assert (log.folder() / "checkpoint.quorum").read_bytes().count("— ".encode()) == 2
    return (announcement.public_folder(NUMBER, 1) / "rows.jsonl").read_bytes(), text(receipt)


def forged(note: str) -> str:
    """`note` with the last bit of its last signature turned."""
    rest, last = note.rstrip("\n").rsplit(" ", 1)
    raw = b64decode(last)
    return f"{rest} {b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()}\n"


def test_a_list_a_receipt_and_a_number_fit_while_the_newest_checkpoint_waits_for_its_witness(held, browse):
    rows, receipt = held
    page = browse()
    page.goto("/verifikasi/")

    assert choose(page, rows, "rows.jsonl") == choose(page, receipt) == "Cocok"
    assert ask(page, NUMBER) == "Tercatat"

    better = re.sub(rb'"final":"\d+', b'"final":"999', rows, count=1)
    assert better != rows
    page.get_by_label("Atau tulis nomor pengumuman").fill(NUMBER)
    assert choose(page, better, "rows.jsonl") == "Tidak cocok"


def test_what_no_witness_vouched_for_is_never_said_to_fit(held, browse):
    rows, _receipt = held
    quorum = (log.folder() / "checkpoint.quorum").read_text()
    page = browse()
    page.goto("/verifikasi/")
    page.get_by_label("Atau tulis nomor pengumuman").fill("")

    page.route("**/log/checkpoint.quorum", lambda route: route.fulfill(status=404))
    assert choose(page, rows, "rows.jsonl") == "Belum dapat diperiksa"
    assert "masih menunggu cukup saksi" in said(page)

    for wrong in (forged(quorum), (log.folder() / "checkpoint").read_text()):
        page.unroute("**/log/checkpoint.quorum")
        page.route("**/log/checkpoint.quorum", partial(Route.fulfill, body=wrong))
        assert choose(page, rows, "rows.jsonl") == "Tidak cocok"
    assert "Saksi yang ikut menandatangani catatan publik belum cukup" in said(page)


def test_the_proof_itself_needs_the_witness(held, browse):
    """The twin without the question for the quorum believes a proof that the portal alone signed."""
    rows, _receipt = held
    place = announcement.public_folder(NUMBER, 1).parent / "v1.proof.json"
    proof = json.loads(place.read_text())
    lines = proof["proof"].splitlines(keepends=True)
    proof["proof"] = "".join(line for line in lines if "univ.example" not in line)
    assert len(proof["proof"].splitlines()) == len(lines) - 1

    def without_witness(page):
        page.route("**/v1.proof.json", lambda route: route.fulfill(body=json.dumps(proof)))

    page = browse()
    without_witness(page)
    page.goto("/verifikasi/")
    assert choose(page, rows, "rows.jsonl") == "Tidak cocok"

    twin = browse()
    without_witness(twin)
    without("policy.js", "if (!found.quorum) throw", "if (false) throw")(twin)
    twin.goto("/verifikasi/")
    assert choose(twin, rows, "rows.jsonl") == "Cocok"
