"""Receipt files: what an applicant holds in hand, checkable without the portal. Format: `verifier/RECORD.md` section 5."""

import mmap
from pathlib import Path

from django.conf import settings

from ledger import queries
from ledger.tlog import canon
from ledger.tlog.scalars import b64e
from ledger.tlog.tree import prove_inclusion
from selection import commitments
from selection.actions.announcement import public_folder
from selection.actions.batches import tree_of
from selection.models import Receipt
from selection.rendering import row_tree

FORMAT = "jabatan-terbuka-receipt-v1"
CHUNK = 1 << 20


def of_submission(application) -> dict | None:
    """The receipt of a sent application: a promise until its batch is in the signed record. None where nothing is bound."""
    receipt = Receipt.objects.filter(application=application).select_related("leaf__batch__fact").first()
    opening = _opening(application)
    if receipt is None or not receipt.commitment or opening is None:
        return None
    body = {
        "format": FORMAT,
        "kind": "submission",
        "opening": opening,
        "salt": commitments.salt(application.salt, "submission").hex(),
        "commitment": receipt.commitment,
    }
    leaf = getattr(receipt, "leaf", None)
    proved = queries.proof_of(leaf.batch.fact) if leaf else None
    if proved is None:
        return body | {"promise": receipt.promise, "checkpoint": receipt.checkpoint} if receipt.promise else None
    members = leaf.batch.leaves.order_by("index").values_list("receipt__commitment", flat=True)
    path = prove_inclusion(leaf.index, leaf.batch.count, tree_of(list(members)))
    return body | _placed(leaf.index, path, proved)


def of_result(application, announcement) -> dict | None:
    """The receipt of a result: the person's own row, opened. None where the row is not bound to this application any more."""
    folder = public_folder(announcement.number, announcement.version)
    proved = queries.proof_of(announcement.fact)
    found = _row(folder / "rows.jsonl", application.participant_number)
    if proved is None or found is None or not announcement.rows_root:
        return None
    index, line = found
    row = canon.load(line)
    secret = commitments.salt(application.salt, commitments.result_purpose(announcement.number, announcement.version))
    closed = commitments.closed_values([application.pk])[application.pk] if "closed_order" in row else None
    opening = commitments.result(
        commitments.identity_of(_text(application), application.national_number, application.ref),
        p=application.participant_number, number=announcement.number, stage=announcement.stage.slug, closed=closed,
    )  # fmt: skip
    if b64e(canon.commit(secret, opening)) != row.get("c"):
        return None
    path = prove_inclusion(index, announcement.rows, row_tree.reader(folder, announcement.rows))
    body = {"format": FORMAT, "kind": "result", "opening": opening, "salt": secret.hex(), "commitment": row["c"]}
    return body | {"row": line.decode()} | _placed(index, path, proved)


def is_recorded(application) -> bool:
    """Whether the application stands in the signed record."""
    receipt = Receipt.objects.filter(application=application).select_related("leaf__batch__fact").first()
    leaf = getattr(receipt, "leaf", None) if receipt else None
    return leaf is not None and queries.is_signed(leaf.batch.fact)


def address_to_check(commitment: str) -> str:
    """Where a phone that reads the QR looks; what stands behind the # is never sent to the server."""
    return f"{settings.SITE_URL}/verifikasi/#{commitment}"


def _placed(index: int, path: list[bytes], proved: tuple[bytes, bytes]) -> dict:
    entry, proof = proved
    return {
        "index": index,
        "path": [b64e(step) for step in path],
        "entry": entry.decode(),
        "proof": proof.decode(),
    }


def _text(application) -> str | None:
    kept = getattr(application, "opening", None)
    return kept.text if kept else None


def _opening(application) -> dict | None:
    text = _text(application)
    return canon.load(text.encode()) if text else None


def _row(path: Path, p: str) -> tuple[int, bytes] | None:
    """Place and line of participant `p` in a rows file, without parsing the others."""
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as rows:
            at = rows.find(f'"p":"{p}"'.encode())
            if at < 0:
                return None
            start = rows.rfind(b"\n", 0, at) + 1
            index = sum(rows[one : min(one + CHUNK, start)].count(b"\n") for one in range(0, start, CHUNK))
            return index, rows[start : rows.find(b"\n", at)]
    except (FileNotFoundError, ValueError):  # ValueError: an empty file
        return None
