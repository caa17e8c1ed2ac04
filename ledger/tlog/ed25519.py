"""Ed25519 verification that leaves no room for two answers.

Libraries differ on points that are not in the prime-order group and on encodings beyond the field: one
verifier would accept what another refuses. Such keys and signatures are refused before the library is asked.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.tlog.scalars import TlogError

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# The y coordinates of the eight points whose order divides eight; each stands for x and −x.
SMALL_ORDER = {0, 1, FIELD - 1, ORDER_EIGHT, FIELD - ORDER_EIGHT}


def check_point(encoded: bytes, what: str) -> None:
    """Raise TlogError for a point of small order or one that has a second spelling."""
    if len(encoded) != 32:
        raise TlogError(f"{what}: not 32 bytes")
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y >= FIELD:
        raise TlogError(f"{what}: not canonical")
    if y in SMALL_ORDER:
        raise TlogError(f"{what}: a point of small order")


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Return when `signature` is the one of `message` by `public`; TlogError otherwise."""
    check_point(public, "public key")
    if len(signature) != 64:
        raise TlogError("a signature has 64 bytes")
    check_point(signature[:32], "signature")
    if int.from_bytes(signature[32:], "little") >= ORDER:
        raise TlogError("signature: not canonical")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise TlogError("the signature does not verify") from None
