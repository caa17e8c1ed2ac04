"""Which letters a process takes in hand next, so that no other sends them meanwhile."""

from collections import deque
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from publishing.models import Delivery, Mailing, Pace

LEASE = timedelta(minutes=3)  # many times a round: after this a claim counts as left by a dead process
KEPT = timedelta(hours=1)  # what was promised to a mail server before is of no use


class Claims:
    """The letters of one round, claim by claim: those to one person first, then of each running mailing in turn."""

    def __init__(self):
        self.turn = deque(Mailing.objects.running().order_by("pk"))

    def take(self, at, limit: int) -> list[Delivery]:
        """Up to `limit` letters that may leave at `at`, claimed for LEASE; none when nothing may, or the minute is full."""
        found = self._next(at, limit)
        granted = promise(settings.EMAIL_HOST, at, len(found))
        release(found[granted:])
        return found[:granted]

    def _next(self, at, limit: int) -> list[Delivery]:
        if found := _claim(to_one_person(at), at, limit):
            return found
        while self.turn:  # what is closed, paused meanwhile, or has nothing due is out of the round
            mailing = self.turn.popleft()
            if not mailing.is_open(at) or not Mailing.objects.running().filter(pk=mailing.pk).exists():
                continue
            if found := _claim(of_mailing(mailing, at), at, limit):
                self.turn.append(mailing)
                return found
        return []


def to_one_person(at) -> QuerySet:
    """Due letters that belong to no mailing."""
    return _free(at).filter(mailing=None).order_by("due_at", "id")


def of_mailing(mailing: Mailing, at) -> QuerySet:
    """Due letters of `mailing`, whatever its state."""
    return _free(at).filter(mailing=mailing).order_by("due_at", "id")


def anything_due(at) -> bool:
    """Whether a letter may leave at `at`."""
    if to_one_person(at).exists():
        return True
    return any(one.is_open(at) and of_mailing(one, at).exists() for one in Mailing.objects.running())


def _free(at) -> QuerySet:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=at)
    return Delivery.objects.filter(unclaimed, state=Delivery.State.QUEUED, due_at__lte=at)


def _claim(queue: QuerySet, at, limit: int) -> list[Delivery]:
    """Claim the first of `queue`: rows that another process locks at this moment are passed over."""
    with transaction.atomic(durable=True):
        keys = list(queue.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
        Delivery.objects.filter(pk__in=keys).update(claimed_until=at + LEASE)
    if not keys:
        return []
    claimed = Delivery.objects.filter(pk__in=keys, state=Delivery.State.QUEUED)
    return list(claimed.select_related("publication", "recipient", "subscriber", "mailing").order_by("due_at", "id"))


def release(letters: list[Delivery]) -> None:
    """Give back what is still queued of a claim, so that the next round need not wait until it lapses."""
    if letters:
        mine = Delivery.objects.filter(pk__in=[one.pk for one in letters], claimed_until=letters[0].claimed_until)
        mine.filter(state=Delivery.State.QUEUED).update(claimed_until=None)


STILL = """SELECT FROM publishing_delivery d LEFT JOIN publishing_mailing m ON m.id = d.mailing_id
WHERE d.id = %s AND d.state = 'queued' AND (m.id IS NULL OR m.state = 'running')"""
SENT = """UPDATE publishing_delivery SET state = 'sent', sent_at = %s, proof = %s, failure = '', attempts = attempts + 1,
claimed_until = NULL WHERE id = %s AND state = 'queued'"""


def in_time(letter: Delivery, at) -> bool:
    """Whether the claim on `letter` still holds and the hours of its mailing are open."""
    return at < letter.claimed_until and (letter.mailing is None or letter.mailing.is_open(at))


def may_leave(letter: Delivery | None) -> bool:
    """Asked after the last letter and before this one: nobody paused or stopped the mailing, or erased the person."""
    with connection.cursor() as cursor:
        cursor.execute(STILL, [letter and letter.pk])
        return cursor.fetchone() is not None


def mark_sent(letter: Delivery, proof: str, at, *, following: Delivery | None) -> bool:
    """`letter` left at `at`; the same question as `may_leave` about the one that follows, in one step for both."""
    with connection.cursor() as cursor:
        asked = [at, proof, letter.pk, following and following.pk]
        cursor.execute(f"WITH marked AS ({SENT}) {STILL}", asked)
        return cursor.fetchone() is not None


def promise(host: str, at, wanted: int) -> int:
    """How many of `wanted` letters `host` may get in this minute; they count as sent. MAIL_PER_MINUTE 0 is no limit."""
    limit = settings.MAIL_PER_MINUTE
    if not limit or not wanted:
        return wanted
    minute = at.replace(second=0, microsecond=0)
    with transaction.atomic(durable=True):
        Pace.objects.bulk_create([Pace(host=host, minute=minute, letters=0)], ignore_conflicts=True)
        row = Pace.objects.select_for_update(no_key=True).get(host=host, minute=minute)
        granted = max(0, min(wanted, limit - row.letters))
        Pace.objects.filter(pk=row.pk).update(letters=F("letters") + granted)
    return granted


def forget_paces(at) -> int:
    """Delete what was promised in past hours."""
    return Pace.objects.filter(minute__lt=at - KEPT).delete()[0]
