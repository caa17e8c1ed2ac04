"""The pattern of a usual fact says yes to nothing that `facts.check` refuses."""

import random
import re

import pytest

from ledger import facts, spelling
from ledger.tlog import canon
from ledger.tlog.scalars import b64e

TEXTS = {"digest": facts.DIGEST, "instant": facts.INSTANT, "code": facts.CODE, "id": facts.IDENTIFIER}
KINDS = sorted(kind for kind, pattern in facts.USUAL.items() if pattern)
# What may not stand where it is put: quotes, escapes, other digits, white space, members twice or in another order.
PIECES = [
    b'"', b"\\", b",", b"{", b"}", b" ", b"\n", b"0", b"-", b"a", b"A", b"=", b".", b"\x00", b"\xd9\xa1", b"\xff",
    b"\\u0061", b'"a":1,', b',"z":1', b'"late":true,', b'"hold":1,', b'"v":1', b"1e3", b"null", b"true", b"[]",
]  # fmt: skip


def value(shape: str, dice: random.Random):
    match shape.rstrip("?"):
        case "count":
            return dice.choice([0, 1, 9, 10, 10**14, 10**15 - 1, dice.randrange(10**9)])
        case "digest":
            return dice.randbytes(32).hex()
        case "instant":
            return "2026-11-02T05:00:00" + dice.choice(["", ".5", ".123456"]) + "Z"
        case "code":
            letters = "abcXYZ019._:/-"
            return dice.choice("aZ0") + "".join(dice.choice(letters) for _ in range(dice.choice([0, 5, 119])))
        case "words":
            return b64e(dice.randbytes(32))
    raise AssertionError(shape)


def some_fact(kind: str, dice: random.Random) -> bytes:
    body = {
        name: value(shape, dice)
        for name, shape in facts.KINDS[kind].items()
        if not shape.endswith("?") or dice.random() < 0.5
    }
    at, identifier = value("instant", dice), dice.randbytes(16).hex()
    return facts.envelope(kind, body, identifier=identifier, at=at, late=dice.random() < 0.5)


def disturbed(text: bytes, dice: random.Random) -> bytes:
    """One piece cut out, put in, doubled or moved."""
    low, high = sorted(dice.randrange(len(text) + 1) for _ in range(2))
    if dice.random() < 0.6:
        high = min(high, low + dice.choice([0, 1, 1, 2]))
    match dice.randrange(4):
        case 0:
            return text[:low] + text[high:]
        case 1:
            return text[:low] + dice.choice(PIECES) + text[high:]
        case 2:
            return text[:high] + text[low:]
        case _:
            members = text.split(b",")
            dice.shuffle(members)
            return b",".join(members)


def wrongly_accepted(kind: str, pattern: re.Pattern, dice: random.Random, turns: int = 1500) -> list[bytes]:
    """Texts that the pattern takes for a fact of `kind` and that are none."""
    found = []
    for _ in range(turns):
        text = disturbed(some_fact(kind, dice), dice)
        if pattern.fullmatch(text):
            try:
                if facts.check(text)["type"] != kind:
                    found.append(text)
            except facts.NotAFact:
                found.append(text)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_usual_fact_is_recognised_and_no_disturbed_one(kind):
    dice = random.Random(kind)

    for _ in range(50):
        text = some_fact(kind, dice)
        assert facts.USUAL[kind].fullmatch(text), text
        facts.check_kind(text, kind)

    assert wrongly_accepted(kind, facts.USUAL[kind], dice) == []


@pytest.mark.parametrize("shape", ["digest", "code", "id"])
def test_a_pattern_with_a_hole_is_found_out(shape):
    """The twin: one shape that allows any text lets disturbed facts through, and the same search finds them."""
    texts = TEXTS | {shape: re.compile(".*")}
    holed = spelling.usual("scores.approved", "office", facts.KINDS["scores.approved"], version=1, texts=texts)

    assert wrongly_accepted("scores.approved", holed, random.Random(1)) != []


def test_kinds_with_a_key_are_looked_at_closer():
    assert {kind for kind, pattern in facts.USUAL.items() if pattern is None} == {
        "log.genesis",
        "log.key",
        "log.key.retired",
    }


def test_a_number_too_long_for_the_pattern_is_a_fact_all_the_same():
    dice = random.Random(5)
    text = some_fact("hold.placed", dice)
    fact = facts.check(text)
    fact["body"]["hold"] = 2**53 - 1
    long = canon.canon(fact)

    assert not facts.USUAL["hold.placed"].fullmatch(long)
    facts.check_kind(long, "hold.placed")


def test_a_fact_of_another_kind_is_refused():
    text = some_fact("hold.placed", random.Random(6))

    with pytest.raises(facts.NotAFact, match="filed as hold.confirmed"):
        facts.check_kind(text, "hold.confirmed")
