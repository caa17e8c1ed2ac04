"""Service feedback, the office's side: routed, passed on, answered, merged, declined, its public words mended."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import FileAccess, User
from accounts.roles import Role
from participation import case_clock
from participation.actions import case_letters
from participation.actions.case_moves import locked, move, public
from participation.case_states import OVER, WITH_AGENCY, CaseState, NotAllowed
from participation.models import CaseClock, CaseEscalation, CaseMending, CaseStep, ServiceCase
from participation.models.service_case import DESK

MOST_PASSES = 2  # a third one goes up


@transaction.atomic(durable=True)
def route(case, agency, *, summary: str, supervised: bool = False, words: str = "", by, at) -> None:
    """The desk sends a case to the agency that answers, and says for everybody what it is about. Raises NotAllowed."""
    case = locked(case, CaseState.ROUTED)
    _only_desk(by)
    summary = public(summary, _("Tulis ringkasan untuk umum."))
    words = public(words, "") if words.strip() else ""
    move(
        case, CaseState.ROUTED, words=words, by=by, at=at, met=True, agency=agency, summary=summary,
        supervised=supervised and case.kind == ServiceCase.Kind.COMPLAINT,
    )  # fmt: skip
    case_clock.start(case, CaseClock.Kind.ANSWER, at=at, agency=agency)


@transaction.atomic(durable=True)
def pass_on(case, *, words: str, by, at) -> None:
    """Not this agency's: back to the desk with a public reason. The third time it goes up as well. Raises NotAllowed."""
    case = locked(case, CaseState.RECEIVED)
    _only_answerer(case, by)
    words = public(words, _("Tulis alasan mengapa ini bukan urusan kantor Anda."))
    clock = case.clocks.get(ended_at=None)
    move(case, CaseState.RECEIVED, words=words, by=by, at=at, met=False, passes=case.passes + 1)
    if case.passes > MOST_PASSES and not CaseEscalation.objects.filter(clock=clock).exists():
        case_letters.escalate(case, clock, CaseEscalation.Reason.PASSED, at=at)
    case_clock.start(case, CaseClock.Kind.ROUTE, at=at)


@transaction.atomic(durable=True)
def answer(case, *, words: str, private: str = "", by, at) -> None:
    """The officer's public answer, and what only the reporter reads; who wrote or follows it is asked whether it is solved.

    Raises NotAllowed.
    """
    case = locked(case, CaseState.ANSWERED)
    _only_answerer(case, by)
    words = public(words, _("Tulis jawaban untuk umum."))
    move(case, CaseState.ANSWERED, words=words, private=private.strip(), by=by, at=at, met=True, answered_at=at)
    case_clock.start(case, CaseClock.Kind.CONFIRM, at=at)
    body = _("Ada jawaban. Apakah masalahnya selesai? Katakan lewat tautan di bawah dalam 10 hari kerja.")
    case_letters.tell(case, f"answered:{case.reopenings}", _("Aduan Anda dijawab: %(number)s"), body, at)


@transaction.atomic(durable=True)
def merge(case, into, *, by, at) -> None:
    """The same as another: its reporter follows that one, and is told. Raises NotAllowed."""
    _only_desk(by)
    for each in sorted((case.pk, into.pk)):  # in key order
        ServiceCase.objects.select_for_update(no_key=True).get(pk=each)
    into = ServiceCase.objects.get(pk=into.pk)
    case = locked(case, CaseState.MERGED)
    if into.pk == case.pk or into.state in OVER:
        raise NotAllowed(_("Pilih aduan lain yang masih berjalan."))
    if case.followers.exists():
        raise NotAllowed(_("Sudah ada aduan yang digabung ke sini. Gabungkan aduan yang lain ke aduan ini."))
    sorted_out = case.state == CaseState.RECEIVED  # what an agency did not answer does not count as answered
    move(case, CaseState.MERGED, by=by, at=at, met=sorted_out, merged_into=into)
    body = _("Aduan Anda sama dengan aduan %(number)s. Anda ikut dikabari tentang aduan itu.") % {"number": into.number}
    case_letters.tell(case, "merged", _("Aduan Anda digabung: %(number)s"), body, at)
    case.listeners.exclude(subscriber__in=into.listeners.values("subscriber")).update(case=into)


@transaction.atomic(durable=True)
def decline(case, *, words: str, by, at) -> None:
    """Not the city's to answer: closed with a public reason that says where to go. Raises NotAllowed."""
    case = locked(case, CaseState.DECLINED)
    _only_desk(by)
    words = public(words, _("Tulis alasan dan ke mana warga dapat pergi."))
    move(case, CaseState.DECLINED, words=words, by=by, at=at, met=True, answered_at=at)
    case_letters.tell(case, "declined", _("Tentang aduan Anda: %(number)s"), words, at)


@transaction.atomic(durable=True)
def mend(step: CaseStep, *, instead: str, reason: str, by, at) -> CaseMending:
    """Other public words, or none, where something personal stood; the first stay for the desk alone. Raises NotAllowed."""
    _only_desk(by)
    reason = public(reason, _("Tulis alasannya untuk umum."))
    instead = public(instead, "") if instead.strip() else ""
    if not step.words:
        raise NotAllowed(_("Langkah ini tidak memuat tulisan untuk umum."))
    return CaseMending.objects.create(step=step, instead=instead, reason=reason, by=by, at=at)


def look(case, *, by, at) -> None:
    """Somebody opens what a citizen wrote: written down."""
    role = next(one for one in (*DESK, Role.AGENCY_OFFICER) if by.has_role(one))
    FileAccess.objects.create(subject=case.number, by=by, role=role, purpose=_("aduan warga"), at=at)


def may_answer(user, case) -> bool:
    """An officer of the agency it lies with, or of the one it went up to; not whoever wrote it for somebody."""
    offices = case.agency_id and User.objects.filter(pk=user.pk, groups__name=Role.AGENCY_OFFICER).exists()
    if not offices or case.state not in WITH_AGENCY or case.entered_by_id == user.pk:
        return False
    own = case.agency.officers.filter(user=user).exists()
    return own or case.escalations.filter(agency__officers__user=user).exists()


def _only_desk(user) -> None:
    if not user.has_role(*DESK):
        raise NotAllowed(_("Ini pekerjaan meja aduan."))


def _only_answerer(case, user) -> None:
    if not may_answer(user, case):
        raise NotAllowed(_("Aduan ini tidak ada pada kantor Anda."))
