"""What an applicant's own page says: now, what to do, what is next and when, all that happened."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import FileAccess
from accounts.roles import Role
from lib.indonesian_text import instant
from publishing.models import Delivery
from selection.actions.explanation import explain
from selection.models import (
    Announcement,
    Application,
    DelayNotice,
    Objection,
    Outcome,
    Receipt,
    Recheck,
    TestedComponent,
)
from selection.objectable import Chance, chances_of
from selection.objection_states import ObjectionState
from selection.states import State
from vacancies.models import Stage


@dataclass(frozen=True)
class Line:
    """One thing that happened, or will, with its time."""

    words: str
    at: datetime
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Contest:
    """How objecting to one result stands: whether it is possible and how long still, or what became of it."""

    chance: Chance
    at: datetime

    @property
    def state(self) -> str:
        """later, open, over, or the state of what was written."""
        written, window = self.chance.objection, self.chance.window
        if written and written.state != ObjectionState.DRAFT:
            return "filed" if written.state == ObjectionState.PROPOSED else written.state
        if window.is_over(self.at):
            return "over"
        return "open" if window.is_open(self.at) else "later"

    @property
    def left(self) -> str:
        return self.chance.window.left(self.at)

    @property
    def begun(self) -> bool:
        return self.chance.objection is not None


@dataclass
class Journey:
    """The page of one application at one moment. `tone` is ok, wait, info or bad (never alone: words say it)."""

    word: str
    tone: str
    sentence: str
    todo: list[str] = field(default_factory=list)
    next: Line | None = None
    past: list[Line] = field(default_factory=list)
    accesses: list[dict] = field(default_factory=list)
    messages: list[Line] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)
    has_test: bool = False  # a test in the portal is to come or open, and this person's score is not there yet


def journey(application: Application, at) -> Journey:
    """Asks only what is public or the owner's: a result counts from its announcement's `public_at` on."""
    zone = application.recruitment.zone
    stages = list(application.recruitment.stages.order_by("order"))
    results = _public_results(application)
    page = _now(application, stages, results, at, zone)
    page.next = _next(application, stages, results, at)
    if any(one.objection_days for one in stages):
        page.contests = [Contest(one, at) for one in chances_of(application)]
        page.todo += _may_object(page.contests)
    page.has_test = _has_test(application, stages, results)
    page.past = _past(application, results)
    page.accesses = _accesses(application)
    page.messages = _messages(application)
    return page


def _public_results(application) -> list[tuple[Announcement, Outcome]]:
    """(announcement, outcome) of each stage that told this person something, newest version, in order."""
    outcomes = {
        one.set_id: one
        for one in application.outcomes.select_related("set__stage", "formation", "application__formation")
    }
    announcements = (
        Announcement.objects.public()
        .filter(outcome_set__in=outcomes)
        .select_related("stage__recruitment")
        .order_by("stage__order", "version")
    )
    newest = {one.stage_id: one for one in announcements}
    return [(one, outcomes[one.outcome_set_id]) for one in newest.values()]


def _now(application, stages, results, at, zone) -> Journey:
    if application.state == State.DRAFT:
        page = Journey(_("Belum dikirim"), "wait", _("Lamaran ini belum Anda kirim."))
        page.todo = [_("Lengkapi isian dan dokumen, lalu kirim sebelum pendaftaran ditutup.")]
        return page
    if application.state == State.WITHDRAWN:
        return Journey(_("Dibatalkan"), "info", _("Anda membatalkan lamaran ini."))
    if application.state == State.EXCLUDED:
        return Journey(
            _("Tidak dilanjutkan"), "bad", _("Lamaran ini tidak dilanjutkan. Alasannya ada di surat untuk Anda.")
        )
    if results:
        announcement, outcome = results[-1]
        told = explain(outcome)
        if not outcome.advances:
            return Journey(announcement.stage.name_public, "info", told.sentence, [_("Baca penjelasan hasil Anda.")])
        later = [one for one in stages if one.order > announcement.stage.order]
        if not later:
            return Journey(announcement.stage.name_public, "ok", told.sentence)
    done = results[-1][0].stage.order if results else -1
    current = next((one for one in stages if one.opens_at <= at < one.closes_at and one.order > done), None)
    delayed = (
        DelayNotice.objects.filter(stage__in=[one for one in stages if one.order > done]).order_by("public_at").last()
    )
    if delayed:
        stage = next(one for one in stages if one.pk == delayed.stage_id)
        words = _("Pengumuman %(stage)s tertunda. Terbit sendiri begitu semua beres.") % {"stage": stage.name_public}
        return Journey(_("Tertunda"), "wait", words)
    if current and current.kind == Stage.Kind.REGISTRATION:
        return Journey(_("Terkirim"), "ok", _("Lamaran Anda sudah kami terima. Pendaftaran masih berlangsung."))
    if current and current.kind == Stage.Kind.ADMINISTRATIVE:
        return Journey(_("Diperiksa"), "info", _review_words(application, current))
    if current:
        return Journey(
            current.name_public,
            "info",
            _("Tahap ini berlangsung sampai %(when)s.") % {"when": instant(current.closes_at, zone)},
        )
    return Journey(_("Menunggu"), "info", _("Lamaran Anda menunggu tahap berikutnya."))


def _has_test(application, stages, results) -> bool:
    """Whether the next result of somebody who is still in comes from a test in the portal that has no score of theirs."""
    if application.state != State.SUBMITTED or (results and not results[-1][1].advances):
        return False
    done = results[-1][0].stage.order if results else -1
    stage = next((one for one in stages if one.order > done and one.announce_at), None)
    return bool(
        stage
        and TestedComponent.objects.filter(stage=stage).exists()
        and not application.live_scores.filter(stage=stage).exists()
    )


def _may_object(contests: list[Contest]) -> list[str]:
    """What somebody whose result was no pass can do now, and until when."""
    return [
        _("Bila hasil %(stage)s keliru, ajukan sanggah paling lambat %(when)s.")
        % {
            "stage": one.chance.stage.name_public,
            "when": instant(one.chance.window.last_second, one.chance.window.zone),
        }
        for one in contests
        if one.state == "open" and not one.chance.outcome.advances
    ]


def _review_words(application, stage) -> str:
    decided = application.reviews.filter(stage=stage, reopening=None, decided_at__isnull=False).count()
    if decided == 0:
        return _("Berkas Anda menunggu dua pemeriksa yang bekerja terpisah.")
    if decided == 1:
        return _("Satu pemeriksa sudah selesai. Berkas Anda menunggu pemeriksa kedua.")
    return _("Berkas Anda sudah diperiksa. Hasilnya tampil bersama pengumuman.")


def _next(application, stages, results, at) -> Line | None:
    """The next date that concerns this person; nothing once the way is over."""
    if application.state not in (State.DRAFT, State.SUBMITTED):
        return None
    if results and not results[-1][1].advances:
        return None
    if application.state == State.DRAFT:
        registration = next((one for one in stages if one.kind == Stage.Kind.REGISTRATION), None)
        return registration and Line(_("Pendaftaran ditutup"), registration.closes_at)
    told = {announcement.stage_id for announcement, _outcome in results}
    dates = []
    for one in stages:
        if one.announce_at and one.pk not in told and one.announce_at > at:
            dates.append(Line(_("Pengumuman %(stage)s") % {"stage": one.name_public}, one.announce_at))
        if one.opens_at > at:
            dates.append(Line(_("%(stage)s dimulai") % {"stage": one.name_public}, one.opens_at))
    return min(dates, key=lambda one: one.at, default=None)


def _past(application, results) -> list[Line]:
    lines = [Line(_("Lamaran dibuat"), application.created_at)]
    receipt = Receipt.objects.filter(application=application).first()
    if receipt:
        lines.append(Line(_("Lamaran terkirim"), receipt.at, _("Tanda terima %(number)s") % {"number": receipt.number}))
    for review in application.reviews.filter(decided_at__isnull=False).order_by("decided_at"):
        who = _("Pemeriksa ketiga selesai") if review.seat == 3 else _("Seorang pemeriksa selesai")
        if review.reopening_id:
            who = _("Seorang pemeriksa ulang selesai")
        lines.append(Line(who, review.decided_at))
    for file in application.reopenings.filter(recheck__isnull=False).select_related("recheck"):
        words = _("Dibuka untuk diperiksa ulang karena temuan pengawas %(number)s")
        lines.append(Line(words % {"number": file.recheck.cause}, file.at))
    for step in application.steps.filter(new__in=[State.WITHDRAWN, State.EXCLUDED]):
        lines.append(Line(State(step.new).label, step.at, step.because))
    for announcement, outcome in results:
        lines.append(
            Line(
                _("Hasil %(stage)s terbit") % {"stage": announcement.stage.name_public},
                announcement.public_at,
                explain(outcome).sentence,
                f"/lamaran/{application.ref}/penjelasan/{announcement.number}/",
            )
        )
    return sorted(lines, key=lambda one: one.at)


def _accesses(application) -> list[dict]:
    """Time, role, unit and purpose of each look at the file; names only on request."""
    roles = dict(Role.choices)
    return [
        {"at": one.at, "role": roles.get(one.role, one.role), "unit": one.unit, "purpose": one.purpose}
        for one in FileAccess.objects.filter(subject=application.ref).exclude(by=application.user).order_by("-at")[:50]
    ]


def _messages(application) -> list[Line]:
    """What we mailed to this person about this recruitment."""
    stages = {"stage__recruitment": application.recruitment_id}
    numbers = {*Announcement.objects.filter(**stages).values_list("number", flat=True)}
    numbers |= {*DelayNotice.objects.filter(**stages).values_list("number", flat=True)}
    numbers |= {*Objection.objects.filter(application=application).values_list("number", flat=True)}
    numbers |= {one.key for one in Recheck.objects.filter(files__application=application)}
    deliveries = (
        Delivery.objects.filter(recipient=application.user_id)
        .select_related("publication")
        .order_by("-publication__created_at")[:100]
    )
    receipt = Receipt.objects.filter(application=application).values_list("number", flat=True).first()
    return [
        Line(one.publication.subject, one.sent_at or one.publication.created_at, one.get_state_display())
        for one in deliveries
        if one.publication.source.split(":")[1] in numbers | {receipt, application.ref}
    ]
