"""A witness: agrees to a checkpoint only when it extends the last one it agreed to (tlog-witness).

`decide` is the decision as a pure function. `Witness` makes it one step with writing it down: a cosignature leaves
only after the new state is on the disk.
"""

import hashlib
import os
import secrets
import threading
import time as clock
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from verifier import ed25519, notes
from verifier.notes import COSIGNER, DASH, LOG, Checkpoint, Key, Note
from verifier.strict import NotVerified, base64, decimal, text_of
from verifier.tree import EMPTY, verify_consistency

TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
LARGEST_REQUEST = 320 * 1024
MOST_HASHES = 63


@dataclass(frozen=True)
class Answer:
    """What to answer; `accepted` is the checkpoint to remember and cosign, None for a refusal."""

    status: int
    body: str
    content_type: str = TEXT
    accepted: Checkpoint | None = None
    note: Note | None = None


def decide(request: bytes, log_keys: list[Key], latest: dict[str, Checkpoint]) -> Answer:
    """What the witness that last agreed to `latest` (by origin) says to an add-checkpoint request."""
    try:
        old, path, note, found = _parsed(request)
    except NotVerified as error:
        return Answer(400, f"{error}\n")
    keys = [key for key in log_keys if key.name == found.origin]
    if not keys:
        return Answer(404, "this witness does not know the log\n")
    try:
        signed = notes.signers(note, keys)
    except NotVerified:
        signed = {}
    if not signed:
        return Answer(403, "the log did not sign this checkpoint\n")
    if old > found.size:
        return Answer(400, "the old size is above the size of the checkpoint\n")
    last = latest.get(found.origin, Checkpoint(found.origin, 0, EMPTY))
    if old != last.size:
        return Answer(409, f"{last.size}\n", SIZE)
    try:
        verify_consistency(last.size, found.size, last.root, found.root, path)
    except NotVerified as error:
        return Answer(422, f"{error}\n", note=note)
    return Answer(200, "", accepted=found, note=note)


def _parsed(request: bytes) -> tuple[int, list[bytes], Note, Checkpoint]:
    if len(request) > LARGEST_REQUEST:
        raise NotVerified("the request is too long")
    head, gap, rest = text_of(request).partition("\n\n")
    first, *hashes = head.split("\n")
    if not gap or not first.startswith("old ") or len(hashes) > MOST_HASHES:
        raise NotVerified("a request is the old size, a proof of at most 63 lines, an empty line and a checkpoint")
    note = notes.note(rest.encode())
    return decimal(first.removeprefix("old ")), [base64(line, 32) for line in hashes], note, notes.checkpoint(note.text)


class Witness:
    """A witness with its key and its memory in the folder `state`; one process only, any number of threads."""

    def __init__(self, state: Path, name: str | None, log_keys: list[Key]):
        self.state, self.log_keys = state, log_keys
        self.lock = threading.Lock()
        self.seed = self._seed()
        self.key = notes.key(spelt(Key(self._name(name), COSIGNER, ed25519.public_of(self.seed))))
        self.latest: dict[str, Checkpoint] = {}
        for origin in {key.name for key in log_keys}:
            if (raw := self.cosigned(_label(origin))) is not None:
                self.latest[origin] = notes.checkpoint(self._own(raw).text)

    @property
    def vkey(self) -> str:
        return spelt(self.key)

    def _seed(self) -> bytes:
        path = self.state / "key"
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            found = secrets.token_bytes(32)
            _write(path, found)
        if len(found) != 32:
            raise NotVerified(f"{path} is not the key of a witness")
        return found

    def _name(self, wanted: str | None) -> str:
        """The name from the first start: another would make a new witness out of an old memory."""
        path = self.state / "name"
        if not path.exists():
            if not wanted:
                raise NotVerified("a new witness needs a --name, an address without https:// such as univ.example/w1")
            _write(path, wanted.encode())
        found = text_of(path.read_bytes())
        if wanted and wanted != found:
            raise NotVerified(f"this witness is called {found}; for another name take another folder")
        return found

    def _own(self, raw: bytes) -> Note:
        """A remembered checkpoint, which must bear our own cosignature: a changed memory is no memory."""
        note = notes.note(raw)
        if not notes.signers(note, [self.key]):
            raise NotVerified("the memory of this witness is not its own: do not use this key again")
        return note

    def add_checkpoint(self, request: bytes, *, time: int) -> Answer:
        """Decide, write down, cosign. Under the lock, so that two requests never see the same state."""
        with self.lock:
            answer = decide(request, self.log_keys, self.latest)
            if answer.accepted is None:
                if answer.status == 422:
                    self._keep_evidence(request)
                return answer
            line = self.cosignature(answer.note.text, time)
            logs = [key for key in self.log_keys if key.name == answer.accepted.origin]
            signed = [
                one for one in answer.note.lines if any((one.name, one.number) == (k.name, k.number) for k in logs)
            ]
            lines = "".join(_line(one.name, one.number, one.signature) for one in signed)
            _write(self.state / _label(answer.accepted.origin), f"{answer.note.text}\n{lines}{line}".encode())
            self.latest[answer.accepted.origin] = answer.accepted
        return Answer(200, line, accepted=answer.accepted, note=answer.note)

    def cosignature(self, text: str, time: int) -> str:
        """The signature line of this witness under the checkpoint `text` at `time` (seconds since 1970)."""
        signature = ed25519.sign(self.seed, notes.signed_bytes(self.key, text, time))
        return _line(self.key.name, self.key.number, time.to_bytes(8, "big") + signature)

    def cosigned(self, label: str) -> bytes | None:
        """The last checkpoint cosigned of the log whose origin has this SHA-256 in hex; None when there is none."""
        if label not in {_label(key.name) for key in self.log_keys}:
            return None
        try:
            return (self.state / label).read_bytes()
        except FileNotFoundError:
            return None

    def _keep_evidence(self, request: bytes) -> None:
        """A signed checkpoint that does not extend the last one: proof against the log, kept once."""
        folder = self.state / "evidence"
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / hashlib.sha256(request).hexdigest()
        if not path.exists() and len(list(folder.iterdir())) < 1000:
            _write(path, request)


def spelt(key: Key) -> str:
    """The key as a policy spells it (vkey)."""
    public = b64encode(bytes([key.kind]) + key.public).decode()
    return f"{key.name}+{key.number.hex()}+{public}"


def _label(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _line(name: str, number: bytes, signature: bytes) -> str:
    return f"{DASH}{name} {b64encode(number + signature).decode()}\n"


def _write(path: Path, content: bytes) -> None:
    """Put a file in place in one step, on the disk before it returns; readable by its owner only."""
    waiting = path.with_name(f".{path.name}.new")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(waiting, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def now() -> int:
    return int(clock.time())


def check_log_keys(keys: list[Key]) -> None:
    """Raise NotVerified for a key that no log signs checkpoints with."""
    if any(key.kind != LOG for key in keys):
        raise NotVerified("--log-key takes keys of logs")
