"""What follows from a granted objection: the file is opened again, identical cases too, and the stage summed up anew."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import FileAccess, User
from accounts.roles import Role
from lib import rulepack_files
from lib.statement_time import allow_minutes
from publishing.actions import publication
from selection import rules
from selection.actions import verification
from selection.actions.ranking import begin_set
from selection.actions.settlement import grants_not_in
from selection.models import Application, OutcomeSet, Reopening, Review, ReviewItem
from selection.queries import agreed_reviews, current_set, reviews_in_force
from selection.states import State
from vacancies.models import Stage

MET, NOT_MET = Review.Verdict.MET, Review.Verdict.NOT_MET


class NotAllowed(Exception):
    """This person had a part in the result, is the first person already, or the file is past that step."""


class NotReady(Exception):
    """A file that was opened again waits for its two people, or nothing was granted since the result."""


def reopen(objection, *, at) -> list[Reopening]:
    """Open the person's file again, decided by the two who granted it, and every identical case, to be judged anew.

    Called in the transaction that grants. Only where files are judged: wrong scores come right by a corrected file.
    Whoever was excluded is in the selection again, with what files and scores say of them.
    """
    if objection.application.state == State.EXCLUDED:
        Application.objects.filter(pk=objection.application_id).move(
            State.SUBMITTED, by=objection.confirmed_by, at=at, because=objection.number
        )
        return []
    if not agreed_reviews(objection.stage).filter(application=objection.application_id).exists():
        return []
    own = Reopening.objects.create(
        objection=objection, application=objection.application, stage=objection.stage, at=at, verdict=MET,
        first_by=objection.decided_by, first_at=objection.decided_at,
        second_by=objection.confirmed_by, second_at=objection.confirmed_at,
    )  # fmt: skip
    others = Reopening.objects.bulk_create(
        Reopening(objection=objection, application=one, stage=objection.stage, at=at)
        for one in identical_cases(objection)
    )
    for one in others:
        _tell_reopened(one, at)
    return [own, *others]


def identical_cases(objection):
    """Other files of the same post that failed for the same requirement and reason, and for nothing that was not granted."""
    granted = list(objection.items.filter(granted=True, requirement__isnull=False))
    failing = ReviewItem.objects.filter(review=OuterRef("pk"), met=False, requirement__required=True)
    same = Q(pk__in=[])
    for one in granted:
        same |= Q(requirement=one.requirement_id, reason=one.reason_id)
    reviews = reviews_in_force(objection.stage).filter(
        Exists(failing.filter(same)), ~Exists(failing.exclude(requirement__in=[one.requirement_id for one in granted]))
    )
    again = Reopening.objects.filter(application=OuterRef("pk"), stage=objection.stage)
    newest = again.counting().order_by("-second_at", "-pk").values("verdict")[:1]
    return (
        Application.objects.filter(
            formation=objection.application.formation_id, state=State.SUBMITTED, reviews__in=reviews.values("pk")
        )
        .exclude(pk=objection.application_id)
        .exclude(Exists(again.of_objections().unsettled().filter(verdict=MET)))
        .alias(newest=Subquery(newest))
        .exclude(newest=MET, newest__isnull=False)
        .order_by("pk")
    )


def may_judge(user, reopening: Reopening) -> bool:
    """Whether `user` decides objections and had no part in the result of this file."""
    return user.has_role(Role.ADJUDICATOR) and not rules.took_part(user, reopening.application_id, reopening.stage_id)


@transaction.atomic(durable=True)
def open_file(reopening: Reopening, *, by, at, document: str = "") -> None:
    """Write down, for the owner to see, that `by` looks at the file. Raises NotAllowed."""
    if not may_judge(by, reopening):
        raise NotAllowed(_("Anda ikut dalam hasil ini. Berkas ini diputus orang lain."))
    FileAccess.objects.create(
        person_id=reopening.application.person_id,
        subject=reopening.application.ref,
        by=by,
        role=Role.ADJUDICATOR,
        unit=by.public_label,
        purpose=_("Membuka dokumen: %(name)s") % {"name": document[:100]}
        if document
        else _("Memeriksa kembali berkas karena sanggah yang sama dikabulkan"),
        at=at,
    )


@transaction.atomic(durable=True)
def judge(reopening: Reopening, *, met: bool, by, at) -> Reopening:
    """The first person's word on an identical case. Locks the row. Raises NotAllowed."""
    found = _locked(reopening, by=by)
    if found.first_at:
        raise NotAllowed(_("Berkas ini sudah dinilai. Sekarang orang kedua yang memutuskan."))
    found.verdict, found.first_by, found.first_at = MET if met else NOT_MET, by, at
    found.save(update_fields=["verdict", "first_by", "first_at"])
    return found


@transaction.atomic(durable=True)
def agree(reopening: Reopening, *, by, at) -> Reopening:
    """The second person agrees with the first: decided. Raises NotAllowed."""
    found = _locked(reopening, by=by)
    if found.first_at is None or found.first_by_id == by.pk:
        raise NotAllowed(_("Orang kedua harus orang lain. Minta rekan yang juga tidak ikut dalam hasil ini."))
    found.second_by, found.second_at = by, at
    found.save(update_fields=["second_by", "second_at"])
    if found.verdict == NOT_MET:
        _tell_unchanged(found, at)
    return found


@transaction.atomic(durable=True)
def disagree(reopening: Reopening, *, by) -> Reopening:
    """The second person does not agree: the file waits for a first word again. Raises NotAllowed."""
    found = _locked(reopening, by=by)
    if found.first_at is None or found.first_by_id == by.pk:
        raise NotAllowed(_("Orang kedua harus orang lain."))
    found.verdict, found.first_by, found.first_at = "", None, None
    found.save(update_fields=["verdict", "first_by", "first_at"])
    return found


def _locked(reopening: Reopening, *, by) -> Reopening:
    found = (
        Reopening.objects.of_objections()
        .select_for_update(no_key=True, of=("self",))
        .select_related("application", "stage__recruitment", "objection")
        .get(pk=reopening.pk)
    )
    if found.second_at:
        raise NotAllowed(_("Berkas ini sudah diputus dua orang."))
    if not may_judge(by, found):
        raise NotAllowed(_("Anda ikut dalam hasil ini. Berkas ini diputus orang lain."))
    return found


@transaction.atomic(durable=True)
def retally(stage, *, by, at) -> OutcomeSet:
    """Sum the stage up again with what was granted, in shadow, for everybody; another person applies it.

    Locks the stage. Raises NotReady while a file that was opened again is undecided, or when nothing was granted since.
    """
    allow_minutes()
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    found = current_set(stage)
    granted = grants_not_in(stage, found) if found else []
    if not granted:
        raise NotReady(_("Tidak ada sanggah yang dikabulkan sejak hasil ini dihitung."))
    if left := stage.reopenings.of_objections().unsettled().count():
        raise NotReady(_("%(n)s berkas yang dibuka kembali belum diputus dua orang.") % {"n": left})
    pack = rulepack_files.load(stage.recruitment.rulepack)
    codes = pack.stage(stage.rule)["codes"] if stage.rule else {"met": "MS", "not_met": "TMS"}
    numbers = ", ".join(one.number for one in granted)
    shadow = begin_set(stage, by=by, at=at, reason=(_("Sanggah dikabulkan: %(numbers)s.") % {"numbers": numbers})[:500])
    verification.write_outcomes(shadow, stage, codes, pack)
    return shadow


def _tell_reopened(reopening: Reopening, at) -> None:
    _tell(
        reopening,
        "reopened",
        _("Berkas Anda dibuka kembali"),
        _(
            "Sanggah peserta lain dengan kasus yang sama dikabulkan. Karena itu berkas Anda untuk %(stage)s dibuka "
            "kembali dan dinilai dua orang yang belum pernah memeriksanya. Belum ada yang perlu Anda lakukan."
        ),
        at,
    )


def _tell_unchanged(reopening: Reopening, at) -> None:
    _tell(
        reopening,
        "unchanged",
        _("Hasil pemeriksaan kembali: tetap"),
        _("Berkas Anda untuk %(stage)s diperiksa kembali oleh dua orang. Hasilnya tetap seperti yang diumumkan."),
        at,
    )


def _tell(reopening: Reopening, what: str, subject: str, body: str, at) -> None:
    application = reopening.application
    made = publication.publish(
        source=f"{what}:{application.ref}:{reopening.objection_id}",
        subject=subject,
        body=body % {"stage": reopening.stage.name_public},
        url=f"/lamaran/{application.ref}/pantau/",
        at=at,
    )
    publication.queue_for(made, User.objects.filter(pk=application.user_id), at=at)
