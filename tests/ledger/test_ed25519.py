"""Keys and signatures on which two verifiers could differ are refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.tlog import ed25519, notes
from ledger.tlog.scalars import TlogError

P, L = ed25519.FIELD, ed25519.ORDER
D = -121665 * pow(121666, P - 2, P) % P


def add(one, other):
    (x1, y1), (x2, y2) = one, other
    twist = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + twist, P - 2, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - twist, P - 2, P) % P,
    )


def times(scalar, point):
    found = (0, 1)
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


def with_y(y):
    """A point of the curve with this y, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def encoded(point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def small_points():
    """The eight points that the cofactor sends to nothing, from the curve's own arithmetic."""
    y = 2
    while True:
        point = with_y(y)
        if point:
            torsion = times(L, point)
            if times(4, torsion) != (0, 1):
                return [times(number, torsion) for number in range(8)]
        y += 1


def test_the_eight_points_of_small_order_are_known():
    points = small_points()

    assert len(set(points)) == 8
    assert {y for _x, y in points} == ed25519.SMALL_ORDER


@pytest.mark.parametrize("number", range(8))
def test_a_key_of_small_order_is_refused(number):
    public = encoded(small_points()[number])

    with pytest.raises(TlogError, match="small order"):
        notes.Key("log.example", notes.LOG, public)
    with pytest.raises(TlogError, match="small order"):
        notes.Key("log.example", notes.COSIGNER, public)


def test_the_library_alone_would_accept_one_signature_for_every_message():
    """The twin: a key of small order 'signs' whatever it is asked about."""
    nothing = encoded((0, 1))
    signature = nothing + bytes(32)

    for message in (b"one tree", b"another tree"):
        Ed25519PublicKey.from_public_bytes(nothing).verify(signature, message)
        with pytest.raises(TlogError):
            ed25519.verify(nothing, signature, message)


@pytest.mark.parametrize("y", [P, P + 1, 2**255 - 1])
def test_a_second_spelling_of_a_key_is_refused(y):
    with pytest.raises(TlogError, match="not canonical"):
        notes.Key("log.example", notes.LOG, y.to_bytes(32, "little"))


def test_the_second_spelling_of_a_signature_is_refused():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, message = key.public_key().public_bytes_raw(), b"tree"
    signature = key.sign(message)
    ed25519.verify(public, signature, message)

    twin = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(TlogError, match="not canonical"):
        ed25519.verify(public, signature[:32] + twin.to_bytes(32, "little"), message)
    for wrong in (encoded((0, 1)) + signature[32:], signature[:-1], signature + b"\0", bytes(64)):
        with pytest.raises(TlogError):
            ed25519.verify(public, wrong, message)
    with pytest.raises(TlogError):
        ed25519.verify(public, signature, message + b"!")
