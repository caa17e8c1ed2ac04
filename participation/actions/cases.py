"""Service feedback, the citizen's side: filed by anybody, followed, judged solved or not, withdrawn."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lib.codes import random_code
from participation import case_clock, case_codes
from participation.actions import case_letters
from participation.actions.case_moves import locked, move
from participation.case_states import OVER, CaseState, NotAllowed
from participation.models import CaseClock, CaseFollower, CasePhoto, CaseStep, ServiceCase
from publishing.actions import subscribing
from publishing.models import Subscriber

MOST_REOPENINGS = 2
REOPENED_WITHIN = timedelta(days=90)  # after the answer


@transaction.atomic(durable=True)
def file(
    code: str, *, kind, topic, text, place="", agency=None, formation=None, stage=None, email="", photos=(),
    consent=ServiceCase.Consent.SELF, entered_by=None, at,
):  # fmt: skip
    """The case of this code and whether it was there before: a form sent twice files one. Queues the first letter.

    `photos` were checked already (lib/document_checks). Nothing but the question whether the address is its owner's
    goes to it before its owner says yes.
    """
    kept = case_codes.code_hash(code)
    found = ServiceCase.objects.filter(code_hash=kept).first()
    if found:
        return found, True
    subscriber = subscribing.take_in(email, at=at) if email else None
    case = ServiceCase(
        number=f"ADU-{at:%y}-{random_code(6)}", code_hash=kept, kind=kind, topic=topic, text=text, place=place or None,
        agency=agency, formation=formation, stage=stage, subscriber=subscriber, filed_at=at,
        consent=consent, entered_by=entered_by,
    )  # fmt: skip
    ServiceCase.objects.bulk_create([case], ignore_conflicts=True)  # of two at once the second waits here
    case = ServiceCase.objects.get(code_hash=kept)
    if case.steps.exists():
        return case, True
    for one in photos:
        photo = CasePhoto(case=case, sha256=one.sha256, content_type=one.content_type, size=len(one.content))
        photo.file.save(one.sha256, ContentFile(one.content), save=False)
        photo.save()
    CaseStep.objects.create(
        case=case, new=case.state, agency=agency, by=entered_by, by_reporter=entered_by is None, at=at
    )
    case_clock.start(case, CaseClock.Kind.ROUTE, at=at)
    if subscriber and not subscriber.confirmed_at:
        case_letters.question(subscriber, at)
    words = _("Kami terima. Kantor yang berwenang ditentukan paling lambat dalam 3 hari kerja.")
    case_letters.tell(case, "filed", _("Aduan Anda diterima: %(number)s"), words, at)
    return case, False


def of_code(code: str) -> ServiceCase | None:
    """The case whose reporter holds this code (normal form)."""
    return ServiceCase.objects.filter(code_hash=case_codes.code_hash(code)).first()


@transaction.atomic(durable=True)
def say_solved(case, *, at) -> None:
    """The reporter says that it is solved. Raises NotAllowed; who follows a case may only say that it is not."""
    case = locked(case, CaseState.SOLVED)
    move(case, CaseState.SOLVED, by_reporter=True, at=at, met=True)


@transaction.atomic(durable=True)
def reopen(case, *, private: str, at) -> None:
    """A reporter says that it is not solved: back to the agency with a new clock, twice at most. Raises NotAllowed."""
    case = locked(case.main, CaseState.REOPENED)
    if case.reopenings >= MOST_REOPENINGS:
        raise NotAllowed(_("Aduan ini sudah dibuka lagi dua kali. Tulis aduan baru dan sebut nomor ini."))
    if at > case.answered_at + REOPENED_WITHIN:
        raise NotAllowed(_("Sudah lebih dari 90 hari sejak jawaban. Tulis aduan baru dan sebut nomor ini."))
    more = case.reopenings + 1
    move(case, CaseState.REOPENED, private=private, by_reporter=True, at=at, met=True, reopenings=more)
    case_clock.start(case, CaseClock.Kind.ANSWER, at=at, agency=case.agency)


@transaction.atomic(durable=True)
def withdraw(case, *, at) -> None:
    """The reporter takes it back: closed, and what was written is forgotten at once. Raises NotAllowed."""
    case = locked(case, CaseState.WITHDRAWN)
    if case.followers.exists() or case.listeners.filter(confirmed_at__isnull=False).exists():
        raise NotAllowed(_("Orang lain menunggu jawaban aduan ini, jadi tidak dapat ditarik."))
    move(case, CaseState.WITHDRAWN, by_reporter=True, at=at, met=False)
    forget(case)


def forget(case) -> None:
    """What a citizen wrote and sent goes; what happened stays. Runs in the caller's transaction."""
    ServiceCase.objects.filter(pk=case.pk).update(text=None, place=None, subscriber=None)
    case.steps.exclude(private=None).update(private=None)
    for photo in case.photos.all():
        photo.delete()
        if not CasePhoto.objects.filter(sha256=photo.sha256).exists():
            transaction.on_commit(lambda file=photo.file: file.storage.delete(file.name))


@transaction.atomic(durable=True)
def follow(case, *, address: str, at) -> None:
    """Keep that an address wants to hear of this case, until its owner confirms it. Raises NotAllowed once it is over."""
    if case.main.state in OVER:
        raise NotAllowed(_("Aduan ini sudah ditutup. Masih terjadi? Tulis aduan baru dan sebut nomor ini."))
    subscriber = subscribing.take_in(address, at=at)
    made = CaseFollower(case=case.main, subscriber=subscriber, asked_at=at)
    CaseFollower.objects.bulk_create([made], ignore_conflicts=True)
    if CaseFollower.objects.filter(case=case.main, subscriber=subscriber, confirmed_at=None).exists():
        case_letters.question(subscriber, at)


@transaction.atomic(durable=True)
def confirm(subscriber: Subscriber, *, at) -> None:
    """The owner of the address wants to hear of what was written or followed with it."""
    subscribing.confirm(subscriber, at=at)
    subscriber.followed_cases.filter(confirmed_at=None).update(confirmed_at=at)


@transaction.atomic(durable=True)
def unfollow(case, *, by: Subscriber) -> None:
    """The owner of the address does not want to hear of this case any more."""
    by.followed_cases.filter(case=case).delete()
