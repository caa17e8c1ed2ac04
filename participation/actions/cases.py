"""Service feedback: filed by anybody, routed, passed on, answered, merged; judged solved by the citizen."""

from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import FileAccess, User
from lib.codes import random_code
from participation import case_clock, case_codes
from participation.case_states import OVER, WITH_AGENCY, CaseState, NotAllowed, allows
from participation.models import CaseClock, CaseEscalation, CasePhoto, CaseStep, ServiceCase
from participation.models.service_case import DESK
from publishing.actions import publication, subscribing

MOST_REOPENINGS = 2
MOST_PASSES = 2  # a third one goes up
REOPENED_WITHIN = timedelta(days=90)  # after the answer


@transaction.atomic(durable=True)
def file(code: str, *, kind, topic, text, place="", agency=None, formation=None, stage=None, email="", photos=(), at):
    """The case of this code and whether it was there before: a form sent twice files one. Queues the first letter.

    `photos` were checked already (lib/document_checks). Nothing but the letter goes to an address before its owner
    presses the button behind it.
    """
    kept = case_codes.code_hash(code)
    found = ServiceCase.objects.filter(code_hash=kept).first()
    if found:
        return found, True
    subscriber = subscribing.take_in(email, at=at) if email else None
    case = ServiceCase(
        number=f"ADU-{at:%y}-{random_code(6)}", code_hash=kept, kind=kind, topic=topic, text=text, place=place or None,
        agency=agency, formation=formation, stage=stage, subscriber=subscriber, filed_at=at,
    )  # fmt: skip
    ServiceCase.objects.bulk_create([case], ignore_conflicts=True)  # of two at once the second waits here
    case = ServiceCase.objects.get(code_hash=kept)
    if case.steps.exists():
        return case, True
    for one in photos:
        photo = CasePhoto(case=case, sha256=one.sha256, content_type=one.content_type, size=len(one.content))
        photo.file.save(one.sha256, ContentFile(one.content), save=False)
        photo.save()
    _step(case, "", at=at, by_reporter=True)
    case_clock.start(case, CaseClock.Kind.ROUTE, at=at)
    words = _("Kami terima. Buka tautan di bawah, lalu tekan tombol supaya kabar berikutnya dikirim ke alamat ini.")
    _write(case, "filed", _("Aduan Anda diterima: %(number)s") % {"number": case.number}, words, at, first=True)
    return case, False


def of_code(code: str) -> ServiceCase | None:
    """The case whose reporter holds this code (normal form)."""
    return ServiceCase.objects.filter(code_hash=case_codes.code_hash(code)).first()


def link_token(case: ServiceCase) -> str:
    """What a letter carries: worth nothing once the address is forgotten."""
    return signing.dumps([case.pk, case.subscriber.nonce], salt=case_codes.LINK)


def of_link(token: str) -> ServiceCase | None:
    """The case a letter's link belongs to."""
    try:
        pk, nonce = signing.loads(token, salt=case_codes.LINK)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return ServiceCase.objects.select_related("subscriber").filter(pk=pk, subscriber__nonce=nonce).first()


@transaction.atomic(durable=True)
def route(case, agency, *, supervised: bool, words: str = "", by, at) -> None:
    """The desk sends a case to the agency that answers; its clock starts. Raises NotAllowed."""
    case = _locked(case, CaseState.ROUTED)
    _only_desk(by)
    case.agency, case.supervised = agency, supervised and case.kind == ServiceCase.Kind.COMPLAINT
    _move(case, CaseState.ROUTED, words=words, by=by, at=at, met=True)
    case_clock.start(case, CaseClock.Kind.ANSWER, at=at, agency=agency)


@transaction.atomic(durable=True)
def pass_on(case, *, words: str, by, at) -> None:
    """Not this agency's: back to the desk with a public reason. The third time it goes up as well. Raises NotAllowed."""
    case = _locked(case, CaseState.RECEIVED)
    _only_answerer(case, by)
    if not words.strip():
        raise NotAllowed(_("Tulis alasan mengapa ini bukan urusan kantor Anda."))
    case.passes += 1
    clock = case.clocks.get(ended_at=None)
    _move(case, CaseState.RECEIVED, words=words, by=by, at=at, met=False)
    if case.passes > MOST_PASSES and not CaseEscalation.objects.filter(clock=clock).exists():
        escalate(case, clock, CaseEscalation.Reason.PASSED, at=at)
    case_clock.start(case, CaseClock.Kind.ROUTE, at=at)


@transaction.atomic(durable=True)
def answer(case, *, words: str, by, at) -> None:
    """The officer's public answer; everybody who reported it is asked whether it is solved. Raises NotAllowed."""
    case = _locked(case, CaseState.ANSWERED)
    _only_answerer(case, by)
    if not words.strip():
        raise NotAllowed(_("Tulis jawaban untuk umum."))
    case.answer, case.answered_at = words, at
    _move(case, CaseState.ANSWERED, words=words, by=by, at=at, met=True)
    case_clock.start(case, CaseClock.Kind.CONFIRM, at=at)
    body = _("Ada jawaban. Apakah masalahnya selesai? Katakan lewat tautan di bawah dalam 14 hari.")
    tell(case, f"answered:{case.reopenings}", _("Aduan Anda dijawab: %(number)s"), body, at)


@transaction.atomic(durable=True)
def say_solved(case, *, at) -> None:
    """The reporter says that it is solved. Raises NotAllowed; who follows a case may only say that it is not."""
    case = _locked(case, CaseState.SOLVED)
    CaseStep.objects.create(case=case, old=case.state, new=CaseState.SOLVED, by_reporter=True, at=at)
    case_clock.end(case, at=at, met=True)
    case.state, case.closed_at = CaseState.SOLVED, at
    case.save()


@transaction.atomic(durable=True)
def reopen(case, *, private: str, at) -> None:
    """A reporter says that it is not solved: back to the agency with a new clock, twice at most. Raises NotAllowed."""
    case = _locked(case.main, CaseState.REOPENED)
    if case.reopenings >= MOST_REOPENINGS:
        raise NotAllowed(_("Aduan ini sudah dibuka lagi dua kali. Tulis aduan baru dan sebut nomor ini."))
    if at > case.answered_at + REOPENED_WITHIN:
        raise NotAllowed(_("Sudah lebih dari 90 hari sejak jawaban. Tulis aduan baru dan sebut nomor ini."))
    case.reopenings += 1
    case_clock.end(case, at=at, met=True)
    CaseStep.objects.create(
        case=case, old=case.state, new=CaseState.REOPENED, private=private or None, by_reporter=True, at=at
    )
    case.state, case.closed_at = CaseState.REOPENED, None
    case.save()
    case_clock.start(case, CaseClock.Kind.ANSWER, at=at, agency=case.agency)


@transaction.atomic(durable=True)
def merge(case, into, *, by, at) -> None:
    """The same as another: its reporter follows that one, and is told. Raises NotAllowed."""
    _only_desk(by)
    for each in sorted((case.pk, into.pk)):  # in key order
        ServiceCase.objects.select_for_update(no_key=True).get(pk=each)
    into = ServiceCase.objects.get(pk=into.pk)
    case = _locked(case, CaseState.MERGED)
    if into.pk == case.pk or into.state in OVER:
        raise NotAllowed(_("Pilih aduan lain yang masih berjalan."))
    if case.followers.exists():
        raise NotAllowed(_("Sudah ada aduan yang digabung ke sini. Gabungkan aduan yang lain ke aduan ini."))
    case.merged_into, case.closed_at = into, at
    _move(case, CaseState.MERGED, by=by, at=at, met=True)
    body = _("Aduan Anda sama dengan aduan %(number)s. Anda ikut dikabari tentang aduan itu.") % {"number": into.number}
    tell(case, "merged", _("Aduan Anda digabung: %(number)s"), body, at)


@transaction.atomic(durable=True)
def decline(case, *, words: str, by, at) -> None:
    """Not the city's to answer: closed with a public reason that says where to go. Raises NotAllowed."""
    case = _locked(case, CaseState.DECLINED)
    _only_desk(by)
    if not words.strip():
        raise NotAllowed(_("Tulis alasan dan ke mana warga dapat pergi."))
    case.answer, case.answered_at, case.closed_at = words, at, at
    _move(case, CaseState.DECLINED, words=words, by=by, at=at, met=True)
    tell(case, "declined", _("Tentang aduan Anda: %(number)s"), words, at)


def escalate(case, clock, reason: str, *, at) -> None:
    """Up to the parent agency's officers and the desk; once for each clock. Runs in the caller's transaction."""
    parent = case.agency.parent if case.agency else None
    CaseEscalation.objects.create(case=case, clock=clock, reason=reason, agency=parent, at=at)
    made = publication.publish(
        source=f"case:{case.number}:up:{clock.pk}",
        subject=_("Aduan naik: %(number)s") % {"number": case.number},
        body=_("Aduan ini lewat tenggat atau terlalu sering dioper. Buka meja aduan dan pastikan ada yang menjawab."),
        url=f"/kelola/aduan/{case.number}/",
        at=at,
    )
    above = User.objects.filter(groups__name__in=DESK)
    if parent:
        above = above | User.objects.filter(groups__name="agency_officer", pk__in=parent.officers.values("user"))
    publication.queue_for(made, above.distinct(), at=at)


def look(case, *, by, at) -> None:
    """Somebody opens what a citizen wrote: written down."""
    FileAccess.objects.create(subject=case.number, by=by, role=_role(by), purpose=_("aduan warga"), at=at)


def may_answer(user, case) -> bool:
    """An officer of the agency it lies with, or of the one it went up to."""
    offices = case.agency_id and User.objects.filter(pk=user.pk, groups__name="agency_officer").exists()
    if not offices or case.state not in WITH_AGENCY:
        return False
    own = case.agency.officers.filter(user=user).exists()
    return own or case.escalations.filter(agency__officers__user=user).exists()


def tell(case, what: str, subject: str, body: str, at) -> None:
    """A letter to the reporter of `case` and of each case that follows it."""
    for one in (case, *case.followers.select_related("subscriber")):
        _write(one, what, subject % {"number": one.number}, body, at)


def _write(case, what: str, subject: str, body: str, at, *, first: bool = False) -> None:
    subscriber = case.subscriber
    if subscriber is None or not (first or subscriber.confirmed_at):
        return
    url = f"/aduan/surat/{link_token(case)}/"
    made = publication.publish(source=f"case:{case.number}:{what}", subject=subject, body=body, url=url, at=at)
    subscribing.write_to(subscriber, made, at=at)


def _locked(case, to: str) -> ServiceCase:
    found = ServiceCase.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    if not allows(found.state, to):
        raise NotAllowed(_("Aduan ini sekarang: %(state)s.") % {"state": found.get_state_display()})
    return found


def _move(case, to: str, *, at, met: bool, words: str = "", by=None) -> None:
    case_clock.end(case, at=at, met=met)
    old, case.state = case.state, to
    case.save()
    _step(case, old, words=words, by=by, at=at)


def _step(case, old: str, *, at, words: str = "", by=None, by_reporter=False) -> None:
    CaseStep.objects.create(
        case=case, old=old, new=case.state, words=words, agency=case.agency, by=by, by_reporter=by_reporter, at=at
    )


def _only_desk(user) -> None:
    if not user.has_role(*DESK):
        raise NotAllowed(_("Ini pekerjaan meja aduan."))


def _only_answerer(case, user) -> None:
    if not may_answer(user, case):
        raise NotAllowed(_("Aduan ini tidak ada pada kantor Anda."))


def _role(user) -> str:
    return next((one for one in (*DESK, "agency_officer") if user.has_role(one)), "")[:30]
