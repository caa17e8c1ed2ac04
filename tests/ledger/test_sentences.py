"""Every kind of fact has words: in the portal, in the verifier and in the browser, and they are the same."""

import re
from pathlib import Path
from string import Formatter

import pytest

from ledger import facts, sentences
from verifier import kinds

HEX = "ab" * 32
SAMPLES = {"count": 1234, "digest": HEX, "instant": "2026-11-02T01:00:00Z", "code": "kode-1", "words": "Alasan kami.", "vkey": "k"}  # fmt: skip
BROWSER = Path(__file__).parent.parent.parent / "static" / "js" / "verify" / "kinds.js"


def full(kind: str) -> dict:
    return {"type": kind, "body": {name: SAMPLES[shape.rstrip("?")] for name, shape in facts.KINDS[kind].items()}}


def test_every_kind_of_fact_has_words_and_no_other():
    assert sentences.TOLD.keys() == facts.KINDS.keys()


def test_verifier_and_browser_call_every_kind_as_the_portal_does():
    portal = {kind: sentences.name_of(kind) for kind in facts.KINDS}

    assert portal == kinds.NAMES
    assert dict(re.findall(r'^  "([^"]+)": "([^"]+)",$', BROWSER.read_text(), re.MULTILINE)) == portal
    assert len(set(portal.values())) == len(portal)


@pytest.mark.parametrize("kind", facts.KINDS)
def test_a_sentence_names_only_fields_of_its_kind_and_shows_no_code_of_a_kind_or_hash(kind):
    named = {name for _text, name, _spec, _conversion in Formatter().parse(str(sentences.TOLD[kind][1])) if name}
    sentence = sentences.told(full(kind))

    assert named <= facts.KINDS[kind].keys()
    assert kind not in sentence and HEX not in sentence and "{" not in sentence
    assert re.match("[A-Z0-9]", sentence) or sentence.startswith("kode-1"), sentence
    assert ("Alasan kami." in sentence) == ("reason" in facts.KINDS[kind])


def test_numbers_times_and_names_are_written_as_on_every_page():
    closed = full("exam.closed")
    moved = full("schedule.changed") | {"body": {"old": None, "new": "2026-11-02T01:00:00Z", "reason": "x"}}

    assert sentences.told(closed, {"kode-1": "Sesi pagi"}) == (
        "Ujian “Sesi pagi” selesai: 1.234 orang memberi 1.234 jawaban, yang sejak itu terkunci."
    )
    assert "dari – menjadi Senin, 2 November 2026 pukul 08.00 WIB" in sentences.told(moved)


def test_the_verifier_counts_kinds_in_words_and_what_it_does_not_know_together():
    assert kinds.counted(["exam.closed", "x.y", "exam.closed", "z"]) == "ujian selesai 2, jenis lain 2"
