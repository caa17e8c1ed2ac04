"""Trainings: prepared by one, published by another, enrolled in by people, and their waiting list moved up."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ledger.actions import record
from lib.canonical import canonical
from lib.indonesian_text import instant
from publishing.actions import publication
from workforce.models import Enrolment, Training, TrainingSession
from workforce.refusals import NotPossible, said

State = Enrolment.State
MINE = "/pelatihan/saya/"
WORDS = {
    "training_published_by_another": _("Anda menyiapkan pelatihan ini. Minta orang lain menerbitkannya."),
    "both parties": _("Undian diterbitkan setelah instansi dan tim pengawas menyerahkan sidik rahasia."),
    "sessions come after": _(
        "Isi paling sedikit satu pertemuan, sesudah pendaftaran ditutup; bila diundi, 7 hari sesudahnya."
    ),
    "sessions stand": _("Pelatihan ini sudah terbit; pertemuannya tidak berubah lagi."),
    "training_session_in_order": _("Waktu selesai harus sesudah waktu mulai."),
    "training_session_once": _("Sudah ada pertemuan pada waktu itu."),
    "enrolment is not open": _("Pendaftaran pelatihan ini tidak sedang dibuka."),
    "for employees": _("Pelatihan ini untuk pegawai. Hubungkan dahulu akun Anda dengan profil pegawai."),
    "keeps a secret": _("Anda menyerahkan sidik rahasia undian ini, jadi tidak dapat ikut."),
    "enrolment_once": _("Anda sudah terdaftar di pelatihan ini."),
    "before its draw": _("Pendaftaran sudah ditutup. Anda dapat mundur setelah undian."),
    "cancelled once": _("Hanya pelatihan yang terbit, belum batal, dan belum selesai yang dapat dibatalkan."),
    "has begun": _("Pelatihan ini sudah dimulai."),
}


def path(training: Training) -> str:
    return f"/pelatihan/{training.slug}/"


def locked(training: Training) -> Training:
    """The row, held until the end of the transaction: always before any enrolment of it."""
    return Training.objects.select_for_update(no_key=True).get(pk=training.pk)


@transaction.atomic(durable=True)
def prepare(training: Training, *, by, at) -> Training:
    """Keep a new or reworded training that is not public yet; `by` becomes its preparer. Raises NotPossible."""
    before = locked(training) if training.pk else None
    if before and before.published_at:
        raise NotPossible(_("Pelatihan ini sudah terbit dan tidak berubah lagi."))
    if before and before.secrets.exists() and (training.rule, training.slug) != (before.rule, before.slug):
        raise NotPossible(_("Sidik rahasia sudah diserahkan. Cara membagi kursi dan alamatnya tidak berubah lagi."))
    training.prepared_by, training.prepared_at = by, at
    training.save()
    return training


@transaction.atomic(durable=True)
def add_session(training: Training, *, starts_at, ends_at, place: str, by, at) -> TrainingSession:
    """One more meeting of a training that is not public yet. Raises NotPossible."""
    row = TrainingSession(training=locked(training), starts_at=starts_at, ends_at=ends_at, place=place)
    said(lambda: row.save(force_insert=True), WORDS)
    return row


@transaction.atomic(durable=True)
def remove_session(session: TrainingSession, *, by, at) -> None:
    """Take a meeting away before the training is public. Raises NotPossible."""
    locked(session.training)
    said(session.delete, WORDS)


@transaction.atomic(durable=True)
def publish(training: Training, *, by, at) -> Training:
    """A second person opens enrolment; nothing of the training changes any more. News on every channel.

    The record gets rule, seats and the digest of everything the page says. Raises NotPossible.
    """
    training = locked(training)
    if training.published_at:
        return training
    if training.closes_at <= at:
        raise NotPossible(_("Waktu pendaftarannya sudah lewat."))
    training.published_by, training.published_at = by, at
    said(lambda: training.save(update_fields=["published_by", "published_at"]), WORDS)
    record.append(
        "training.published", at=at, training=training.slug, seats=training.seats, rule=str(training.rule),
        digest=digest_of(training),
    )  # fmt: skip
    body = _("%(about)s\n\nKursi: %(seats)s. Cara membagi: %(rule)s. Pendaftaran sampai %(until)s.") % {
        "about": training.about, "seats": training.seats, "rule": training.get_rule_display(),
        "until": instant(training.closes_at, timezone.get_default_timezone()),
    }  # fmt: skip
    publication.publish(
        source=f"training:{training.pk}:published", subject=_("Pelatihan: %(title)s") % {"title": training.title},
        body=body, url=path(training), at=at, for_all=True,
    )  # fmt: skip
    return training


def digest_of(training: Training) -> str:
    """SHA-256 in hex of what the page says of a training: content, audience, seats, rule and times."""
    body = {
        **{name: str(getattr(training, name)) for name in ("slug", "title", "topic", "about", "audience", "rule")},
        "seats": training.seats,
        "closes_at": training.closes_at.isoformat(),
        "sessions": [
            {"starts_at": one.starts_at.isoformat(), "ends_at": one.ends_at.isoformat(), "place": one.place}
            for one in training.sessions.all()
        ],
    }
    return hashlib.sha256(canonical(body)).hexdigest()


@transaction.atomic(durable=True)
def cancel(training: Training, *, reason: str, by, at) -> None:
    """It does not take place; everybody reads why, also in the record, and whoever takes part gets a letter.

    Raises NotPossible: not public, cancelled before, or over.
    """
    training = locked(training)
    training.cancelled_by, training.cancelled_at, training.cancel_reason = by, at, reason
    said(lambda: training.save(update_fields=["cancelled_by", "cancelled_at", "cancel_reason"]), WORDS)
    record.append("training.cancelled", at=at, training=training.slug, reason=reason)
    words = {
        "subject": _("Pelatihan batal: %(title)s") % {"title": training.title},
        "body": _("%(title)s batal.\n\nAlasan: %(reason)s") % {"title": training.title, "reason": reason},
    }
    publication.publish(source=f"training:{training.pk}:cancelled", url=path(training), at=at, for_all=True, **words)
    letter = publication.publish(source=f"training:{training.pk}:cancelled:people", url=MINE, at=at, **words)
    people = training.enrolments.exclude(state=State.WITHDRAWN).values("user_id")
    publication.queue_for(letter, User.objects.filter(is_active=True, pk__in=people), at=at)


@transaction.atomic(durable=True)
def enrol(training: Training, *, distance: str = "", by, at) -> Enrolment:
    """Take part, by the database's clock; the row says what came of it. Raises NotPossible."""
    training = locked(training)
    row = Enrolment(training=training, user=by, distance=distance, enrolled_at=at)
    said(lambda: row.save(force_insert=True), WORDS)
    row.refresh_from_db()
    return row


@transaction.atomic(durable=True)
def withdraw(training: Training, *, by, at) -> None:
    """Leave; whoever waits first moves up and gets a letter. Raises NotPossible."""
    training = locked(training)
    mine = training.enrolments.filter(user=by).exclude(state=State.WITHDRAWN)
    if not said(lambda: mine.update(state=State.WITHDRAWN, withdrawn_at=at), WORDS):
        raise NotPossible(_("Anda tidak terdaftar di pelatihan ini."))
    _move_up(locked(training), at)


def _move_up(training: Training, at) -> None:
    """Free seats go to those who wait, strictly in their order."""
    queue = training.enrolments.filter(state=State.WAITING).order_by("place")
    for one in queue[: training.seats - training.taken]:
        one.state = State.SEATED
        one.save(update_fields=["state"])
        letter = publication.publish(
            source=f"training:{training.pk}:seat:{one.pk}",
            subject=_("Anda dapat kursi: %(title)s") % {"title": training.title},
            body=_("Ada kursi kosong. Sekarang kursi di %(title)s milik Anda. Tidak jadi datang? Mundurlah di halaman "
                   "pelatihan Anda, agar orang lain dapat ikut.") % {"title": training.title},
            url=MINE, at=at,
        )  # fmt: skip
        publication.queue_for(letter, User.objects.filter(pk=one.user_id, is_active=True), at=at)
