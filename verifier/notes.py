"""Signed notes, the keys that sign them, and checkpoints (signed-note, tlog-checkpoint, tlog-cosignature)."""

import re
from dataclasses import dataclass
from hashlib import sha256

from verifier import ed25519, mldsa
from verifier.strict import LARGEST, NotVerified, base64, decimal, shown, text_of
from verifier.tree import EMPTY

LOG, COSIGNER, COSIGNER_MLDSA = 0x01, 0x04, 0x06
KEY_SIZE = {LOG: 32, COSIGNER: 32, COSIGNER_MLDSA: 1312}
SIGNATURE_SIZE = {LOG: 64, COSIGNER: 8 + 64, COSIGNER_MLDSA: 8 + 2420}
LARGEST_NOTE, MOST_SIGNATURES = 256 * 1024, 64
DASH = "\u2014 "
HEX = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Key:
    """A public key with its name and its kind of signature: LOG, COSIGNER or COSIGNER_MLDSA."""

    name: str
    kind: int
    public: bytes

    @property
    def number(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


@dataclass(frozen=True)
class Line:
    """One signature line: the name, the number of the key and what it signed with."""

    name: str
    number: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    """A text and the signature lines below it. Nothing is verified yet."""

    text: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, its size and the root over that many entries."""

    origin: str
    size: int
    root: bytes


def key(text: str) -> Key:
    """The key that `text` spells as a vkey. Raises NotVerified, also for keys that must never sign."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not _is_name(parts[0]) or not HEX.fullmatch(parts[1]):
        raise NotVerified(f"{shown(text)} is no key: name+number+base64 is expected")
    raw = base64(parts[2])
    kind = raw[0] if raw else None
    if kind not in KEY_SIZE or len(raw) != 1 + KEY_SIZE[kind]:
        raise NotVerified(f"the key {shown(parts[0])} is of an unknown kind or length")
    found = Key(parts[0], kind, raw[1:])
    if found.number.hex() != parts[1]:
        raise NotVerified(f"the key {shown(parts[0])} has another number than the one written beside it")
    if kind != COSIGNER_MLDSA and not ed25519.is_key(found.public):
        raise NotVerified(f"the key {shown(parts[0])} is no sound Ed25519 key")
    return found


def note(raw: bytes) -> Note:
    """The note that `raw` spells. Raises NotVerified."""
    if len(raw) > LARGEST_NOTE:
        raise NotVerified("the note is too long")
    whole = text_of(raw)
    if any(character < " " and character != "\n" for character in whole):
        raise NotVerified("the note holds a control character")
    text, gap, signatures = whole.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NotVerified("this is no signed note: text, an empty line and signature lines are expected")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NotVerified("the note bears too many signatures")
    return Note(text + "\n", tuple(_line(line) for line in lines))


def _line(text: str) -> Line:
    name, space, signature = text.removeprefix(DASH).partition(" ")
    if not text.startswith(DASH) or not space or not _is_name(name):
        raise NotVerified(f"{shown(text)} is no signature line")
    raw = base64(signature)
    if len(raw) < 5:
        raise NotVerified(f"the signature of {shown(name)} is too short")
    return Line(name, raw[:4], raw[4:])


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(c.isspace() or c < " " or "\ud800" <= c <= "\udfff" for c in text)


def checkpoint(text: str) -> Checkpoint:
    """The checkpoint that the text of a note spells: three lines, no more. Raises NotVerified."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NotVerified("a checkpoint has three lines: origin, size, root")
    found = Checkpoint(lines[0], decimal(lines[1]), base64(lines[2], 32))
    if found.size == 0 and found.root != EMPTY:
        raise NotVerified("a record of no entries has the root of no entries")
    return found


def signed_bytes(signer: Key, text: str, time: int) -> bytes:
    """What `signer` signs of the note `text`; `time` is the cosigner's own (seconds since 1970), 0 for a log."""
    if signer.kind == LOG:
        return text.encode()
    if signer.kind == COSIGNER:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    found = checkpoint(text)
    name, origin = signer.name.encode(), found.origin.encode()
    if len(name) > 255 or len(origin) > 255:
        raise NotVerified("a name of more than 255 bytes cannot be cosigned")
    return b"".join(
        (
            b"subtree/v1\n\x00",
            bytes([len(name)]) + name,
            time.to_bytes(8, "big"),
            bytes([len(origin)]) + origin,
            bytes(8) + found.size.to_bytes(8, "big") + found.root,
        )
    )


def signers(found: Note, keys: list[Key]) -> dict[Key, int]:
    """Who of `keys` signed the note, with the time each gave (0 for a log).

    Unknown signers are passed over, and signatures of a kind that cannot be checked on this machine: they do not
    count. Raises NotVerified when the signature of a known key does not verify.
    """
    known = {(one.name, one.number): one for one in keys}
    valid: dict[Key, int] = {}
    for line in found.lines:
        signer = known.get((line.name, line.number))
        if signer is None or (signer.kind == COSIGNER_MLDSA and not mldsa.KNOWN):
            continue
        time = verified_time(signer, found.text, line)
        if time is None:
            raise NotVerified(f"the signature of {shown(signer.name)} does not belong to this text")
        valid[signer] = max(time, valid.get(signer, 0))
    return valid


def verified_time(signer: Key, text: str, line: Line) -> int | None:
    """The time that a valid signature bears (0 for a log); None when it is not valid."""
    if len(line.signature) != SIGNATURE_SIZE[signer.kind]:
        return None
    if signer.kind == LOG:
        return 0 if ed25519.verify(signer.public, text.encode(), line.signature) else None
    time, signature = int.from_bytes(line.signature[:8], "big"), line.signature[8:]
    if time > LARGEST:
        return None
    verify = mldsa.verify if signer.kind == COSIGNER_MLDSA else ed25519.verify
    return time if verify(signer.public, signed_bytes(signer, text, time), signature) else None
