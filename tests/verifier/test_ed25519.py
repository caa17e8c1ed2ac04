"""The verifier's own Ed25519: right, strict, and of one mind with `cryptography`."""

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import ed25519

BOTH = pytest.mark.parametrize("fast", [True, False], ids=["cryptography", "own code"])
# RFC 8032, section 7.1: secret, public, message, signature.
PUBLISHED = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@BOTH
@pytest.mark.parametrize("published", PUBLISHED)
def test_published_signatures_are_made_and_accepted(published, fast):
    seed, public, message, signature = map(bytes.fromhex, published)

    assert ed25519.public_of(seed) == public
    assert ed25519.sign(seed, message, fast=fast) == signature
    assert ed25519.verify(public, message, signature, fast=fast)
    assert not ed25519.verify(public, message + b"x", signature, fast=fast)


def test_cryptography_is_here_to_be_compared_with():
    assert ed25519.FAST


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511), st.booleans())
@settings(max_examples=80, deadline=None)
def test_both_ways_agree_on_signatures_with_and_without_a_flipped_bit(seed, message, bit, flip):
    signature = bytearray(ed25519.sign(seed, message))
    if flip:
        signature[bit // 8] ^= 1 << bit % 8

    answers = [ed25519.verify(ed25519.public_of(seed), message, bytes(signature), fast=fast) for fast in (True, False)]

    assert answers == [not flip, not flip]
    assert ed25519.sign(seed, message, fast=False) == ed25519.sign(seed, message, fast=True)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
@settings(max_examples=200, deadline=None)
def test_both_ways_agree_on_rubbish(public, signature):
    answers = {ed25519.verify(public, b"m", signature, fast=fast) for fast in (True, False)}

    assert answers == {False}


@BOTH
def test_s_has_one_spelling(fast):
    seed = bytes(32)
    signature = ed25519.sign(seed, b"m")
    larger = int.from_bytes(signature[32:], "little") + ed25519.L

    again = signature[:32] + larger.to_bytes(32, "little")

    assert ed25519.verify(ed25519.public_of(seed), b"m", signature, fast=fast)
    assert not ed25519.verify(ed25519.public_of(seed), b"m", again, fast=fast)


def small_order_points():
    return sorted(ed25519.SMALL_ORDER)


def test_the_points_of_small_order_are_the_eight_there_are():
    for raw in small_order_points():
        assert ed25519._encode(ed25519._multiply(8, ed25519._decode(raw))) == ed25519._encode(ed25519.NEUTRAL)
    assert len(small_order_points()) == 8


@BOTH
@pytest.mark.parametrize("public", small_order_points(), ids=lambda raw: raw.hex()[:8])
def test_a_key_of_small_order_signs_nothing(public, fast):
    # R = S·B with a neutral key "signs" whatever one likes.
    point = ed25519._encode(ed25519._multiply(5, ed25519.BASE))
    forged = point + (5).to_bytes(32, "little")

    assert not ed25519.is_key(public)
    assert not any(ed25519.verify(public, bytes([n]), forged, fast=fast) for n in range(16))


def test_the_twin_without_the_refusal_accepts_what_a_key_of_small_order_signed(monkeypatch):
    point = ed25519._encode(ed25519._multiply(5, ed25519.BASE))
    forged = point + (5).to_bytes(32, "little")
    monkeypatch.setattr(ed25519, "SMALL_ORDER", frozenset())
    ed25519._key.cache_clear()

    neutral = ed25519._encode(ed25519.NEUTRAL)
    accepted = ed25519.verify(neutral, b"anything", forged, fast=False)
    ed25519._key.cache_clear()

    assert accepted


@BOTH
def test_an_r_of_small_order_is_refused(fast):
    # r = 0: R is the neutral point and S = k·a, which fulfils the equation.
    seed = secrets.token_bytes(32)
    public, neutral = ed25519.public_of(seed), ed25519._encode(ed25519.NEUTRAL)
    k = ed25519._digest(neutral, public, b"m")
    s = k * ed25519._secrets_of(seed)[0] % ed25519.L

    assert not ed25519.verify(public, b"m", neutral + s.to_bytes(32, "little"), fast=fast)


@BOTH
@pytest.mark.parametrize(
    "raw",
    [
        (ed25519.P + 1).to_bytes(32, "little"),  # the neutral point, spelt with y = 1 + p
        ed25519.P.to_bytes(32, "little"),
        (ed25519.P + 3).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with the sign of an odd x
        (ed25519.P - 1 | 1 << 255).to_bytes(32, "little"),
        (2).to_bytes(32, "little"),  # no point has y = 2
    ],
    ids=lambda raw: raw.hex()[:6],
)
def test_a_point_that_is_not_in_canonical_form_is_no_key_and_no_r(raw, fast):
    seed = bytes(32)
    signature = ed25519.sign(seed, b"m")

    assert not ed25519.is_key(raw)
    assert not ed25519.verify(raw, b"m", signature, fast=fast)
    assert not ed25519.verify(ed25519.public_of(seed), b"m", raw + signature[32:], fast=fast)


def test_both_ways_agree_on_keys_with_a_part_of_small_order():
    # Such a key passes as a point; with or without the cofactor the answers differ, so both ways must do without.
    found = set()
    for number in range(24):
        seed = bytes([number]) * 32
        secret, prefix = ed25519._secrets_of(seed)
        torsion = ed25519._decode(small_order_points()[1 + number % 7])
        public = ed25519._encode(ed25519._add(ed25519._multiply(secret, ed25519.BASE), torsion))
        r = int.from_bytes(prefix, "little") % ed25519.L
        point = ed25519._encode(ed25519._multiply(r, ed25519.BASE))
        s = (r + ed25519._digest(point, public, b"m") * secret) % ed25519.L
        signature = point + s.to_bytes(32, "little")

        answers = [ed25519.verify(public, b"m", signature, fast=fast) for fast in (True, False)]

        assert answers[0] == answers[1]
        found.add(answers[0])
    assert found == {True, False}


@BOTH
@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_other_lengths_are_refused(length, fast):
    assert not ed25519.verify(bytes(length), b"m", bytes(64), fast=fast)
    assert not ed25519.verify(ed25519.public_of(bytes(32)), b"m", bytes(length), fast=fast)
