"""The table of signatures, notes, proofs and policies that the browser's verifier is held against too."""

import json
from pathlib import Path

import pytest

from verifier import ed25519, notes, policy, proofs
from verifier.strict import NotVerified

DATA = Path(__file__).parents[1] / "data"
VECTORS = json.loads((DATA / "tlog_vectors.json").read_bytes())
SIGNATURES = json.loads((DATA / "signature_vectors.json").read_bytes())


def judged(work) -> bool:
    try:
        return bool(work())
    except NotVerified:
        return False


@pytest.mark.parametrize("fast", [True, False], ids=["cryptography", "own code"])
def test_signatures(fast):
    for one in SIGNATURES["ed25519"]:
        public, message, signature = (bytes.fromhex(one[f"{name}_hex"]) for name in ("public", "message", "signature"))
        assert ed25519.verify(public, message, signature, fast=fast) == one["valid"], one["why"]


def test_notes_proofs_and_policies():
    believed = policy.read(VECTORS["policy_text"].encode())
    for one in SIGNATURES["notes"]:
        found = judged(lambda one=one: policy.vouched(believed, notes.note(one["text"].encode())).quorum)
        assert found == one["valid"], one["why"]
    for one in SIGNATURES["proofs"]:
        found = judged(
            lambda one=one: proofs.verify(proofs.read(one["text"].encode()), one["entry"].encode(), believed)
        )
        assert found == one["valid"], one["why"]
    for one in SIGNATURES["policies"]:
        assert judged(lambda one=one: policy.read(one["text"].encode())) == one["valid"], one["why"]
