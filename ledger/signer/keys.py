"""The key file: one private key per line, made once, readable by its owner alone."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import files
from ledger.tlog.checkpoints import check_origin
from ledger.tlog.notes import LOG, Key, sign_line
from ledger.tlog.scalars import TlogError, b64d, b64e

HEADING = "PRIVATE+KEY"


@dataclass(frozen=True)
class LogKey:
    """A key that signs checkpoints of one origin; `str()` is its line in the key file."""

    public: Key
    seed: bytes

    @classmethod
    def make(cls, origin: str) -> "LogKey":
        return cls.of(origin, secrets.token_bytes(32))

    @classmethod
    def of(cls, origin: str, seed: bytes) -> "LogKey":
        private = Ed25519PrivateKey.from_private_bytes(seed)
        return cls(Key(check_origin(origin), LOG, private.public_key().public_bytes_raw()), seed)

    def sign(self, text: str) -> str:
        """The signature line of this key under the checkpoint `text`."""
        return sign_line(self.public, text, Ed25519PrivateKey.from_private_bytes(self.seed).sign)

    def line(self) -> str:
        return f"{HEADING}+{self.public.name}+{self.public.id.hex()}+{b64e(bytes([LOG]) + self.seed)}\n"


def parse(line: str) -> LogKey:
    parts = line.split("+", 4)
    if len(parts) != 5 or "+".join(parts[:2]) != HEADING:
        raise TlogError("not a line of a key file")
    content = b64d(parts[4], 33)
    key = LogKey.of(parts[2], content[1:])
    if content[0] != LOG or key.public.id.hex() != parts[3]:
        raise TlogError("a key line with the id of another key")
    return key


def read(path: Path, origin: str) -> list[LogKey]:
    """The keys of the file `path`, the oldest first; all must be of `origin` and the file closed to others."""
    with open(path, encoding="ascii") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise TlogError(f"{path.name} can be read by others: chmod 600")
        found = [parse(line) for line in file.read().splitlines()]
    if not found or any(key.public.name != origin for key in found):
        raise TlogError(f"{path.name} holds keys of another origin; an origin never changes")
    return found


def create(path: Path, keys: list[LogKey]) -> None:
    """Write the first key file; FileExistsError when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write("".join(key.line() for key in keys))
        file.flush()
        os.fsync(file.fileno())
    files.sync(path.parent)


def rewrite(path: Path, keys: list[LogKey]) -> None:
    """Replace the key file in one step, as closed as it was."""
    files.replace(path, "".join(key.line() for key in keys).encode("ascii"), mode=0o600)
