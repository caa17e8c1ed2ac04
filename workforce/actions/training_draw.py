"""The draw of a training's seats: two parties commit before anybody enrols; what they show and a checkpoint decide.

The same road as the random audits (ADR 12). Who withholds its value is named, and the draw is repeated without it.
"""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.team_role import as_team
from ledger.actions import record
from ledger.models import Checkpoint, Pending
from lib import draw
from lib.indonesian_text import instant
from publishing.actions import publication
from workforce.actions.training import path
from workforce.models import (
    Enrolment,
    Party,
    Training,
    TrainingDraw,
    TrainingReveal,
    TrainingRound,
    TrainingSecret,
    TrainingWithheld,
)
from workforce.refusals import NotPossible, said

logger = logging.getLogger(__name__)
ABOUT = "pelatihan"  # stands where the seed of an audit names its recruitment
TURN = 0x6A740031  # the advisory lock of whoever draws
REVEAL_WITHIN = timedelta(hours=72)
KEEPERS = (Role.PREPARER, Role.PUBLISHER)
WORDS = {
    "before enrolment opens": _("Terlambat. Sidik diserahkan sebelum pelatihan terbit, dan hanya untuk undian."),
    "training_secret_once": _("Sidik sudah diserahkan dan tidak dapat diganti."),
    "workforce_trainingsecret_digest": _("Sidik ini sudah dipakai. Buat rahasia Anda sendiri."),
    "training_secret_is_a_digest": _("Sidik berisi 64 huruf dan angka (0-9, a-f)."),
    "takes no part": _("Pihak Anda tidak ikut dalam putaran ini."),
    "who is drawn": _("Anda ikut diundi, jadi tidak dapat membuka rahasia. Minta rekan lain."),
    "before the round is over": _("Terlambat. Putaran ini sudah berakhir."),
    "does not fit": _("Rahasia ini tidak cocok dengan sidik yang diserahkan. Periksa putarannya."),
    "training_reveal_once": _("Rahasia putaran ini sudah dibuka."),
    "training_reveal_is_a_value": _("Rahasia berisi 64 huruf dan angka (0-9, a-f)."),
    "hexadecimal": _("Rahasia berisi 64 huruf dan angka (0-9, a-f)."),
}


# --- What the parties do; who may speak for which, the caller has asked -------------------------
@transaction.atomic(durable=True)
def commit(training: Training, *, party: str, value: str, by, at) -> TrainingSecret:
    """Give out the digest of one's secret before the training is published. The record gets it. Raises NotPossible."""
    row = TrainingSecret(training=training, party=party, digest=value.strip().lower(), by=by, at=at)
    _put(row, party)
    record.append("training.committed", at=at, training=training.slug, party=str(party), digest=row.digest)
    return row


@transaction.atomic(durable=True)
def reveal(training_round: TrainingRound, *, party: str, value: str, by, at) -> TrainingReveal:
    """Show the value of this round; it must fit and come in time. The record gets it. Raises NotPossible."""
    secret = TrainingSecret.objects.filter(training=training_round.training_id, party=party).first()
    if secret is None:
        raise NotPossible(_("Pihak Anda tidak menyerahkan sidik."))
    row = TrainingReveal(round=training_round, secret=secret, value=value.strip().lower(), by=by, at=at)
    _put(row, party)
    record.append(
        "training.revealed", at=at, training=training_round.training.slug, party=str(party),
        round=training_round.number, value=row.value,
    )  # fmt: skip
    return row


def _put(row, party: str) -> None:
    """Insert `row` as its party's role."""

    def insert():
        if party == Party.TEAM:
            with as_team():
                row.save(force_insert=True)
        else:
            row.save(force_insert=True)

    said(insert, WORDS)


# --- What happens by itself ---------------------------------------------------------------------
def keep(at) -> int:
    """Close lists, open rounds, note who withheld, and draw, wherever that is due; how many were drawn.

    Any number of keepers may ring. A training that fails does not stop the others.
    """
    due = Training.objects.published().filter(rule=Training.Rule.DRAW, draw=None, cancelled_at=None, closes_at__lte=at)
    drawn = 0
    for training in due.order_by("pk"):
        try:
            drawn += _step(training.pk, at)
        except Exception:
            logger.exception("the draw of training %s failed; the next ring tries again", training.pk)
    return drawn


@transaction.atomic
def _step(pk: int, at) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return False
    training = Training.objects.select_for_update(no_key=True, of=("self",)).select_related("closed_fact").get(pk=pk)
    if TrainingDraw.objects.filter(training=training).exists():
        return False
    if training.closed_fact is None:
        _close(training, at)
        return False
    last = training.rounds.select_related("checkpoint").order_by("-number").first()
    if last is None:
        _open(training, 1, [str(one) for one in sorted(Party.values)], training.closed_fact, at)
        return False
    shown = {one.secret.party: one.value for one in last.reveals.select_related("secret")}
    if set(last.parties) == shown.keys():
        _draw(training, last, shown, at)
        return True
    if at > last.due_at:
        _repeat(training, last, sorted(shown), at)
    return False


def _close(training: Training, at) -> None:
    numbers = sorted(training.enrolments.exclude(state=Enrolment.State.WITHDRAWN).values_list("number", flat=True))
    training.list_digest, training.people = draw.digest(numbers), len(numbers)
    training.closed_fact = record.append(
        "training.closed", at=at, training=training.slug, people=len(numbers), digest=training.list_digest
    )
    training.save(update_fields=["closed_fact", "list_digest", "people"])


def _open(training: Training, number: int, parties: list[str], after: Pending, at) -> None:
    """The round on the first checkpoint that holds `after`; nothing while there is none. Tells the office."""
    checkpoint = None
    if after.n is not None:
        checkpoint = Checkpoint.objects.filter(size__gt=after.n).order_by("size").first()
    if checkpoint is None:
        return
    made = TrainingRound.objects.create(
        training=training, number=number, parties=parties, after=after, checkpoint=checkpoint, opened_at=at,
        due_at=at + REVEAL_WITHIN,
    )  # fmt: skip
    if Party.OFFICE in parties:
        letter = letter_of(made, party=Party.OFFICE, url="/kelola/pelatihan/", at=at)
        staff = User.objects.filter(is_active=True, made_by_team=False, groups__name__in=KEEPERS).distinct()
        publication.queue_for(letter, staff, at=at)


def letter_of(training_round: TrainingRound, *, party: str, url: str, at):
    """The letter that asks `party` for its value of the round, once."""
    words = {
        "title": training_round.training.title, "number": training_round.number, "due": instant(training_round.due_at, timezone.get_default_timezone()),
    }  # fmt: skip
    return publication.publish(
        source=f"training-round:{training_round.pk}:{party}",
        subject=_("Buka rahasia undian: %(title)s") % words,
        body=_("Kursi pelatihan %(title)s dapat diundi. Buka rahasia putaran %(number)s paling lambat %(due)s. Rahasia "
               "yang tidak dibuka tercatat untuk umum, dan undian diulang tanpa pihak itu.") % words,
        url=url, at=at,
    )  # fmt: skip


def _repeat(training: Training, last: TrainingRound, stayed: list[str], at) -> None:
    """Whoever withheld is named in the record; the next round is theirs who stayed, once a checkpoint holds that."""
    refused = TrainingSecret.objects.filter(training=training, party__in=set(last.parties) - set(stayed))
    for secret in refused.exclude(withheld__round=last):
        fact = record.append(
            "training.withheld", at=at, training=training.slug, party=str(secret.party), round=last.number
        )
        TrainingWithheld.objects.create(round=last, secret=secret, fact=fact, at=at)
    newest = last.withheld.select_related("fact").order_by("-fact_id").first()
    _open(training, last.number + 1, stayed, newest.fact, at)


def _draw(training: Training, last: TrainingRound, shown: dict[str, str], at) -> None:
    """The seed decides; the database gives the places. Everybody drawn gets a letter."""
    checkpoint = last.checkpoint
    root = bytes(checkpoint.root).hex()
    seed = draw.seed(
        ABOUT, training.slug, last.number, team=shown.get(Party.TEAM), office=shown.get(Party.OFFICE),
        checkpoint=checkpoint.size, root=root,
    )  # fmt: skip
    TrainingDraw.objects.create(training=training, round=last, seed=seed, drawn_at=at)
    record.append(
        "training.drawn", at=at, training=training.slug, round=last.number, size=checkpoint.size, root=root, seed=seed,
        people=training.people, seats=training.seats, digest=order_digest(training),
    )  # fmt: skip
    for state, subject in (
        (Enrolment.State.SEATED, _("Anda dapat kursi: %(title)s")),
        (Enrolment.State.WAITING, _("Anda di daftar tunggu: %(title)s")),
    ):
        letter = publication.publish(
            source=f"training:{training.pk}:drawn:{state}", subject=subject % {"title": training.title},
            body=_("Kursi pelatihan %(title)s sudah diundi. Lihat tempat Anda, dan periksa undiannya sendiri, di "
                   "halaman di bawah ini.") % {"title": training.title},
            url=f"{path(training)}undian/", at=at,
        )  # fmt: skip
        people = User.objects.filter(is_active=True, pk__in=training.enrolments.filter(state=state).values("user_id"))
        publication.queue_for(letter, people, at=at)


def drawn_order(training: Training) -> list[Enrolment]:
    """Everybody in the order of the draw, also who left since."""
    return list(training.enrolments.exclude(place=None).order_by("place"))


def order_digest(training: Training) -> str:
    """SHA-256 over the numbers in the order of the draw, one per line: what the record holds."""
    return draw.digest(one.number for one in drawn_order(training))
