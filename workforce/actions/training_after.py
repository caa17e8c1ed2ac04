"""After a training: attendance by one officer, certificates by another, what people say, and whether it was used."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from ledger.actions import record
from publishing.actions import publication
from workforce.models import (
    Attendance,
    Certificate,
    Employee,
    Enrolment,
    Evaluation,
    EvaluationGiven,
    Training,
    TrainingSession,
    UseQuestion,
)
from workforce.models.training_after import ENOUGH
from workforce.refusals import NotPossible, said

USED_AFTER = timedelta(days=91)  # three months
GONE = "@terhapus.invalid"  # the address of an account that was erased
A_ROUND = 500
WORDS = {
    "once the meeting has begun": _("Isi setelah pertemuan dimulai, untuk yang mendapat kursi."),
    "the own attendance": _("Kehadiran Anda sendiri dicatat rekan lain."),
    "once the certificate": _("Sertifikat sudah terbit; kehadirannya tidak berubah lagi."),
    "once the training is over": _("Sertifikat terbit setelah pertemuan terakhir selesai."),
    "than who wrote": _("Anda yang mencatat kehadirannya, atau Anda pesertanya. Minta rekan lain menerbitkan."),
    "enrolment_id": _("Anda sudah mengisi evaluasi pelatihan ini. Terima kasih."),
}


@transaction.atomic(durable=True)
def attend(session: TrainingSession, present: set[int], *, by, at) -> int:
    """Of everybody with a seat, those whose enrolment key is in `present` were there; the others were not.

    Rows whose certificate is out are passed over. Returns how many rows now say something. Raises NotPossible.
    """
    seated = session.training.enrolments.filter(state=Enrolment.State.SEATED, certificate=None).order_by("pk")
    rows = [
        Attendance(session=session, enrolment=one, present=one.pk in present, by=by, at=at)
        for one in seated.exclude(user=by)
    ]
    said(
        lambda: Attendance.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["session", "enrolment"], update_fields=["present", "by", "at"]
        ),
        WORDS,
    )
    return len(rows)


@transaction.atomic(durable=True)
def certify(training: Training, *, by, at) -> int:
    """A certificate for everybody who attended enough and has none; returns how many. Raises NotPossible.

    Each gets a letter, and a question in three months; the record gets a digest over the codes.
    """
    training = Training.objects.select_for_update(no_key=True).get(pk=training.pk)
    ends = max((one.ends_at for one in training.sessions.all()), default=at)
    earned = [one for one in _candidates(training) if one.is_enough]
    if not earned:
        return 0
    names = dict(Employee.objects.filter(user__in=[one.user_id for one in earned]).values_list("user_id", "name"))
    made = [
        Certificate(enrolment=one, holder=names.get(one.user_id) or one.user.name, issued_by=by, issued_at=at)
        for one in earned
    ]
    said(lambda: Certificate.objects.bulk_create(made), WORDS)
    UseQuestion.objects.bulk_create(
        [UseQuestion(enrolment=one, due_at=ends + USED_AFTER) for one in earned], ignore_conflicts=True
    )
    codes = "".join(f"{one}\n" for one in sorted(each.code for each in made))
    record.append(
        "training.certified", at=at, training=training.slug, people=len(made),
        digest=hashlib.sha256(codes.encode()).hexdigest(),
    )  # fmt: skip
    letter = publication.publish(
        source=f"training:{training.pk}:certified:{at.isoformat()}",
        subject=_("Sertifikat Anda terbit: %(title)s") % {"title": training.title},
        body=_("Unduh sertifikat Anda, lalu beri tahu kami apa yang perlu diperbaiki. Isian Anda tidak membawa nama."),
        url="/pelatihan/saya/", at=at,
    )  # fmt: skip
    publication.queue_for(letter, User.objects.filter(pk__in=[one.user_id for one in earned], is_active=True), at=at)
    return len(made)


def _candidates(training: Training) -> list[Enrolment]:
    """Everybody with a seat and no certificate, with `attended` and `is_enough`."""
    return [one for one in attended(training) if not hasattr(one, "certificate")]


def attended(training: Training) -> list[Enrolment]:
    """Everybody with a seat, with `attended` meetings and whether that `is_enough`. Three queries."""
    meetings = training.sessions.count()
    rows = training.enrolments.filter(state=Enrolment.State.SEATED).select_related("user", "certificate")
    found = list(rows.prefetch_related("attendances").order_by("place"))
    for one in found:
        one.attended = sum(each.present for each in one.attendances.all())
        one.is_enough = meetings > 0 and one.attended * 100 >= meetings * ENOUGH
    return found


@transaction.atomic(durable=True)
def evaluate(enrolment: Enrolment, *, useful: int, clear: int, words: str, by) -> None:
    """Say what one thinks of a training one attended, once; the words carry no name. Raises NotPossible."""
    if enrolment.user_id != by.pk or not Certificate.objects.filter(enrolment=enrolment).exists():
        raise NotPossible(_("Evaluasi diisi peserta yang hadir, setelah sertifikatnya terbit."))
    said(lambda: EvaluationGiven.objects.create(enrolment=enrolment), WORDS)
    Evaluation.objects.create(training_id=enrolment.training_id, useful=useful, clear=clear, words=words.strip())


@transaction.atomic(durable=True)
def answer_use(question: UseQuestion, answer: str, *, by, at) -> None:
    """Whether it was used, once it was asked. Raises NotPossible."""
    mine = UseQuestion.objects.filter(pk=question.pk, enrolment__user=by, asked_at__isnull=False, answer="")
    if not mine.update(answer=answer, answered_at=at):
        raise NotPossible(_("Pertanyaan ini belum dikirim, atau sudah Anda jawab."))


def ask_due(at) -> int:
    """A letter for each question that is due; returns how many. Runs again after a stop: asked ones are passed over."""
    due = UseQuestion.objects.filter(due_at__lte=at, asked_at=None, enrolment__user__is_active=True)
    asked = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:A_ROUND]:
        with transaction.atomic(durable=True):
            one = (
                UseQuestion.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
                .select_related("enrolment__training").filter(pk=pk, asked_at=None).first()
            )  # fmt: skip
            if one is None:
                continue
            training = one.enrolment.training
            letter = publication.publish(
                source=f"training:{training.pk}:use",
                subject=_("Apakah terpakai? %(title)s") % {"title": training.title},
                body=_("Tiga bulan lalu Anda selesai mengikuti pelatihan ini. Apakah isinya terpakai? Satu pertanyaan, "
                       "satu menit. Hanya jumlahnya yang dibuka."),
                url="/pelatihan/saya/", at=at,
            )  # fmt: skip
            publication.queue_for(letter, User.objects.filter(pk=one.enrolment.user_id), at=at)
            one.asked_at = at
            one.save(update_fields=["asked_at"])
            asked += 1
    return asked


def forget_gone(at) -> int:
    """Accounts that were erased leave no name on a certificate and no distance; returns how many rows changed."""
    emptied = Certificate.objects.exclude(holder="").filter(enrolment__user__email__endswith=GONE)
    near = Enrolment.objects.exclude(distance="").filter(user__email__endswith=GONE)
    return emptied.update(holder="") + near.update(distance="")
