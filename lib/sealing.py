"""Sealed boxes: anybody who knows a public key can close one, only the holder of the private key can open it.

X25519 with a pair made for this one box, HKDF-SHA256, ChaCha20-Poly1305. `context` says what the box is for (which
report, which message, to whom): in another place it does not open.
"""

import os

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
VERSION = b"\x01"
OVERHEAD = len(VERSION) + KEY_BYTES + 16  # what a box is longer than its padded content
NONCE = bytes(12)  # every key below closes one box
PURPOSE = b"jabatan-terbuka sealed box 1"


class CannotOpen(Exception):
    """Another key, another context, or a box that was changed."""


def new_private() -> bytes:
    return X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def derived(secret: bytes, purpose: str, *, salt: bytes = b"") -> bytes:
    """32 bytes for one purpose from a strong secret."""
    return HKDF(SHA256(), KEY_BYTES, salt, purpose.encode()).derive(secret)


def slow(secret: str, salt: bytes, *, megabytes: int, rounds: int) -> bytes:
    """Argon2id: 32 bytes from what a person remembers or reads from paper, dear to guess."""
    return hash_secret_raw(
        secret.encode(), salt, time_cost=rounds, memory_cost=megabytes * 1024, parallelism=1, hash_len=32, type=Type.ID
    )


def padded(content: bytes, step: int) -> bytes:
    """`content` with its length in front, filled up to a multiple of `step`: the size says little about it."""
    whole = len(content).to_bytes(4, "big") + content
    return whole + bytes(-len(whole) % step)


def unpadded(whole: bytes) -> bytes:
    return whole[4 : 4 + int.from_bytes(whole[:4], "big")]


def seal(content: bytes, public: bytes, context: str, *, step: int = 4096) -> bytes:
    """A box with `content` for the holder of the private key to `public`; its size is rounded up to `step`."""
    once = X25519PrivateKey.generate()
    once_public = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    key = HKDF(SHA256(), KEY_BYTES, once_public + public, PURPOSE).derive(shared)
    return VERSION + once_public + ChaCha20Poly1305(key).encrypt(NONCE, padded(content, step), context.encode())


def unseal(box: bytes, private: bytes, context: str) -> bytes:
    """What `seal` was given. Raises CannotOpen."""
    version, once_public, closed = box[:1], box[1 : 1 + KEY_BYTES], box[1 + KEY_BYTES :]
    if version != VERSION or len(once_public) != KEY_BYTES:
        raise CannotOpen
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(once_public))
        key = HKDF(SHA256(), KEY_BYTES, once_public + public_of(private), PURPOSE).derive(shared)
        return unpadded(ChaCha20Poly1305(key).decrypt(NONCE, closed, context.encode()))
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def lock(content: bytes, key: bytes, context: str) -> bytes:
    """`content` under a key of 32 bytes that both sides hold."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, context.encode())


def unlock(locked: bytes, key: bytes, context: str) -> bytes:
    """What `lock` was given. Raises CannotOpen."""
    try:
        return ChaCha20Poly1305(key).decrypt(locked[:12], locked[12:], context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen from None
