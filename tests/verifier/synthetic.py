"""Writes a portal's public folder for tests: record, announcements, receipts. Shares nothing with what it is to test.

Trees are built by the recursion of RFC 6962 as it is printed there, signatures come from `cryptography`.
"""

import csv
import hashlib
import io
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier import pack as packs
from verifier import ranking

ORIGIN = "portal.example/log"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = Path(__file__).resolve().parents[2] / "selection" / "rulepacks" / "cpns-2024.json"
PARTS = ("twk", "tiu", "tkp")


def jcs(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0", entry)


def split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    k = split(len(leaves))
    return sha256(b"\1", mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def consistency(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*consistency(m, leaves[:k], whole), mth(leaves[k:])]
    return [*consistency(m - k, leaves[k:], False), mth(leaves[:k])]


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


class Signer:
    """A key with a name: of a log or of the portal's promises (kind 1), or of a witness (kind 4)."""

    def __init__(self, name: str, kind: int = 1, private: Ed25519PrivateKey | None = None):
        self.name, self.kind = name, kind
        self.private = private or Ed25519PrivateKey.from_private_bytes(sha256(b"synthetic " + name.encode()))
        public = bytes([kind]) + self.private.public_key().public_bytes_raw()
        self.number = sha256(name.encode() + b"\n" + public)[:4]
        self.vkey = f"{name}+{self.number.hex()}+{b64(public)}"

    def line(self, text: str, at: datetime | None = None) -> str:
        stamp, head = b"", b""
        if self.kind == 4:
            seconds = int(at.timestamp())
            stamp, head = seconds.to_bytes(8, "big"), f"cosignature/v1\ntime {seconds}\n".encode()
        return f"\u2014 {self.name} {b64(self.number + stamp + self.private.sign(head + text.encode()))}\n"


LOG, PROMISES = Signer(ORIGIN), Signer(f"{ORIGIN}/promise")
WITNESSES = {
    "univ": Signer("univ.example/w1", 4),
    "ngo": Signer("ngo.example/w1", 4),
    "press": Signer("pers.example/w1", 4),
}
POLICY = "".join(
    (
        f"log {LOG.vkey}\nlog {PROMISES.vkey}\n",
        *(f"witness {name} {one.vkey}\n" for name, one in WITNESSES.items()),
        "group outside 2 univ ngo press\nquorum outside\n",
    )
)


class Person:
    """An applicant with a participant number, scores and what the portal would know of them."""

    def __init__(self, number: int, scores: tuple[int, int, int]):
        self.p = hashlib.sha256(f"person {number}".encode()).hexdigest()[:10].upper()
        self.number, self.scores = number, dict(zip(PARTS, scores, strict=True))
        self.who = {"nid": f"TEST-{number:06}", "name": f"Peserta {number}"}

    def opening(self, kind: str, **more) -> dict:
        return {"v": 1, "kind": kind, "p": self.p, **self.who, **more}

    def salt(self, kind: str) -> bytes:
        return sha256(f"salt {kind} {self.number}".encode())

    def commitment(self, kind: str, **more) -> bytes:
        return sha256(b"csp-commit-v1\0", self.salt(kind), jcs(self.opening(kind, **more)))


def people(count: int) -> list[Person]:
    return [Person(n, (60 + n * 7 % 60, 75 + n * 11 % 70, 150 + n * 13 % 60)) for n in range(count)]


def entry(kind: str, at: datetime, body: dict) -> bytes:
    """The envelope of a fact."""
    said = {"v": 1, "type": kind, "at": instant(at), "by": "office", "body": body}
    return jcs(said | {"id": sha256(jcs(said)).hex()[:32]})


class Portal:
    """The public folder of a portal and the record that grows beside it."""

    def __init__(self, folder: Path, log: Signer = LOG, witnesses: dict[str, Signer] = WITNESSES, policy: str = POLICY):
        self.folder, self.entries, self.at = folder, [], START
        self.signer, self.witnesses, self.policy = log, witnesses, policy
        self.batches: dict[int, list[bytes]] = {}

    @classmethod
    def opened(cls, folder: Path, *whose) -> "Portal":
        """Any public folder, read from its files; whoever holds the keys may go on writing it."""
        found = cls(folder, *whose)
        size = int((found.log / "checkpoint").read_text().split("\n")[1])
        for start in range(0, size, 256):
            raw = (found.log / "tile" / "entries" / place_of(start // 256, min(256, size - start))).read_bytes()
            while raw:
                length = int.from_bytes(raw[:2], "big")
                found.entries.append(raw[2 : 2 + length])
                raw = raw[2 + length :]
        found.at = max(datetime.fromisoformat(json.loads(one)["at"]) for one in found.entries)
        return found

    def facts(self, kind: str) -> list[tuple[int, dict]]:
        """Place and body of every entry of a kind."""
        said = [json.loads(one) for one in self.entries]
        return [(index, one["body"]) for index, one in enumerate(said) if one["type"] == kind]

    def restate(self, index: int, **changes) -> None:
        """Put another body into an entry."""
        said = json.loads(self.entries[index])
        self.entries[index] = jcs(said | {"body": said["body"] | changes})

    def place(self, body: dict) -> Path:
        """The folder of the announcement that an entry states."""
        return self.folder / "pengumuman" / body["number"] / f"v{body['version']}"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def leaves(self) -> list[bytes]:
        return [leaf(entry) for entry in self.entries]

    def add(self, _kind: str, at: datetime | None = None, /, **fields) -> int:
        """A fact at the end of the record; its place there."""
        self.at += timedelta(minutes=1)
        self.entries.append(entry(_kind, at or self.at, fields))
        return len(self.entries) - 1

    def batch(self, persons: list[Person], recruitment: str = "cpns-2026") -> int:
        found = sorted(person.commitment("submission", recruitment=recruitment) for person in persons)
        index = self.add(
            "applications.batch", recruitment=recruitment, count=len(found), root=mth(list(map(leaf, found))).hex()
        )
        self.batches[index] = found
        return index

    def announce(
        self, number: str, version: int, stage: str, persons: list[Person], *, recruitment="cpns-2026", **more
    ) -> int:
        """Render an announcement and record it."""
        place = self.place({"number": number, "version": version})
        rows = write_announcement(place, number, version, stage, recruitment, persons)
        return self.add("announcement.frozen", **self.fields(place, number, version, stage, recruitment, rows), **more)

    def attest(self, number: str, version: int, serial: int = 1, **more) -> int:
        """Put a document that somebody signed outside beside an announcement, and record it."""
        content = f"%PDF-1.7 Hasil seleksi {number} v{version}, surat {serial}".encode()
        put(self.folder / "pengumuman" / number / "resmi" / f"v{serial}.pdf", content)
        fields = {"recruitment": "cpns-2026", "stage": "skd", "number": number, "version": version, "serial": serial}
        return self.add("announcement.attested", **fields, digest=sha256(content).hex(), size=len(content), **more)

    def fields(self, place, number, version, stage, recruitment, rows: list[bytes]) -> dict:
        return {
            "recruitment": recruitment,
            "stage": stage,
            "number": number,
            "version": version,
            "digest": sha256((place / "manifest.json").read_bytes()).hex(),
            "rows": len(rows),
            "rows_digest": sha256(b"".join(row + b"\n" for row in rows)).hex(),
            "rows_root": mth(list(map(leaf, rows))).hex(),
        }

    def note(self, size: int | None = None, witnesses=None, at: datetime | None = None) -> bytes:
        """A checkpoint of the first `size` entries, cosigned when the last of them was written."""
        size = len(self.entries) if size is None else size
        if at is None:
            at = datetime.fromisoformat(json.loads(self.entries[size - 1])["at"]) if size else self.at
        text = f"{self.signer.name}\n{size}\n{b64(mth(self.leaves[:size]))}\n"
        names = self.witnesses if witnesses is None else witnesses
        cosigned = "".join(self.witnesses[name].line(text, at) for name in names)
        return f"{text}\n{self.signer.line(text)}{cosigned}".encode()

    def publish(self, **signing) -> bytes:
        """Write checkpoint, tiles and bundles of the record as it is now; returns the checkpoint."""
        write_tiles(self.log, self.entries)
        put(self.log / "checkpoint", note := self.note(**signing))
        (self.log / "policy").write_text(self.policy)
        return note

    def proof(self, index: int) -> str:
        hashes = "".join(f"{b64(one)}\n" for one in path(index, self.leaves))
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{self.note().decode()}"

    def receipt(self, person: Person, kind: str, entry: int, leaf_at: int, hashes: list[bytes], **more) -> dict:
        opened = {key: value for key, value in more.items() if key != "row"}
        found = {
            "format": "jabatan-terbuka-receipt-v1",
            "kind": kind,
            "opening": person.opening(kind, **opened),
            "salt": person.salt(kind).hex(),
            "commitment": b64(person.commitment(kind, **opened)),
            "index": leaf_at,
            "path": [b64(one) for one in hashes],
            "entry": self.entries[entry].decode(),
            "proof": self.proof(entry),
        }
        return found | ({"row": more["row"]} if "row" in more else {})

    def submission(self, person: Person, entry: int, recruitment: str = "cpns-2026") -> dict:
        batch = self.batches[entry]
        place = batch.index(person.commitment("submission", recruitment=recruitment))
        return self.receipt(
            person, "submission", entry, place, path(place, list(map(leaf, batch))), recruitment=recruitment
        )

    def result(self, person: Person, entry: int) -> dict:
        about = json.loads(self.entries[entry])["body"]
        rows = (self.place(about) / "rows.jsonl").read_bytes().splitlines()
        at = next(n for n, row in enumerate(rows) if json.loads(row)["p"] == person.p)
        hashes = path(at, list(map(leaf, rows)))
        named = {"number": about["number"], "stage": about["stage"]}
        return self.receipt(person, "result", entry, at, hashes, row=rows[at].decode(), **named)

    def promise(self, person: Person, due: datetime, recruitment: str = "cpns-2026") -> dict:
        commitment = b64(person.commitment("submission", recruitment=recruitment))
        text = f"{PROMISES.name}\n{commitment}\n{len(self.entries)}\n{instant(self.at)}\n{instant(due)}\n"
        return {
            "format": "jabatan-terbuka-receipt-v1",
            "kind": "submission",
            "opening": person.opening("submission", recruitment=recruitment),
            "salt": person.salt("submission").hex(),
            "commitment": commitment,
            "promise": f"{text}\n{PROMISES.line(text)}",
            "checkpoint": self.note().decode(),
        }


def write_tiles(log: Path, entries: list[bytes]) -> None:
    """Every tile and bundle of a record of these entries, and nothing else."""
    hashes, level = [leaf(entry) for entry in entries], 0
    while hashes:
        for start in range(0, len(hashes), 256):
            part = hashes[start : start + 256]
            put(log / "tile" / str(level) / place_of(start // 256, len(part)), b"".join(part))
            if level == 0:
                bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries[start : start + 256])
                put(log / "tile" / "entries" / place_of(start // 256, len(part)), bundle)
        hashes = [mth(hashes[start : start + 256]) for start in range(0, len(hashes) // 256 * 256, 256)]
        level += 1


def place_of(number: int, width: int) -> str:
    digits = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
    return digits if width == 256 else f"{digits}.p/{width}"


def put(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def ranked_rows(number: str, stage: str, persons: list[Person]) -> list[dict]:
    """Public rows of a list, ranked by the rules `skd`, ascending by participant number."""
    rule = packs.stage_rule(packs.load(RULES), "skd")
    given = [{"row_id": one.p, "formasi_id": "F1", "kebutuhan": "umum", "kuota": "2", **texts(one)} for one in persons]
    found = {row.row_id: row for row in ranking.rank([ranking.parse(g, rule, n) for n, g in enumerate(given, 2)], rule)}
    rows = []
    for person in sorted(persons, key=lambda one: one.p):
        row = found[person.p]
        commitment = person.commitment("result", number=number, stage=stage)
        shown = {"p": person.p, "f": "F1", "g": "umum", "s": list(texts(person).values()), "code": row.code}
        numbers = {
            "total": ranking.plain(row.total),
            "final": ranking.plain(row.final),
            "rank": row.rank,
            "by": row.decided_by,
        }
        rows.append(
            shown | {key: value for key, value in numbers.items() if value not in (None, "")} | {"c": b64(commitment)}
        )
    return rows


def texts(person: Person) -> dict[str, str]:
    return {key: str(value) for key, value in person.scores.items()}


def write_announcement(
    place: Path, number: str, version: int, stage: str, recruitment: str, persons: list[Person]
) -> list[bytes]:
    """The files of an announcement as the portal lays them out; returns the lines of the rows file."""
    rows = ranked_rows(number, stage, persons)
    lines = [jcs(row) for row in rows]
    put(place / "rows.jsonl", b"".join(line + b"\n" for line in lines))
    put(place / "hitung-ulang" / "rulepack.json", RULES.read_bytes())
    put(place / "hitung-ulang" / "scores.csv", table(
        ["row_id", "formasi_id", "kebutuhan", "kuota", *PARTS, "status"],
        [[row["p"], "F1", "umum", 2, *row["s"], ""] for row in rows],
    ))  # fmt: skip
    put(place / "data.csv", table(
        ["nomor_peserta", "total", "nilai_akhir", "peringkat", "kode"],
        [[row["p"], *(row.get(key, "") for key in ("total", "final", "rank", "code"))] for row in rows],
    ))  # fmt: skip
    meta = {
        "number": number, "version": version, "recruitment": recruitment, "stage": stage, "rule": "skd",
        "rulepack_sha256": sha256(RULES.read_bytes()).hex(), "rows": len(rows),
        "rows_sha256": sha256((place / "rows.jsonl").read_bytes()).hex(),
        "formations": {"F1": {"quota": 2, "need": "umum"}}, "list": rows,
    }  # fmt: skip
    put(place / "data.json", jcs(meta))
    put(place / "index.html", f"<!doctype html><title>{number}</title>{len(rows)} peserta".encode())
    put(place / "announcement.pdf", b"%PDF-1.7 " + number.encode())
    seal(place)
    return lines


def table(heading: list, rows: list[list]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([heading, *rows])
    return out.getvalue().encode()


def seal(place: Path) -> None:
    """Write the manifest over the files as they are now."""
    files = {
        str(file.relative_to(place)): {"sha256": sha256(file.read_bytes()).hex(), "size": file.stat().st_size}
        for file in sorted(place.rglob("*"))
        if file.is_file() and file.name != "manifest.json"
    }
    put(place / "manifest.json", jcs({"files": files}))


def story(folder: Path, count: int = 24) -> tuple[Portal, list[Person]]:
    """A recruitment from its rules to two lists, the first of them corrected; published and cosigned."""
    portal, persons = Portal(folder), people(count)
    portal.add("log.genesis", origin=ORIGIN, keys=[LOG.vkey, PROMISES.vkey])
    portal.add("rulepack.bound", recruitment="cpns-2026", rulepack="cpns-2024", digest=sha256(RULES.read_bytes()).hex())
    portal.batch(persons[: count // 2])
    portal.at += timedelta(minutes=10)
    portal.batch(persons[count // 2 :])
    portal.add("registration.closed", recruitment="cpns-2026", stage="pendaftaran", applications=count)
    portal.announce("2026-1", 1, "administrasi", persons)
    portal.add("scores.approved", recruitment="cpns-2026", stage="skd", batch=1, rows=count, digest="0" * 64)
    portal.announce("2026-2", 1, "skd", persons)
    portal.announce("2026-2", 2, "skd", persons[:-1], supersedes=1, reason="Satu nilai dibatalkan.")
    portal.publish()
    return portal, persons
