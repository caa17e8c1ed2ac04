"""The portal's own evidence for an objection: what it knows about the file and the result, frozen when it is sent."""

import hashlib
from datetime import datetime

from django.db.models import F, Q

from lib.canonical import canonical
from selection.models import Objection, Receipt, Review, Score
from selection.rendering.rows import plain


def of(objection: Objection, at) -> dict:
    """Upload log with versions, reviews with their reasons, scores, the announced result; canonical, without names.

    The same for everybody who asks: nobody has to prove what the portal wrote down itself.
    """
    application, announcement = objection.application, objection.announcement
    outcome = application.outcomes.get(set=announcement.outcome_set_id)
    receipt = Receipt.objects.filter(application=application).first()
    return {
        "application": application.ref,
        "collected_at": _instant(at),
        "announcement": {
            "number": announcement.number,
            "version": announcement.version,
            "public_at": _instant(announcement.public_at),
            "digest": announcement.digest,
            "rows_digest": announcement.rows_digest,
        },
        "result": {
            "code": outcome.code,
            "advances": outcome.advances,
            "total": plain(outcome.total),
            "final": plain(outcome.final),
            "rank": outcome.rank,
            "decided_by": outcome.decided_by,
            "rulepack": outcome.set.rulepack,
            "rulepack_digest": outcome.set.rulepack_digest,
        },
        "receipt": receipt
        and {"number": receipt.number, "content": receipt.content_digest, "at": _instant(receipt.at)},
        "uploads": _uploads(application),
        "reviews": _reviews(objection),
        "scores": _scores(objection),
    }


def digest(evidence: dict) -> str:
    """SHA-256 in hex over the canonical spelling."""
    return hashlib.sha256(canonical(evidence)).hexdigest()


def for_reading(evidence: dict) -> dict:
    """The evidence with its instants as times, for pages that say them on the clocks of the recruitment."""
    uploads = [
        one | {name: one[name] and datetime.fromisoformat(one[name]) for name in ("uploaded_at", "replaced_at")}
        for one in evidence.get("uploads", [])
    ]
    return evidence | {"uploads": uploads}


def _instant(at) -> str | None:
    return at and at.isoformat(timespec="seconds")


def _uploads(application) -> list[dict]:
    """Every file that was handed in, replaced ones too, in the order of their coming."""
    documents = application.documents.select_related("requirement").order_by("uploaded_at", "pk")
    return [
        {
            "requirement": one.requirement.code,
            "title": one.requirement.text,
            "sha256": one.sha256,
            "bytes": one.size,
            "pages": one.pages,
            "uploaded_at": _instant(one.uploaded_at),
            "replaced_at": _instant(one.replaced_at),
        }
        for one in documents
    ]


def _reviews(objection) -> list[dict]:
    """What each seat found; who sat there is not part of it."""
    reviews = (
        Review.objects.filter(application=objection.application, stage=objection.stage, decided_at__isnull=False)
        .filter(Q(reopening=None) | Q(reopening__recheck__result__state="applied"))
        .select_related("reopening__recheck")
        .prefetch_related("items__requirement", "items__reason")
        .order_by(F("reopening__at").asc(nulls_first=True), "reopening", "seat")
    )
    return [
        ({"finding": one.reopening.recheck.cause} if one.reopening_id else {})
        | {
            "seat": one.seat,
            "verdict": one.verdict,
            "decided_at": _instant(one.decided_at),
            "not_met": [
                {"requirement": item.requirement.text, "reason": item.reason.text, "detail": item.detail}
                for item in sorted(one.items.all(), key=lambda item: item.requirement.order)
                if not item.met
            ],
        }
        for one in reviews
    ]


def _scores(objection) -> list[dict]:
    """The person's row of every approved score file of the stage, with the hash of the file."""
    scores = (
        Score.objects.filter(application=objection.application, batch__stage=objection.stage)
        .select_related("batch")
        .order_by("batch__sequence")
    )
    return [
        {
            "file": one.batch.sequence,
            "sha256": one.batch.sha256,
            "approved_at": _instant(one.batch.decided_at),
            "values": {key: plain(value) for key, value in zip(one.batch.components, one.values, strict=False)},
            "status": one.status,
        }
        for one in scores
    ]
