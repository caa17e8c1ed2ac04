"""A faulty item counts as fully answered for everybody who got it: proposed with its effect, decided by another."""

import hashlib
from dataclasses import asdict, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exams import scoring
from exams.actions import sitting as sittings
from exams.actions.local_scores import in_force
from exams.actions.local_tests import NotPossible, names
from exams.models import Item, LocalTest, Neutralisation, ShadowScore, Sitting
from ledger.actions import record
from lib.canonical import canonical


@transaction.atomic(durable=True)
def propose(test: LocalTest, code: str, *, reason: str, by, at) -> Neutralisation:
    """What the scores of everybody would be without the item `code`, beside those in force. Locks the test.

    Raises NotPossible: the test runs, nobody got the item, it is neutral already, or another proposal waits.
    """
    locked = LocalTest.objects.select_for_update(no_key=True, of=("self",)).get(pk=test.pk)
    if locked.closed_at is None:
        raise NotPossible(_("Soal dinetralkan setelah ujian selesai."))
    over = list(Sitting.objects.filter(seat__test=locked).order_by("pk"))
    item = Item.objects.filter(code=code, versions__in=_drawn(over)).first()
    if item is None:
        raise NotPossible(_("Tidak ada peserta yang mendapat soal ini. Periksa kodenya."))
    version = next(one for one in item.versions.all() if one.pk in _drawn(over))
    neutral = set(_applied(locked)) | {version.pk}
    try:
        with transaction.atomic():
            made = Neutralisation.objects.create(
                test=locked, version=version, reason=reason, proposed_by=by, proposed_at=at
            )
    except IntegrityError as error:
        raise NotPossible(_("Soal ini sudah dinetralkan, atau usulan lain menunggu keputusan.")) from error
    ShadowScore.objects.bulk_create(
        ShadowScore(neutralisation=made, sitting=one, old=in_force(one), new=rescored(one, neutral)) for one in over
    )
    return made


def _drawn(over: list[Sitting]) -> set[int]:
    return {version for one in over for version in one.items.values_list("version", flat=True)}


def _applied(test: LocalTest):
    found = test.neutralisations.filter(state=Neutralisation.State.APPLIED)
    return found.values_list("version", flat=True)


def rescored(sitting: Sitting, neutral: set[int]) -> dict:
    """The score of a sitting where each place with a version of `neutral` has all its points, answered or not."""
    sheet = sittings.sheet_of(sitting)
    result = scoring.parts(
        (place.version.item.component, place.version.question, value, place.worth) for place, value in sheet
    )
    for place, value in sheet:
        if place.version_id in neutral:
            got = scoring.points(place.version.question, value, place.worth)
            full, key = scoring.most(place.version.question, place.worth), place.version.item.component
            before = result[key]
            result[key] = replace(before, points=before.points + full - got, right=before.right + (got < full))
    return {"parts": {key: asdict(part) for key, part in result.items()}, "total": asdict(scoring.total(result))}


@transaction.atomic(durable=True)
def decide(proposal: Neutralisation, *, apply: bool, by, at) -> Neutralisation:
    """Another person applies it for everybody, or drops it. The new scores go on as a corrected score file.

    Raises NotPossible: decided already, or by whoever proposed it.
    """
    found = (
        Neutralisation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("test__session__stage__recruitment")
        .get(pk=proposal.pk)
    )
    if found.state != Neutralisation.State.PROPOSED:
        raise NotPossible(_("Usulan ini sudah diputuskan."))
    if apply and found.proposed_by_id == by.pk:
        raise NotPossible(_("Yang mengusulkan tidak boleh menerapkan. Minta rekan lain."))
    found.state = Neutralisation.State.APPLIED if apply else Neutralisation.State.DROPPED
    found.decided_by, found.decided_at = by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    if apply:
        people, changed, digest = effect(found)
        record.append(
            "exam.corrected", at=at, **names(found.test.session), people=people, changed=changed, digest=digest,
            reason=found.reason,
        )  # fmt: skip
    return found


def effect(found: Neutralisation) -> tuple[int, int, str]:
    """How many people, how many whose score changes, and the SHA-256 over all old and new scores."""
    rows = [[one.sitting.seed, one.old, one.new] for one in found.shadows.order_by("sitting").select_related("sitting")]
    changed = sum(old != new for _seed, old, new in rows)
    return len(rows), changed, hashlib.sha256(canonical(rows)).hexdigest()
