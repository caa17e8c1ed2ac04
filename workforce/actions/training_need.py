"""Needs for trainings: proposed and supported with or without an account, hidden and answered by the office."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.encrypted import mailbox_index
from publishing.actions import publication, subscribing
from publishing.models import Subscriber
from workforce.models import Employee, LessonRead, NeedVote, Training, TrainingNeed
from workforce.refusals import NotPossible, said

UNCONFIRMED = timedelta(days=7)
MINE = "/pelatihan/usulan/saya/{token}/"  # the letter puts the reader's own token in
GONE = "@terhapus.invalid"
WORDS = {
    "need of somebody else": _("Ini usulan Anda sendiri, atau sudah tidak tampil."),
    "need_vote_per_mailbox": _("Anda sudah mendukung usulan ini."),
}


@transaction.atomic(durable=True)
def propose(*, text: str, topic: str, by, at) -> TrainingNeed:
    """The wish of an account: shown at once."""
    return TrainingNeed.objects.create(
        text=text, topic=topic, user=by, mailbox=mailbox_index(by.email), made_at=at, confirmed_at=at,
        by_employee=Employee.objects.serving().filter(user=by).exists(),
    )  # fmt: skip


@transaction.atomic(durable=True)
def ask_to_propose(*, text: str, topic: str, address: str, at) -> TrainingNeed:
    """The wish of an address: kept until its owner confirms it by the link in a letter."""
    subscriber = subscribing.take_in(address, at=at)
    made = TrainingNeed.objects.create(
        text=text, topic=topic, subscriber=subscriber, mailbox=mailbox_index(address), made_at=at
    )
    _question(subscriber, at)
    return made


@transaction.atomic(durable=True)
def support(need: TrainingNeed, *, by, at) -> None:
    """The vote of an account counts at once. Raises NotPossible: one's own need, or a second time."""
    row = NeedVote(need=need, user=by, mailbox=mailbox_index(by.email), made_at=at, confirmed_at=at)
    said(lambda: row.save(force_insert=True), WORDS)


@transaction.atomic(durable=True)
def ask_to_support(need: TrainingNeed, *, address: str, at) -> None:
    """Keep a vote until its owner confirms it. For one's own need nothing is kept, and nothing says so."""
    subscriber, mailbox = subscribing.take_in(address, at=at), mailbox_index(address)
    counted = need.votes.filter(mailbox=mailbox, confirmed_at__isnull=False).exists()
    if need.mailbox != mailbox and need.hidden_at is None and not counted:
        made = NeedVote(need=need, subscriber=subscriber, mailbox=mailbox, made_at=at)
        NeedVote.objects.bulk_create([made], ignore_conflicts=True)
    _question(subscriber, at)


@transaction.atomic(durable=True)
def confirm(found: TrainingNeed | NeedVote, *, by: Subscriber, at) -> None:
    """The owner of the address says yes. Raises NotPossible when it was said, or counts under another spelling."""
    waiting = type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None)
    try:
        confirmed = said(lambda: waiting.update(confirmed_at=at), WORDS)
    except IntegrityError:
        confirmed = 0
    if not confirmed:
        raise NotPossible(_("Ini sudah Anda benarkan."))
    subscribing.confirm(by, at=at)


@transaction.atomic(durable=True)
def drop(found: TrainingNeed | NeedVote, *, by: Subscriber) -> None:
    """The owner of the address did not mean it: it goes before anybody saw it."""
    type(found).objects.filter(pk=found.pk, subscriber=by, confirmed_at=None).delete()


@transaction.atomic(durable=True)
def hide(need: TrainingNeed, *, reason: str, by, at) -> None:
    """Take a need from sight; everybody reads why. Raises NotPossible the second time, or for one's own."""
    if need.mailbox == mailbox_index(by.email):
        raise NotPossible(_("Ini usulan Anda sendiri. Rekan lain yang memutuskan."))
    shown = TrainingNeed.objects.confirmed().filter(pk=need.pk, hidden_at=None)
    if not shown.update(hidden_at=at, hidden_by=by, hidden_reason=reason):
        raise NotPossible(_("Usulan ini sudah disembunyikan."))


@transaction.atomic(durable=True)
def answer(need: TrainingNeed, *, text: str, training: Training | None, by, at) -> None:
    """What becomes of a need, perhaps with the training that answers it. Raises NotPossible the second time."""
    waiting = TrainingNeed.objects.confirmed().filter(pk=need.pk, answered_at=None, hidden_at=None)
    if not waiting.update(answer=text, training=training, answered_by=by, answered_at=at):
        raise NotPossible(_("Usulan ini sudah dijawab atau disembunyikan."))


def sweep(at) -> int:
    """What nobody confirmed within a week goes; what an erased account said stays as words of nobody."""
    old = {"confirmed_at": None, "made_at__lte": at - UNCONFIRMED}
    gone, _each = NeedVote.objects.filter(**old).delete()
    more, _each = TrainingNeed.objects.filter(**old).delete()
    NeedVote.objects.filter(user__email__endswith=GONE).delete()
    LessonRead.objects.filter(user__email__endswith=GONE).delete()
    TrainingNeed.objects.filter(user__email__endswith=GONE).update(user=None)
    return gone + more


def _question(subscriber: Subscriber, at) -> None:
    """One letter a day to an address that never answered, one an hour to others; each leads to all that waits."""
    often = "%Y-%m-%dT%H" if subscriber.confirmed_at else "%Y-%m-%d"
    made = publication.publish(
        source=f"need:{subscriber.pk}:{at.strftime(often)}",
        subject=_("Benarkan usulan pelatihan Anda"),
        body=_("Ada yang mengusulkan atau mendukung pelatihan dengan alamat surel ini. Bila itu Anda, buka tautan ini dan "
               "tekan Benarkan. Bila bukan, abaikan: tidak ada yang tampil, dan semuanya terhapus dalam 7 hari."),
        url=MINE, at=at, personal=True,
    )  # fmt: skip
    subscribing.write_to(subscriber, made, at=at)
