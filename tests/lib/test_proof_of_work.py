"""A proof of work proves what was asked, in time, for its own form, and nothing else does."""

import base64
import hashlib
import json
import re
from datetime import timedelta

import pytest

from lib import proof_of_work
from tests.lib.solving import number_of, payload
from tests.parts import NOON


def task(purpose="event", at=NOON) -> dict:
    return proof_of_work.challenge(purpose, work=200, at=at)


def test_who_found_the_number_proved_it():
    asked = task()

    found = proof_of_work.solved(payload(asked), "event", at=NOON + timedelta(minutes=119))

    assert found.challenge == asked["challenge"]
    assert found.expires_at == NOON + timedelta(seconds=proof_of_work.GOOD_FOR)
    assert task()["challenge"] != asked["challenge"]


def test_too_late_is_no_proof():
    asked = task()

    assert proof_of_work.solved(payload(asked), "event", at=NOON + timedelta(seconds=proof_of_work.GOOD_FOR)) is None


def test_the_task_of_another_form_is_no_proof():
    assert proof_of_work.solved(payload(task("alert")), "event", at=NOON) is None


def test_a_wrong_number_is_no_proof():
    asked = task()

    assert proof_of_work.solved(payload(asked, number=number_of(asked) + 1), "event", at=NOON) is None


def later(salt: str) -> str:
    return re.sub(r"expires=\d+", "expires=9999999999", salt)


def test_a_changed_salt_is_no_proof():
    asked = task()
    for salt in (later(asked["salt"]), asked["salt"].replace("event", "alert"), "0" * 24 + asked["salt"][24:], ""):
        for purpose in ("event", "alert"):
            assert proof_of_work.solved(payload(asked, salt=salt), purpose, at=NOON) is None


def spliced(asked: dict) -> str:
    """The first digits of the number passed off as the end of the salt: hash and signature stay the same."""
    digits = str(number_of(asked))
    return payload(asked, salt=asked["salt"] + digits[:-1], number=int(digits[-1]))


def test_digits_of_the_number_do_not_move_into_the_salt(monkeypatch):
    asked = next(one for one in iter(task, None) if number_of(one) > 9)
    assert proof_of_work.solved(spliced(asked), "event", at=NOON) is None

    # The twin: a salt that may end in anything.
    monkeypatch.setattr(proof_of_work, "SALT", re.compile(proof_of_work.SALT.pattern + ".*"))
    assert proof_of_work.solved(spliced(asked), "event", at=NOON)


def self_made(signature: str) -> str:
    """A task that the visitor set for itself: the number is known, no work was done."""
    salt = task()["salt"]
    made = hashlib.sha256(f"{salt}7".encode()).hexdigest()
    given = {"algorithm": "SHA-256", "challenge": made, "salt": salt, "signature": signature, "number": 7}
    return base64.b64encode(json.dumps(given).encode()).decode()


def test_a_task_that_somebody_set_for_themselves_is_no_proof(monkeypatch):
    assert proof_of_work.solved(self_made(task()["signature"]), "event", at=NOON) is None
    assert proof_of_work.solved(self_made(""), "event", at=NOON) is None

    monkeypatch.setattr(proof_of_work, "_signature", lambda found: "")  # the twin: nothing is signed
    assert proof_of_work.solved(self_made(""), "event", at=NOON)


@pytest.mark.parametrize(
    "junk",
    ["", "x", "====", base64.b64encode(b"\xff").decode(), base64.b64encode(b"[]").decode(),
     base64.b64encode(b"{}").decode(), base64.b64encode(b"7").decode(), base64.b64encode(b"[" * 700).decode(),
     "A" * 5000, "é" * 8],
)  # fmt: skip
def test_junk_is_no_proof_and_no_error(junk):
    assert proof_of_work.solved(junk, "event", at=NOON) is None


@pytest.mark.parametrize(
    "changed",
    [{"number": "7"}, {"number": True}, {"number": -1}, {"number": 10**9}, {"number": 1.5}, {"number": None},
     {"algorithm": "SHA-1"}, {"salt": 7}, {"challenge": None}, {"signature": []}, {"signature": "é"}],
)  # fmt: skip
def test_another_shape_is_no_proof_and_no_error(changed):
    assert proof_of_work.solved(payload(task(), **changed), "event", at=NOON) is None
