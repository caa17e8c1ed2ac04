"""What lets a browser hold an announcement against the signed record: a proof per version, and a list of all of them.
The same for the documents that were signed outside.

/pengumuman/<number>/v<n>.proof.json   the entry and its proof; written once, when enough witnesses cosigned
/pengumuman/<number>/v<n>.redactions.json   which rows were redacted since, each with its proof; grows
/pengumuman/<number>/resmi/v<k>.proof.json  the same for a document that was signed outside
/pengumuman/daftar.json                which file belongs to which announcement; a hint, nothing is proved by it
/pengumuman/resmi.json                 the same for documents that were signed outside
"""

import json
from pathlib import Path

from django.conf import settings

from ledger import queries
from lib.canonical import canonical
from selection.models import Announcement, Attestation
from selection.rendering.folder import fingerprint, write_whole

FORMAT = "jabatan-terbuka-announcement-proof-v1"
REDACTIONS = "jabatan-terbuka-redactions-v1"
INDEX = "daftar.json"
SIGNED_INDEX = "resmi.json"


def write_proof(announcement) -> bool:
    """Put the proof of an announcement beside its pointer, where none is; False while the record does not hold it."""
    place = settings.PUBLIC_ROOT / "pengumuman" / announcement.number
    return _write(place / f"v{announcement.version}.proof.json", announcement.fact)


def write_proof_of_signed(attestation) -> bool:
    """Put the proof of a document that was signed outside beside it; False while the record does not hold it."""
    place = settings.PUBLIC_ROOT / "pengumuman" / attestation.number / "resmi"
    return _write(place / f"v{attestation.serial}.proof.json", attestation.fact)


def _write(path: Path, fact) -> bool:
    if path.exists():
        return True
    if queries.is_waiting(fact):  # below the quorum it would convince nobody, and it is written once
        return False
    found = queries.proof_of(fact)
    if found is None:
        return False
    entry, proof = found
    write_whole(path, canonical({"format": FORMAT, "entry": entry.decode(), "proof": proof.decode()}))
    return True


def redactions_file(announcement) -> Path:
    return settings.PUBLIC_ROOT / "pengumuman" / announcement.number / f"v{announcement.version}.redactions.json"


def write_redactions(announcement) -> None:
    """Put the proofs of the redacted rows of an announcement beside its own, in the order in which they came."""
    proofs = [queries.proof_of(one.fact) for one in announcement.redacted()]
    told = [{"entry": entry.decode(), "proof": proof.decode()} for entry, proof in proofs]
    write_whole(redactions_file(announcement), canonical({"format": REDACTIONS, "redactions": told}))


def write_index() -> None:
    """List every public version with the digests of its rows and its PDF; what stands there already is not read again.

    Two that write at once may leave the newest out; the next ring puts it in.
    """
    path = settings.PUBLIC_ROOT / "pengumuman" / INDEX
    try:
        known = {(one["number"], one["version"]): one for one in json.loads(path.read_bytes())["list"]}
    except (OSError, ValueError, KeyError):
        known = {}
    public = list(Announcement.objects.public().prefetch_related("redactions").order_by("public_at", "pk"))
    as_it_is = {
        (one.number, one.version)
        for one in public
        if known.get((one.number, one.version), {}).get("redacted", 0) == len(one.redacted())
    } & known.keys()
    if known.keys() == as_it_is and len(as_it_is) == len(public):
        return
    listed = (known[key] if (key := (one.number, one.version)) in as_it_is else _line(one) for one in public)
    write_whole(path, canonical({"list": [line for line in listed if line]}))


def write_signed_index() -> None:
    """List every public document that was signed outside, with its digest; written when it says something new."""
    public = Attestation.objects.public().select_related("announcement").order_by("public_at", "pk")
    listed = [
        {"number": one.number, "version": one.announcement.version, "serial": one.serial, "digest": one.sha256}
        for one in public
    ]
    path, content = settings.PUBLIC_ROOT / "pengumuman" / SIGNED_INDEX, canonical({"list": listed})
    if path.read_bytes() != content if path.exists() else listed:
        write_whole(path, content)


def _line(announcement) -> dict | None:
    pdf = settings.PUBLIC_ROOT / "pengumuman" / announcement.number / f"v{announcement.version}" / "announcement.pdf"
    if not pdf.exists():
        return None  # gone from the disk: repair puts it back, then it is listed
    redacted = announcement.redacted()
    more = {"redacted": len(redacted), "redacted_rows_digest": redacted[-1].rows_digest} if redacted else {}
    return more | {
        "number": announcement.number,
        "version": announcement.version,
        "rows_digest": announcement.rows_digest,
        "rows_root": announcement.rows_root,
        "pdf_digest": fingerprint(pdf)["sha256"],
    }
