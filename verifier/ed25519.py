"""Ed25519 (RFC 8032), read strictly: one answer for one input, on every machine.

Refused: S from L upwards, points written otherwise than in the one canonical way, keys and R of small order. The
equation is the one without cofactor, S·B = R + k·A, compared as bytes. `cryptography` is used where it is installed,
after the same refusals; it is faster and must give the same answer.
"""

import secrets
from functools import lru_cache
from hashlib import sha512

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    FAST = True
except ImportError:
    FAST = False

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQUARE_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)  # x, y, z, t with x/z, y/z on the curve and t = xy/z


def _x(y: int, odd: int) -> int | None:
    """The coordinate x of the point with this y and this last bit of x, or None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQUARE_ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return P - x if x & 1 != odd else x


def _decode(raw: bytes) -> tuple | None:
    number = int.from_bytes(raw, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if y >= P or (x := _x(y, odd)) is None:
        return None
    return (x, y, 1, x * y % P)


def _encode(point: tuple) -> bytes:
    x, y, z, _t = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _add(one: tuple, other: tuple) -> tuple:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(factor: int, point: tuple) -> tuple:
    result = NEUTRAL
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


BASE = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
ORDER_EIGHT = _decode(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
SMALL_ORDER = frozenset(_encode(_multiply(factor, ORDER_EIGHT)) for factor in range(8))


@lru_cache(maxsize=256)
def _key(public: bytes) -> tuple | None:
    return None if len(public) != 32 or public in SMALL_ORDER else _decode(public)


def is_key(public: bytes) -> bool:
    """Whether `public` is a key that may sign: a point in its canonical spelling, not of small order."""
    return _key(public) is not None


def verify(public: bytes, message: bytes, signature: bytes, *, fast: bool = FAST) -> bool:
    """Whether `signature` is that of `message` by `public`; `fast` asks `cryptography` for the last step."""
    point = _key(public)
    if point is None or len(signature) != 64 or signature[:32] in SMALL_ORDER:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    if fast:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True
    k = _digest(signature[:32], public, message)
    x, y, z, t = point
    expected = _add(_multiply(s, BASE), _multiply(k, (P - x, y, z, P - t)))
    return _encode(expected) == signature[:32]


def public_of(seed: bytes) -> bytes:
    """The public key that belongs to the secret 32 bytes `seed`."""
    return _encode(_multiply(_secrets_of(seed)[0], BASE))


def sign(seed: bytes, message: bytes, *, fast: bool = FAST) -> bytes:
    """The signature of `message` by the key made from `seed` (32 secret bytes)."""
    if fast:
        return Ed25519PrivateKey.from_private_bytes(seed).sign(message)
    secret, prefix = _secrets_of(seed)
    public = _encode(_multiply(secret, BASE))
    r = int.from_bytes(sha512(prefix + message).digest(), "little") % L
    # A random multiple of L changes nothing in the result and hides r from whoever measures time.
    point = _encode(_multiply(r + L * secrets.randbits(128), BASE))
    s = (r + _digest(point, public, message) * secret) % L
    return point + s.to_bytes(32, "little")


def _secrets_of(seed: bytes) -> tuple[int, bytes]:
    hashed = sha512(seed).digest()
    secret = int.from_bytes(hashed[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return secret, hashed[32:]


def _digest(*parts: bytes) -> int:
    return int.from_bytes(sha512(b"".join(parts)).digest(), "little") % L
