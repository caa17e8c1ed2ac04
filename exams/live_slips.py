"""The own score as it was on the screen, bound for good: what the record commits to, and the file that proves it.

Format and check: `verifier/RECORD.md` sections 4 and 5, kind `score`. The salt follows from the application's own secret.
"""

from ledger import queries
from ledger.actions.record import instant
from ledger.tlog import canon
from ledger.tlog.scalars import b64e
from ledger.tlog.tree import prove_inclusion
from selection import commitments as binding
from selection.actions.batches import tree_of
from selection.models import Application
from selection.receipts import FORMAT
from selection.rendering.rows import plain


def commitments(session, keys: list[str], new: list) -> list[str]:
    """The commitments (base64) to `new` pairs of application and row, in their order; one statement."""
    found = Application.objects.select_related("opening").in_bulk([person for person, _row in new])
    return [
        _commitment(found[person], _opening(found[person], session, row.room, row.shown_at, keys, row.values))
        for person, row in new
    ]


def of(row) -> dict | None:
    """The slip of a `LiveRow` as a file; None before the record holds it, or where it is not bound to the person any more."""
    delivery, score, application = row.delivery, row.score, row.score.application
    opening = _opening(application, delivery.session, row.room, score.shown_at, score.components, score.values)
    proved = queries.proof_of(delivery.fact)
    if proved is None or _commitment(application, opening) != row.commitment:
        return None
    members = delivery.live_rows.order_by("index").values_list("commitment", flat=True)
    path = prove_inclusion(row.index, delivery.rows, tree_of(list(members)))
    entry, proof = proved
    return {
        "format": FORMAT, "kind": "score", "opening": opening,
        "salt": binding.salt(application.salt, _purpose(opening)).hex(), "commitment": row.commitment,
        "index": row.index, "path": [b64e(step) for step in path], "entry": entry.decode(), "proof": proof.decode(),
    }  # fmt: skip


def _opening(application, session, room: str, shown_at, keys, values) -> dict:
    kept = getattr(application, "opening", None)
    who = binding.identity_of(kept.text if kept else None, application.national_number, application.ref)
    return {
        "v": 1, "kind": "score", "nid": who["nid"], "name": who["name"], "p": application.participant_number,
        "recruitment": session.stage.recruitment.slug, "stage": session.stage.slug, "session": session.slug,
        "room": binding.spelled(room), "at": instant(shown_at),
        "scores": {key: plain(value) for key, value in zip(keys, values, strict=True)},
    }  # fmt: skip


def _purpose(opening: dict) -> str:
    return f"score {opening['session']} {opening['at']}"


def _commitment(application, opening: dict) -> str:
    return b64e(canon.commit(binding.salt(application.salt, _purpose(opening)), opening))
