"""Signed notes: text, signature lines, and the keys that made them (signed-note, tlog-cosignature)."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from ledger.tlog import ed25519
from ledger.tlog.checkpoints import parse_checkpoint
from ledger.tlog.scalars import LARGEST, TlogError, b64d, b64e

LOG, COSIGNER, POST_QUANTUM = 0x01, 0x04, 0x06
PUBLIC_SIZE = {LOG: 32, COSIGNER: 32, POST_QUANTUM: 1312}
SIGNATURE_SIZE = {LOG: 64, COSIGNER: 64, POST_QUANTUM: 2420}
TIMED = {COSIGNER, POST_QUANTUM}
LONGEST_NOTE = 256 * 1024
MOST_SIGNATURES = 64
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


@dataclass(frozen=True)
class Key:
    """A public key with the name it signs under; `str()` is its vkey. Raises TlogError for one that must not be used."""

    name: str
    alg: int
    public: bytes

    def __post_init__(self):
        if not self.name or "+" in self.name or re.search(r"[\s\x00-\x1f]", self.name):
            raise TlogError("a key name has no space and no plus sign")
        if len(self.public) != PUBLIC_SIZE.get(self.alg, -1):
            raise TlogError("unknown kind of key, or a key of another length")
        if self.alg != POST_QUANTUM:
            ed25519.check_point(self.public, "public key")

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.alg]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64e(bytes([self.alg]) + self.public)}"


@dataclass(frozen=True)
class Signature:
    """One signature line as it stands in a note, not verified."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {b64e(self.id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()


def parse_vkey(text: str) -> Key:
    """The key that `text` spells; its id is computed again, never taken for given."""
    parts = text.split("+", 2)  # base64 may hold a plus sign, a name may not
    if len(parts) != 3 or not KEY_ID.fullmatch(parts[1]):
        raise TlogError("not a vkey")
    content = b64d(parts[2])
    key = Key(parts[0], content[0] if content else 0, content[1:])
    if key.id.hex() != parts[1]:
        raise TlogError("a vkey with the id of another key")
    return key


def parse_note(note: bytes) -> Note:
    """Text and signature lines of `note`, none of them verified."""
    if len(note) > LONGEST_NOTE:
        raise TlogError("the note is too long")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise TlogError("a note is UTF-8") from None
    if CONTROL.search(whole):
        raise TlogError("a note has no control characters")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap or not text or not lines.endswith("\n"):
        raise TlogError("a note is text, an empty line and signatures")
    found = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(found) > MOST_SIGNATURES:
        raise TlogError("too many signatures")
    return Note(text + "\n", found)


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not parts[1] or "+" in parts[1]:
        raise TlogError("not a signature line")
    value = b64d(parts[2])
    if len(value) < 5:
        raise TlogError("a signature line without a signature")
    return Signature(parts[1], value[:4], value[4:])


def verify_note(note: bytes, keys: Iterable[Key]) -> tuple[str, dict[Key, int | None]]:
    """The text of `note` and who of `keys` signed it, cosigners with their time in seconds.

    Other signers are ignored. A known one whose signature is bad spoils the note; so does having no known one.
    """
    known: dict[tuple[str, bytes], Key] = {}
    for key in keys:
        if known.setdefault((key.name, key.id), key) != key:
            raise TlogError("two keys with one name and id")
    parsed, signers = parse_note(note), {}
    for line in parsed.signatures:
        if key := known.get((line.name, line.id)):
            signers.setdefault(key, _verified(key, parsed.text, line.value))
    if not signers:
        raise TlogError("no known key signed the note")
    return parsed.text, signers


def _verified(key: Key, text: str, value: bytes) -> int | None:
    time = None
    if key.alg in TIMED:
        time, value = int.from_bytes(value[:8], "big"), value[8:]
        if time > LARGEST:
            raise TlogError("a time beyond 2**63")
    if len(value) != SIGNATURE_SIZE[key.alg]:
        raise TlogError("a signature of another length")
    message = signed_bytes(key, text, time)
    if key.alg != POST_QUANTUM:
        ed25519.verify(key.public, value, message)
        return time
    try:
        MLDSA44PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError):
        raise TlogError("the signature does not verify") from None
    return time


def signed_bytes(key: Key, text: str, time: int | None = None) -> bytes:
    """What `key` signs for the note `text`; cosigners sign it with a time."""
    if key.alg == LOG:
        return text.encode()
    if time is None or time < 0:
        raise TlogError("a cosignature has a time")
    if key.alg == COSIGNER:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    tree = parse_checkpoint(text)
    name, origin = key.name.encode(), tree.origin.encode()
    if len(name) > 255 or len(origin) > 255:
        raise TlogError("a name has at most 255 bytes")
    parts = [b"subtree/v1\n\0", bytes([len(name)]), name, time.to_bytes(8, "big"), bytes([len(origin)]), origin]
    return b"".join([*parts, bytes(8), tree.size.to_bytes(8, "big"), tree.root])


def sign_line(key: Key, text: str, sign: Callable[[bytes], bytes], time: int | None = None) -> str:
    """The signature line of `key` under `text`; `sign` may be a key in memory, a device or another process."""
    stamp = b"" if time is None else time.to_bytes(8, "big")
    return str(Signature(key.name, key.id, stamp + sign(signed_bytes(key, text, time))))
