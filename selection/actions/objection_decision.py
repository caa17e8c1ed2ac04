"""An objection is decided by people who took no part in the result: refused by one, granted by two."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import FileAccess, User
from accounts.roles import Role
from ledger.actions import record
from lib.canonical import canonical
from publishing.actions import publication
from selection import rules
from selection.actions import readmission
from selection.models import Objection, ObjectionStep, Outcome, ReviewItem
from selection.objection_states import NotAllowed as NoSuchStep
from selection.objection_states import ObjectionState, allows
from selection.queries import review_behind


class NotAllowed(Exception):
    """This person had a part in the result, or the objection is past that step; the message says which."""


class Incomplete(Exception):
    """A point is not judged, a reason is missing, or the public summary names the person."""


@transaction.atomic(durable=True)
def open_file(objection, *, by, at, document=None) -> None:
    """Write down, for the owner to see, that `by` looks at the file or at one document of it. Raises NotAllowed."""
    if not rules.may_judge(by, objection):
        raise NotAllowed(_("Anda ikut dalam hasil ini. Sanggah ini diputus orang lain."))
    FileAccess.objects.create(
        person_id=objection.application.person_id,
        subject=objection.application.ref,
        by=by,
        role=Role.ADJUDICATOR,
        unit=by.public_label,
        purpose=_("Membuka dokumen untuk sanggah: %(name)s") % {"name": document[:100]}
        if document
        else _("Memutus sanggah %(number)s") % {"number": objection.number},
        at=at,
    )


@transaction.atomic(durable=True)
def decide(objection, *, verdicts: dict[str, bool], answer: str, summary: str, by, at) -> Objection:
    """Judge each point with one reasoned answer. Where the result would be reversed a second person must agree.

    `verdicts`: key of the point → granted. Each is kept, also where the others fail. `summary` is what the public
    reads: no word of the person gets out by itself. Locks the objection. Raises NotAllowed, Incomplete.
    """
    objection = _locked(objection, ObjectionState.FILED, by=by)
    items = list(objection.items.all())
    if {one.key for one in items} != verdicts.keys():
        raise Incomplete(_("Putuskan setiap butir."))
    if not answer.strip() or not summary.strip():
        raise Incomplete(_("Tulis alasan untuk pelamar dan ringkasan untuk publik."))
    _must_name_nobody(summary, objection)
    for item in items:
        item.granted = verdicts[item.key]
        item.save(update_fields=["granted"])
    given = {"answer": answer.strip(), "summary": summary.strip(), "decided_by": by, "decided_at": at}
    if reverses(objection, items):
        return _move(objection, ObjectionState.PROPOSED, by=by, at=at, **given)
    fact = _record(objection, items, ObjectionState.REFUSED, summary.strip(), at)
    _move(objection, ObjectionState.REFUSED, by=by, at=at, fact=fact, **given)
    _tell(objection, at)
    return objection


def reverses(objection, items) -> bool:
    """Whether the granted points turn the result: of files every required one, of scores and ranks any."""
    granted = {one.requirement_id for one in items if one.granted}
    announced = Outcome.objects.filter(set=objection.announcement.outcome_set_id, application=objection.application_id)
    review = review_behind(announced.select_related("set").get())
    if review is None or None in granted:
        return any(one.granted for one in items)
    failing = ReviewItem.objects.filter(review=review, met=False, requirement__required=True)
    return bool(granted) and set(failing.values_list("requirement", flat=True)) <= granted


@transaction.atomic(durable=True)
def confirm(objection, *, by, at) -> Objection:
    """The second person agrees: the objection is granted, the file opened again, identical cases too. Raises NotAllowed."""
    objection = _locked(objection, ObjectionState.PROPOSED, by=by)
    if objection.decided_by_id == by.pk:
        raise NotAllowed(_("Orang kedua harus orang lain. Minta rekan yang juga tidak ikut dalam hasil ini."))
    fact = _record(objection, objection.items.all(), ObjectionState.GRANTED, objection.summary, at)
    _move(objection, ObjectionState.GRANTED, by=by, at=at, fact=fact, confirmed_by=by, confirmed_at=at)
    readmission.reopen(objection, at=at)
    _tell(objection, at)
    return objection


@transaction.atomic(durable=True)
def give_back(objection, *, because: str, by, at) -> Objection:
    """The second person does not agree: the objection waits for a decision again, with their reason. Raises NotAllowed."""
    objection = _locked(objection, ObjectionState.PROPOSED, by=by)
    if objection.decided_by_id == by.pk:
        raise NotAllowed(_("Orang kedua harus orang lain."))
    if not because.strip():
        raise Incomplete(_("Tulis alasan Anda tidak setuju."))
    _move(objection, ObjectionState.FILED, by=by, at=at, because=because.strip(), decided_by=None, decided_at=None)
    objection.items.update(granted=None)
    return objection


def _locked(objection, state: str, *, by) -> Objection:
    locked = (
        Objection.objects.select_for_update(no_key=True, of=("self",))
        .select_related("application__person", "application__user", "stage__recruitment", "announcement")
        .get(pk=objection.pk)
    )
    if locked.state != state:
        raise NotAllowed(_("Sanggah ini sudah diputus atau berubah keadaan."))
    if not rules.may_judge(by, locked):
        raise NotAllowed(_("Anda ikut dalam hasil ini. Sanggah ini diputus orang lain."))
    return locked


def _move(objection, to: str, *, by, at, because: str = "", **fields) -> Objection:
    """Take the locked objection one step and write it down; the only code that writes a decision."""
    if not allows(objection.state, to):
        raise NoSuchStep(f"{objection.number}: {objection.state} → {to}")
    ObjectionStep.objects.create(objection=objection, old=objection.state, new=to, by=by, at=at, because=because[:500])
    for name, value in (fields | {"state": to}).items():
        setattr(objection, name, value)
    objection.save(update_fields=[*fields, "state"])
    return objection


def _must_name_nobody(summary: str, objection) -> None:
    """The public summary holds no name, number or address of the person, as far as a machine can tell."""
    application, person = objection.application, objection.application.person
    secrets = {application.ref, application.participant_number, application.national_number}
    if application.user:
        secrets |= {application.user.email, application.user.name}
    if person:
        secrets |= {person.name, person.nik, person.phone, person.birth_date}
    text = summary.casefold()
    if any(one and len(one) > 3 and one.casefold() in text for one in secrets):
        raise Incomplete(_("Ringkasan untuk publik memuat nama atau nomor pelamar. Tulis tanpa itu."))


def statement(objection, items, result: str, summary: str) -> dict:
    """What the public may check: the decision as the digest in the record covers it. Nothing of the person."""
    return {
        "number": objection.number,
        "recruitment": objection.stage.recruitment.slug,
        "stage": objection.stage.slug,
        "result": result,
        "points": [{"what": one.title, "granted": bool(one.granted)} for one in items],
        "summary": summary,
    }


def _record(objection, items, result: str, summary: str, at):
    text = canonical(statement(objection, items, str(result), summary))
    return record.append(
        "objection.decided",
        at=at,
        recruitment=objection.stage.recruitment.slug,
        stage=objection.stage.slug,
        number=objection.number,
        result=str(result),
        digest=hashlib.sha256(text).hexdigest(),
    )


def _tell(objection, at) -> None:
    granted = objection.state == ObjectionState.GRANTED
    made = publication.publish(
        source=f"objection:{objection.number}:decided",
        subject=_("Sanggah %(number)s dikabulkan") % {"number": objection.number}
        if granted
        else _("Sanggah %(number)s sudah dijawab") % {"number": objection.number},
        body=_("Sanggah Anda atas hasil %(stage)s sudah diputus. Jawaban dan alasannya ada di halaman sanggah Anda.")
        % {"stage": objection.stage.name_public}
        + (_("\nHasil yang dikoreksi terbit sebagai versi baru pengumuman, dan Anda kami kabari.") if granted else ""),
        url=f"/sanggah/{objection.application.ref}/{objection.stage.slug}/",
        at=at,
    )
    publication.queue_for(made, User.objects.filter(pk=objection.application.user_id), at=at)
