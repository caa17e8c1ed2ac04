"""What stands between a stage and its announcement."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from lib import rulepack_files
from selection import objection_window
from selection.models import Announcement, Difference, Outcome, Preparation, Recheck, ScoreBatch
from selection.objection_states import ObjectionState
from selection.queries import (
    agreed_reviews,
    current_set,
    participants,
    passes_taken_away,
    places_digest,
    previous_result,
)
from selection.score_files import parts


@dataclass(frozen=True)
class Issue:
    """One unsettled thing: a code for programs, words for staff, words for the public notice of delay."""

    code: str
    words: str
    public: str


def current_preparation(stage, outcome_set) -> Preparation | None:
    """The preparation that would publish `outcome_set`, if there is one."""
    return stage.preparations.filter(outcome_set=outcome_set, replaced_at=None).select_related("number").first()


def last_announcement(stage) -> Announcement | None:
    return stage.announcements.order_by("-version").first()


def has_news(stage) -> bool:
    """Whether a result is in force that no announcement carries yet."""
    found, last = current_set(stage), last_announcement(stage)
    return found is not None and (last is None or last.outcome_set_id != found.pk)


def unsettled(stage, at) -> list[Issue]:
    """All that must be settled before the result of `stage` can be published; empty = it can.

    Cheap whatever the number of applicants: asked again under the lock when the stage is frozen.
    """
    issues = []
    if stage.closed_at is None and stage.closes_at > at:
        issues.append(Issue("open", _("Tahap ini belum ditutup."), _("Tahap belum selesai.")))
    if stage.holds.standing(at).exists():
        words = _("Tim pengawas menahan pengumuman tahap ini.")
        issues.append(Issue("hold", words, words))
    waiting = stage.batches.filter(state=ScoreBatch.State.STAGED).count()
    if waiting:
        issues.append(
            Issue(
                "batch",
                _("%(n)s berkas nilai menunggu pengesahan orang kedua.") % {"n": waiting},
                _("Nilai belum disahkan orang kedua."),
            )
        )
    found = current_set(stage)
    if found is None:
        issues += _without_result(stage)
        return issues
    issues += _about_result(stage, found)
    issues += _about_objections(stage, found, at)
    issues += _about_rechecks(stage)
    preparation = current_preparation(stage, found)
    if preparation is None:
        issues.append(Issue("prepare", _("Pengumuman belum disiapkan."), _("Pengumuman belum siap.")))
    elif preparation.approved_at is None:
        words = _("Pengumuman yang disiapkan menunggu pengesahan orang kedua.")
        issues.append(Issue("approve", words, _("Pengumuman menunggu pengesahan orang kedua.")))
    return issues


def _about_objections(stage, found, at) -> list[Issue]:
    """Objections to the result before, which may still let people into this stage; and grants that came after `found`."""
    issues = []
    earlier = previous_result(stage)
    if earlier and earlier.objection_days:
        names = {"stage": earlier.name_public}
        if any(window.closes_at > at for window in windows_of(earlier)):
            words = _("Masa sanggah %(stage)s belum berakhir.") % names
            issues.append(Issue("objection_window", words, words))
        waiting = earlier.objections.waiting().count() + earlier.reopenings.of_objections().unsettled().count()
        if waiting:
            words = _("%(n)s sanggah %(stage)s belum diputus.") % (names | {"n": waiting})
            issues.append(Issue("objections", words, words))
        if unpublished_grants(earlier):
            words = _("Sanggah %(stage)s yang dikabulkan belum diumumkan.") % names
            issues.append(Issue("granted", words, words))
    if grants_not_in(stage, found):
        issues.append(
            Issue(
                "reopened",
                _("Sanggah dikabulkan sejak hasil dihitung. Hitung ulang dahulu."),
                _("Hasil dihitung ulang karena sanggah dikabulkan."),
            )
        )
    return issues


def _about_rechecks(stage) -> list[Issue]:
    """Files of this stage, or of the result before, that are checked again because of a finding."""
    issues = []
    earlier = previous_result(stage)
    for one in Recheck.objects.filter(stage__in=[stage, earlier] if earlier else [stage], state=Recheck.State.OPEN):
        names = {"number": one.cause, "stage": (stage if one.stage_id == stage.pk else earlier).name_public}
        words = _("Pemeriksaan ulang berkas %(stage)s karena temuan %(number)s belum selesai.") % names
        issues.append(Issue("recheck", words, words))
    if earlier and (unpublished := unpublished_rechecks(earlier)):
        names = {"number": ", ".join(one.cause for one in unpublished), "stage": earlier.name_public}
        words = _("Koreksi %(stage)s karena temuan %(number)s belum diumumkan.") % names
        issues.append(Issue("recheck", words, words))
    return issues


def unpublished_rechecks(stage) -> list[Recheck]:
    """What was checked again and applied, and no public announcement carries yet, where one carries an older result."""
    newest = stage.announcements.public().select_related("outcome_set").order_by("-version").first()
    return (
        list(stage.rechecks.filter(result__state="applied", result__version__gt=newest.outcome_set.version))
        if newest
        else []
    )


def windows_of(stage) -> list:
    """The windows that the public versions of `stage` opened: the first for everybody, others for whose pass they took."""
    opened = []
    for one in stage.announcements.public().select_related("supersedes").order_by("version"):
        if not one.supersedes_id or passes_taken_away(one).exists():
            opened.append(objection_window.of(stage, one.public_at))
    return opened


def grants_not_in(stage, found) -> list:
    """Objections to `stage` that were granted after the computation `found` was made."""
    return list(stage.objections.filter(state=ObjectionState.GRANTED, confirmed_at__gt=found.made_at).order_by("pk"))


def unpublished_grants(stage) -> list:
    """Objections to `stage` that were granted, and no public announcement carries what follows from them yet."""
    newest = stage.announcements.public().select_related("outcome_set").order_by("-version").first()
    return grants_not_in(stage, newest.outcome_set) if newest else []


def _without_result(stage) -> list[Issue]:
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule) if stage.rule else {"kind": "review"}
    if rule["kind"] == "review":
        undecided = undecided_files(stage)
        if undecided:
            return [
                Issue(
                    "files",
                    _("%(n)s berkas belum diputus.") % {"n": undecided},
                    _("%(n)s berkas masih diperiksa.") % {"n": undecided},
                )
            ]
        return [Issue("tally", _("Hasil pemeriksaan belum direkap."), _("Hasil belum direkap."))]
    if not stage.batches.filter(state=ScoreBatch.State.APPROVED).exists():
        return [Issue("scores", _("Belum ada nilai yang disahkan."), _("Nilai belum lengkap."))]
    if lacking := parts.lacking(stage, rule):
        words = _("Nilai %(parts)s belum disahkan.") % {"parts": parts.labels(rule, lacking)}
        return [Issue("scores", words, _("Nilai belum lengkap."))]
    return [Issue("rank", _("Peringkat belum dihitung."), _("Peringkat belum dihitung."))]


def _about_result(stage, found) -> list[Issue]:
    issues = []
    newest = stage.batches.filter(state=ScoreBatch.State.APPROVED).order_by("-sequence").first()
    if newest and newest.pk not in found.batches:
        issues.append(
            Issue("stale", _("Ada nilai baru sejak peringkat dihitung. Hitung ulang."), _("Peringkat dihitung ulang."))
        )
    if found.places_digest and found.places_digest != places_digest(stage.recruitment_id):
        issues.append(
            Issue(
                "places",
                _("Kuota atau jenis kebutuhan berubah sejak hasil dihitung. Hitung ulang."),
                _("Hasil dihitung ulang karena kuota berubah."),
            )
        )
    open_differences = Difference.objects.filter(set=found, settled_at=None).count()
    if open_differences:
        issues.append(
            Issue(
                "differences",
                _("%(n)s perbedaan dengan status resmi belum dijelaskan.") % {"n": open_differences},
                _("%(n)s perbedaan dengan daftar resmi masih diperiksa.") % {"n": open_differences},
            )
        )
    return issues


def undecided_files(stage) -> int:
    """Files of an administrative stage on which the verifiers have not agreed yet."""
    agreed = agreed_reviews(stage).filter(application=OuterRef("pk"))
    return participants(stage).submitted().exclude(Exists(agreed)).count()


def counts_add_up(stage, found) -> bool:
    """Whether the result holds exactly the participants of the stage. Costs a count of both."""
    return Outcome.objects.filter(set=found).count() == participants(stage).count()
