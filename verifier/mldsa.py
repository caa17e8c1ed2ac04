"""ML-DSA-44 signatures (FIPS 204), only where `cryptography` is installed and knows them."""

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    KNOWN = True
except ImportError:
    KNOWN = False


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature holds; never called where KNOWN is false."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
