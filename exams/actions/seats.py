"""Who sits where: a code or an account brings one device to a seat; another device only by the room officer."""

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from exams.actions.local_tests import CODE_LENGTH, NotPossible
from exams.actions.sitting import digest_of
from exams.models import Incident, LocalTest, Seat, Sitting
from lib.codes import random_code

PLACE = Seat.objects.select_related("test__session__stage__recruitment", "test__blueprint", "application")


class NotKnown(Exception):
    """No open test has that number with that code."""


class NotOver(Exception):
    """Somebody at the seat has not ended the test."""


class Elsewhere(Exception):
    """The seat has its device already."""


@transaction.atomic(durable=True)
def enter_with_code(number: str, code: str, *, key: str, at) -> Seat:
    """The device that holds `key` takes the seat of a card's number and the code handed out there; the code is spent.

    Raises NotKnown, also for a code that was used: whoever lost a device asks the room officer.
    """
    found = Seat.objects.select_for_update(no_key=True, of=("self",)).filter(
        application__participant_number=number, test__in=LocalTest.objects.unsealed()
    )
    for seat in found:
        if seat.code and constant_time_compare(seat.code, code):
            return _take(seat, key, at)
    raise NotKnown


@transaction.atomic(durable=True)
def enter_with_account(seat: Seat, *, user, key: str, at) -> Seat:
    """The same for the owner of the application, where the test allows own devices. Raises NotKnown, Elsewhere."""
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).get(pk=seat.pk)
    if locked.application.user_id != user.pk or not locked.test.own_devices or not locked.test.is_unsealed:
        raise NotKnown
    if locked.key_digest:
        raise Elsewhere
    return _take(locked, key, at)


def _take(seat: Seat, key: str, at) -> Seat:
    seat.code, seat.key_digest, seat.entered_at = None, digest_of(key), at
    seat.save(update_fields=["code", "key_digest", "entered_at"])
    return PLACE.get(pk=seat.pk)


def of_key(key: str) -> Seat | None:
    """The seat of the device that holds `key`."""
    return PLACE.filter(key_digest=digest_of(key)).first() if key else None


@transaction.atomic(durable=True)
def leave(seat: Seat) -> None:
    """Done, on a device that others use next: its key opens nothing any more. Score and answers stay. Raises NotOver.

    Whoever wants to see the score again there asks for a code, or enters with the account where the test allows it.
    """
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).get(pk=seat.pk)
    if not Sitting.objects.filter(seat=locked, ended_at__isnull=False).exists():
        raise NotOver
    locked.key_digest = None
    locked.save(update_fields=["key_digest"])


@transaction.atomic(durable=True)
def free(seat: Seat, *, words: str, by, at) -> str:
    """Another device for a seat: the old one is out, a new code is told, and the reason stays. No clock moves.

    Raises NotPossible.
    """
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).select_related("test").get(pk=seat.pk)
    if not locked.test.is_unsealed or locked.test.closed_at:
        raise NotPossible(_("Kode dibuat selama ujian dibuka."))
    locked.code, locked.key_digest = random_code(CODE_LENGTH), None
    locked.save(update_fields=["code", "key_digest"])
    Incident.objects.create(test=locked.test, seat=locked, kind=Incident.Kind.DEVICE, words=words, by=by, at=at)
    return locked.code


def note(test: LocalTest, *, kind: str, words: str, seat: Seat | None, by, at) -> Incident:
    """What happened in a room. Raises NotPossible while the test is sealed."""
    if not test.is_unsealed:
        raise NotPossible(_("Kejadian dicatat sejak ujian dibuka."))
    return Incident.objects.create(test=test, seat=seat, kind=kind, words=words, by=by, at=at)
