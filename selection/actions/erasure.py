"""Personal data goes: asked by one person and approved by another, or when its time is over. Proofs stay valid.

What stays says nothing about anybody: participant number, scores, outcomes, announcements, the record, and the
receipts of everybody else. `portal/personal_fields.py` names every field and what becomes of it.
"""

import json
import logging
import os

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from accounts.models import FileAccess, Person, User
from publishing.models import Delivery, Publication
from selection import retention
from selection.models import (
    Answers,
    Application,
    Document,
    Erasure,
    Objection,
    ObjectionAttachment,
    ObjectionItem,
    Opening,
    Review,
    ReviewItem,
    Step,
)
from selection.states import State

logger = logging.getLogger(__name__)
FORGOTTEN = "terhapus:"  # in the place of BKN's number: the constraint wants one, this one names nobody
LETTERS_TO_MANY = "^(announcement|delay|circular):"


class NotErasable(Exception):
    """This cannot be erased, or not yet; the message says why."""


class NotAllowed(Exception):
    """The same person may not do both, or it was decided already."""


@transaction.atomic(durable=True)
def ask(application, *, reason: str, letter: str, by, at) -> Erasure:
    """Ask that everything personal of whoever owns `application` goes, with all their applications.

    Raises NotErasable while one of their recruitments is not over, for people who work here, and when it was
    asked already; NotAllowed for whoever judged one of their files.
    """
    applications = applications_of(application)
    owner = application.user
    if owner and (owner.is_staff or owner.made_by_team):
        raise NotErasable(_("Ini akun petugas. Data pegawai tidak dihapus lewat halaman ini."))
    for one in applications:
        if one.submitted_at and retention.ended_at(one.recruitment, at) is None:
            raise NotErasable(
                _(
                    "%(recruitment)s belum selesai. Data baru dapat dihapus setelah hasil akhirnya terbit dan masa "
                    "sanggah lewat, supaya hasil peserta lain tetap dapat diperiksa."
                )
                % {"recruitment": one.recruitment.name}
            )
    _must_not_have_judged(applications, by)
    refs = sorted(one.ref for one in applications)
    if Erasure.objects.filter(applications__contains=refs, whole=True).exists():
        raise NotErasable(_("Penghapusan untuk orang ini sudah diajukan."))
    return Erasure.objects.create(applications=refs, reason=reason, letter=letter, asked_by=by, asked_at=at)


def applications_of(application) -> list[Application]:
    """Every application of the person behind `application`; of a mirrored selection the one itself."""
    same = Q(pk=application.pk)
    if application.user_id:
        same |= Q(user=application.user_id)
    if application.person_id:
        same |= Q(person=application.person_id)
    return list(Application.objects.filter(same).select_related("recruitment").order_by("pk"))


@transaction.atomic(durable=True)
def approve(erasure: Erasure, *, by, at) -> Erasure:
    """The second person approves; the worker then erases, and that cannot be taken back. Locks the row.

    Raises NotAllowed for whoever asked, for whoever judged a file of the person, and when it was approved.
    """
    erasure = Erasure.objects.select_for_update(no_key=True, of=("self",)).get(pk=erasure.pk)
    if erasure.asked_by_id == by.pk:
        raise NotAllowed(_("Yang mengajukan tidak boleh mengesahkan. Minta rekan lain."))
    if erasure.approved_at:
        raise NotAllowed(_("Penghapusan ini sudah disahkan."))
    _must_not_have_judged(Application.objects.filter(ref__in=erasure.applications), by)
    erasure.approved_by, erasure.approved_at = by, at
    erasure.save(update_fields=["approved_by", "approved_at"])
    return erasure


def _must_not_have_judged(applications, user) -> None:
    if Review.objects.filter(application__in=applications, verifier=user).exists():
        raise NotAllowed(_("Anda pernah memeriksa berkas orang ini. Minta rekan yang tidak memeriksanya."))


def erase_due(at) -> int:
    """Carry out every erasure that was decided; returns how many. One that fails does not stop the others."""
    done = 0
    for one in Erasure.objects.due().order_by("pk"):
        try:
            done += erase(one, at=at)
        except Exception:
            logger.exception("erasure %s was not carried out; the next ring tries again", one.pk)
    return done


def erase(erasure: Erasure, *, at) -> bool:
    """Carry one erasure out; False when another process did. The list beside the database hears of it first."""
    _write_down(erasure)
    return _erase(erasure.pk, at)


@transaction.atomic(durable=True)
def _erase(pk: int, at) -> bool:
    erasure = Erasure.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if erasure.done_at:
        return False
    _forget(erasure.applications, whole=erasure.whole, at=at)
    erasure.done_at = at
    erasure.save(update_fields=["done_at"])
    return True


@transaction.atomic(durable=True)
def replay(at) -> int:
    """Erase again what a restored backup brought back: by the rows and by the list beside the database."""
    wanted = [(one.applications, one.whole) for one in Erasure.objects.exclude(done_at=None)]
    wanted += [(line["applications"], line["whole"]) for line in _written()]
    for refs, whole in wanted:
        _forget(refs, whole=whole, at=at)
    return len(wanted)


def _write_down(erasure: Erasure) -> None:
    """Add the erasure to the list that no restore of the database takes back; once, however often it is tried."""
    line = {
        "erasure": erasure.pk,
        "applications": erasure.applications,
        "whole": erasure.whole,
        "reason": erasure.reason,
    }
    if line in _written():
        return
    settings.ERASURE_LIST.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(settings.ERASURE_LIST, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _written() -> list[dict]:
    try:
        return [json.loads(line) for line in settings.ERASURE_LIST.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _forget(refs: list[str], *, whole: bool, at) -> None:
    """Nothing personal is left of these applications; of person and account neither, where `whole`. May run again.

    Whoever applied anew since then keeps person and account until that application is over. Locks accounts, then
    applications.
    """
    mine = Application.objects.filter(ref__in=refs)
    owners = User.objects.filter(applications__ref__in=refs, is_staff=False, made_by_team=False).distinct()
    owners = list(User.objects.filter(pk__in=owners).select_for_update(no_key=True).order_by("pk"))
    keys = [one.pk for one in mine.select_for_update(no_key=True, of=("self",)).order_by("pk")]
    people = set(mine.exclude(person=None).values_list("person", flat=True))
    people |= set(Person.objects.filter(user__in=owners).values_list("pk", flat=True))
    _forget_objections(keys)
    _forget_documents(keys)
    Answers.objects.filter(application__in=keys).delete()
    Opening.objects.filter(application__in=keys).delete()
    Step.objects.filter(application__in=keys).exclude(because="").update(because="")
    ReviewItem.objects.filter(review__application__in=keys).exclude(detail="").update(detail="")
    mine.filter(state=State.DRAFT).move(State.WITHDRAWN, by=None, at=at)
    mine.update(salt="", once_key=None, person=None)
    mine.filter(national_number__isnull=False).update(national_number=Concat(Value(FORGOTTEN), F("ref")))
    if whole:
        others = Application.objects.exclude(pk__in=keys)
        _forget_people([key for key in people if not others.filter(person=key).exists()])
        forget_accounts([one.pk for one in owners if not others.filter(user=one).exists()])


def _forget_objections(applications: list[int]) -> None:
    """The person's words, what they attached, the answer and the evidence; the public summary names nobody and stays."""
    objections = Objection.objects.filter(application__in=applications)
    attached = ObjectionAttachment.objects.filter(objection__in=objections)
    others = ObjectionAttachment.objects.exclude(objection__in=objections).filter(file=OuterRef("file"))
    handed_in = Document.objects.filter(file=OuterRef("file"))
    own = attached.exclude(file="").exclude(Exists(others)).exclude(Exists(handed_in))
    for name in own.values_list("file", flat=True).distinct():
        default_storage.delete(name)
    attached.delete()
    ObjectionItem.objects.filter(objection__in=objections, text__isnull=False).update(text=None)
    objections.exclude(answer=None, evidence={}).update(answer=None, evidence={})


def _forget_documents(applications: list[int]) -> None:
    """The rows and the bytes; a file in the store that stands for somebody else's document too stays."""
    documents = Document.objects.filter(application__in=applications)
    others = Document.objects.exclude(application__in=applications).filter(file=OuterRef("file"))
    for name in documents.exclude(Exists(others)).values_list("file", flat=True).distinct():
        default_storage.delete(name)
    documents.delete()


def _forget_people(people: list[int]) -> None:
    FileAccess.objects.filter(person__in=people).update(person=None)
    Person.objects.filter(pk__in=people).delete()


def forget_accounts(accounts: list[int]) -> None:
    """An account stays as a number, so that rows which point to it stay; nobody can sign in with it or be found by it."""
    letters = Delivery.objects.filter(recipient__in=accounts)
    letters.filter(state=Delivery.State.QUEUED).update(state=Delivery.State.FAILED, failure="erased")
    to_others = Delivery.objects.filter(publication=OuterRef("pk")).exclude(recipient__in=accounts)
    own = Publication.objects.filter(deliveries__in=letters, for_all=False).exclude(source__regex=LETTERS_TO_MANY)
    own.exclude(Exists(to_others)).update(subject="", body="", url="")
    sessions = UserSession.objects.filter(user__in=accounts)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    for kept in (
        sessions,
        EmailAddress.objects.filter(user__in=accounts),
        Authenticator.objects.filter(user__in=accounts),
    ):
        kept.delete()
    of_users = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=of_users, object_id__in=[str(key) for key in accounts]).update(object_repr="")
    for key in accounts:
        User.objects.filter(pk=key).update(
            email=f"terhapus-{key}@terhapus.invalid", name="", public_label="", is_active=False,
            password=make_password(None), last_login=None,
        )  # fmt: skip
