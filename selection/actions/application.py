"""An applicant's own moves: begin, fill in section by section, send, take back."""

import hashlib
import secrets

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.encrypted import nik_index
from accounts.models import Person, User
from ledger import promises
from lib.canonical import canonical
from lib.codes import random_code
from lib.indonesian_text import instant
from publishing.actions import publication
from selection import commitments
from selection.models import Answers, Application, Receipt
from selection.states import State
from vacancies.models import Requirement, Stage


class NotOpen(Exception):
    """Registration has not begun, is over, or happens elsewhere; the message says which."""


class NotEditable(Exception):
    """The application was sent or taken back: its answers are fixed."""


class AlreadyApplied(Exception):
    """This person has an application of this kind in this year."""


class Unfinished(Exception):
    """Sections or documents are missing; `missing` lists them in words."""

    def __init__(self, missing: list[str]):
        super().__init__(", ".join(missing))
        self.missing = missing


class NotUsable(Exception):
    """The identity cannot be used for this account; the message says what to do."""


def registration_of(recruitment) -> Stage | None:
    return recruitment.stages.filter(kind=Stage.Kind.REGISTRATION).first()


@transaction.atomic(durable=True)
def start(formation, *, by, at) -> Application:
    """A draft of `by` for `formation`; the one already there when the button is pressed twice. Raises NotOpen."""
    recruitment = formation.recruitment
    stage = registration_of(recruitment)
    if by.is_staff or by.made_by_team:
        raise NotOpen(_("Akun petugas tidak dapat melamar. Pakai akun pribadi Anda."))
    if recruitment.mirrors_national:
        raise NotOpen(_("Pendaftaran seleksi ini lewat SSCASN, bukan di portal ini."))
    if recruitment.published_at is None or formation.withdrawn_at or stage is None:
        raise NotOpen(_("Lowongan ini tidak menerima lamaran."))
    if at < stage.opens_at:
        raise NotOpen(_("Pendaftaran dibuka %(when)s.") % {"when": instant(stage.opens_at, recruitment.zone)})
    if at >= stage.closes_at or stage.closed_at:
        raise NotOpen(_("Pendaftaran sudah ditutup %(when)s.") % {"when": instant(stage.closes_at, recruitment.zone)})
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a double click waits here
    found = by.applications.filter(formation=formation, state__in=[State.DRAFT, State.SUBMITTED]).first()
    if found:
        return found
    application = Application.objects.create(
        recruitment=recruitment, formation=formation, user=by, person=Person.objects.filter(user=by).first()
    )
    Answers.objects.create(application=application)
    return application


def editable(application, *, by) -> Application:
    """The application of `by`, locked, while it is a draft. Raises NotEditable. Call it in a transaction."""
    locked = Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk=application.pk, user=by).first()
    if locked is None or locked.state != State.DRAFT:
        raise NotEditable
    return locked


@transaction.atomic(durable=True)
def save_identity(application, *, name, nik, birth_date, phone, address, by, at) -> None:
    """Keep who the applicant is, encrypted; the same for all their applications.

    Once an application was sent, NIK and date of birth stay. Raises NotEditable, NotUsable when the NIK
    belongs to another account (the words do not say so: they must not tell who applied).
    """
    application = editable(application, by=by)
    person = Person.objects.filter(user=by).first() or Person(user=by)
    sent = by.applications.filter(submitted_at__isnull=False).exists()
    if sent and (person.nik, person.birth_date) != (nik, birth_date.isoformat()):
        raise NotUsable(_("NIK dan tanggal lahir tidak dapat diubah setelah Anda mengirim lamaran."))
    person.name, person.nik, person.nik_index = name, nik, nik_index(nik)
    person.birth_date, person.phone, person.address = birth_date.isoformat(), phone, address
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise NotUsable(
            _("NIK ini tidak dapat dipakai di akun ini. Periksa angkanya. Bila sudah benar, hubungi kami.")
        ) from None
    by.applications.filter(state=State.DRAFT).update(person=person)
    Answers.objects.filter(application=application).update(identity_at=at)


@transaction.atomic(durable=True)
def save_answers(application, section: str, *, by, at, **values) -> None:
    """Keep one section (education, accommodation or statement) and mark it done. Raises NotEditable."""
    application = editable(application, by=by)
    answers = application.answers
    for field, value in values.items():
        setattr(answers, field, value)
    setattr(answers, f"{section}_at", at)
    answers.save(update_fields=[*values, f"{section}_at"])


def documents_wanted(application):
    """The document requirements of the application's formation, in order."""
    return Requirement.objects.filter(
        Q(formation=None) | Q(formation=application.formation_id),
        recruitment=application.recruitment_id,
        kind=Requirement.Kind.DOCUMENT,
    ).order_by("order")


def missing(application) -> list[str]:
    """What must still be done before the application can be sent, in words."""
    answers = application.answers
    names = {
        "identity_at": _("Data diri"),
        "education_at": _("Pendidikan"),
        "accommodation_at": _("Penyesuaian saat ujian"),
        "statement_at": _("Pernyataan"),
    }
    left = [words for field, words in names.items() if getattr(answers, field) is None]
    given = set(application.documents.filter(replaced_at=None).values_list("requirement_id", flat=True))
    left += [one.text for one in documents_wanted(application) if one.required and one.pk not in given]
    return left


def submit(application, *, by) -> Receipt:
    """Send the application and write its receipt; the database's clock decides whether it is in time.

    Takes the registration stage FOR SHARE, so that closing waits for whoever was let in. Sending twice
    returns the same receipt. The news to the applicant is a row: nothing waits for the broker. Raises
    NotOpen, Unfinished, AlreadyApplied.
    """
    try:
        return _submit(application, by=by)
    except IntegrityError as error:
        if "once_key" not in str(error):
            raise
        raise AlreadyApplied(_("Anda sudah mengirim lamaran lain dalam pengadaan sejenis tahun ini.")) from None


@transaction.atomic(durable=True)
def _submit(application, *, by) -> Receipt:
    at = _admitted_at(application.recruitment)
    application = (
        Application.objects.select_for_update(no_key=True, of=("self",))
        .select_related("recruitment", "formation__unit", "person", "answers")
        .get(pk=application.pk, user=by)
    )
    if application.state == State.SUBMITTED:
        return application.receipt
    if at is None:
        raise NotOpen(_("Pendaftaran sudah ditutup atau belum dibuka. Lamaran ini tidak terkirim."))
    if application.state != State.DRAFT:
        raise NotOpen(_("Lamaran ini sudah Anda batalkan."))
    left = missing(application)
    if left:
        raise Unfinished(left)
    recruitment = application.recruitment
    application.submitted_at, application.salt = at, secrets.token_hex(32)
    if recruitment.one_application:
        application.once_key = f"{recruitment.kind}:{recruitment.year}:{application.person.nik_index}"
    fields = {name: getattr(application, name) for name in ("submitted_at", "salt", "once_key")}
    Application.objects.filter(pk=application.pk).move(State.SUBMITTED, by=by, at=at, **fields)
    receipt = _receipt(application, at)
    _confirm(application, receipt, by=by)
    return receipt


def _receipt(application, at) -> Receipt:
    """The receipt with what the office binds itself to, and its promise that the record will hold it."""
    digest = content_digest(application)
    documents = list(application.documents.filter(replaced_at=None).values_list("sha256", flat=True))
    opening = commitments.submission(application, content_digest=digest, documents=documents, at=at)
    commitments.kept(application, opening).save(force_insert=True)
    commitment = commitments.of_submission(application, opening)
    promise, checkpoint = promises.make(commitment, at=at)
    return Receipt.objects.create(
        application=application,
        number=f"TT-{at:%y}-{random_code(8)}",
        content_digest=digest,
        commitment=commitment,
        promise=promise,
        checkpoint=checkpoint,
        at=at,
    )


def _admitted_at(recruitment):
    """The database's clock if registration is open this instant, else None. Shares the lock on the stage."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM vacancies_stage WHERE recruitment_id = %s AND kind = 'registration' FOR SHARE""",
            [recruitment.pk],
        )
        cursor.execute(
            """SELECT t.now FROM vacancies_stage s, (SELECT clock_timestamp() AS now) t
            WHERE s.recruitment_id = %s AND s.kind = 'registration' AND s.closed_at IS NULL
              AND s.opens_at <= t.now AND t.now < s.closes_at""",
            [recruitment.pk],
        )
        row = cursor.fetchone()
    return row and row[0]


def content_digest(application) -> str:
    """SHA-256 in hex over all that was handed in, salted so that nobody can guess it from public facts."""
    answers, person = application.answers, application.person
    content = {
        "ref": application.ref,
        "formation": application.formation.code,
        "salt": application.salt,
        "identity": [person.name, person.nik, person.birth_date, person.phone or "", person.address or ""],
        "education": [
            answers.level, answers.program, answers.institution, answers.graduation_year or 0, str(answers.ipk or ""),
        ],
        "accommodation": answers.accommodation or "",
        "statement": answers.statement_text,
        "documents": sorted(application.documents.filter(replaced_at=None).values_list("sha256", flat=True)),
    }  # fmt: skip
    return hashlib.sha256(canonical(content)).hexdigest()


def _confirm(application, receipt, *, by) -> None:
    made = publication.publish(
        source=f"receipt:{receipt.number}",
        subject=_("Lamaran Anda diterima: %(position)s, %(number)s")
        % {"position": application.formation.position, "number": receipt.number},
        body=_(
            "Lamaran Anda kami terima %(when)s.\n"
            "Nomor tanda terima: %(number)s.\n"
            "Belum ada yang perlu Anda lakukan. Kabar berikutnya ada di halaman lamaran Anda."
        )
        % {"when": instant(receipt.at, application.recruitment.zone), "number": receipt.number},
        url=f"/lamaran/{application.ref}/pantau/",
        at=receipt.at,
    )
    publication.queue_for(made, User.objects.filter(pk=by.pk), at=receipt.at)


@transaction.atomic(durable=True)
def withdraw(application, *, by, at, because: str = "") -> None:
    """Take an application back. While registration is open, by the database's clock, the person may apply again;
    after that the one application of this kind and year stays used. Raises NotEditable.
    """
    still_open = _admitted_at(application.recruitment) is not None
    locked = Application.objects.select_for_update(no_key=True, of=("self",)).filter(pk=application.pk, user=by).first()
    if locked is None or locked.state not in (State.DRAFT, State.SUBMITTED):
        raise NotEditable
    Application.objects.filter(pk=locked.pk).move(State.WITHDRAWN, by=by, at=at, because=because)
    if still_open:
        Application.objects.filter(pk=locked.pk).update(once_key=None)
