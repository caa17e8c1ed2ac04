"""Another test for those whom an incident kept from theirs: asked for by one officer, granted by another."""

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from exams.actions.local_tests import NotPossible, names
from exams.models import Incident, LocalTest, Resit, ResitSeat, Seat
from ledger.actions import record
from lib.canonical import canonical
from selection.models import Announcement


def replaced():
    """The seats whose people sit another test: nothing from them counts."""
    return Seat.objects.filter(resits__resit__state=Resit.State.GRANTED)


def waiting_for_a_seat(stage, at) -> list[str]:
    """Numbers of participants of `stage` who were granted another test and have no seat in one yet."""
    living = Seat.objects.filter(test__in=LocalTest.objects.living(at), test__session__stage=stage)
    seated = living.exclude(pk__in=replaced()).values("application")
    found = replaced().filter(test__session__stage=stage).exclude(application__in=seated)
    return sorted(set(found.values_list("application__participant_number", flat=True)))


def concerned(test: LocalTest, incident: Incident, *, room: str = "", numbers: tuple[str, ...] = ()):
    """The seats that an incident may have kept from the test: by number, or everybody of a room, or the one it names.

    Whoever ended the test by the button is left out. Raises NotPossible for a number that is not there, or that had
    the test.
    """
    seats = test.seats.exclude(sitting__ended_at__lt=F("sitting__ends_at")).exclude(
        resits__resit__state__in=[Resit.State.PROPOSED, Resit.State.GRANTED]
    )
    if incident.seat_id:
        seats = seats.filter(pk=incident.seat_id)
    elif numbers:
        found = seats.filter(application__participant_number__in=numbers)
        known = set(found.values_list("application__participant_number", flat=True))
        if strange := sorted(set(numbers) - known):
            words = _("Nomor ini tidak ada di ujian ini, sudah mengakhirinya sendiri, atau sudah diusulkan: %(n)s.")
            raise NotPossible(words % {"n": ", ".join(strange)[:200]})
        return found
    else:
        seats = seats.filter(room=room)
    if not seats.exists():
        raise NotPossible(_("Semua peserta itu sudah mengakhiri ujian sendiri atau sudah diusulkan."))
    return seats


@transaction.atomic(durable=True)
def propose(test: LocalTest, incident: Incident, *, room: str = "", numbers: tuple[str, ...] = (), reason: str, by, at):
    """Ask that the people whom `incident` kept from the test sit another one. Locks the test. Raises NotPossible.

    Returns the Resit.
    """
    locked = LocalTest.objects.select_for_update(no_key=True, of=("self",)).get(pk=test.pk)
    if locked.closed_at is None or incident.at > locked.closed_at:
        raise NotPossible(_("Ujian pengganti diusulkan setelah ujian selesai, untuk kejadian yang dicatat saat itu."))
    _not_announced(locked)
    seats = list(concerned(locked, incident, room=room, numbers=numbers))
    try:
        with transaction.atomic():
            made = Resit.objects.create(test=locked, incident=incident, reason=reason, proposed_by=by, proposed_at=at)
    except IntegrityError as error:
        raise NotPossible(_("Usulan lain untuk ujian ini menunggu keputusan.")) from error
    ResitSeat.objects.bulk_create(ResitSeat(resit=made, seat=seat) for seat in seats)
    return made


@transaction.atomic(durable=True)
def decide(proposal: Resit, *, grant: bool, by, at) -> Resit:
    """Another person grants it, which the public record tells, or anybody drops it. Raises NotPossible."""
    found = (
        Resit.objects.select_for_update(no_key=True, of=("self",))
        .select_related("test__session__stage__recruitment")
        .get(pk=proposal.pk)
    )
    if found.state != Resit.State.PROPOSED:
        raise NotPossible(_("Usulan ini sudah diputuskan."))
    if grant and found.proposed_by_id == by.pk:
        raise NotPossible(_("Yang mengusulkan tidak boleh memberikan. Minta rekan lain."))
    if grant:
        _not_announced(found.test)
    found.state = Resit.State.GRANTED if grant else Resit.State.DROPPED
    found.decided_by, found.decided_at = by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    if grant:
        people = sorted(found.places.values_list("seat__application__participant_number", flat=True))
        record.append(
            "exam.resit", at=at, **names(found.test.session), people=len(people),
            digest=hashlib.sha256(canonical(people)).hexdigest(), reason=found.reason,
        )  # fmt: skip
    return found


def is_frozen(test: LocalTest) -> bool:
    """Whether the result of its stage is frozen or out: then nobody sits another test."""
    return Announcement.objects.filter(stage=test.session.stage_id).exists()


def _not_announced(test: LocalTest) -> None:
    if is_frozen(test):
        raise NotPossible(_("Hasil tahap ini sudah dikunci atau diumumkan. Perubahan sesudahnya lewat sanggah."))
