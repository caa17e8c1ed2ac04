"""Letters to many: begun, paused, resumed, stopped by people; ended by themselves."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from publishing import mailing_states
from publishing.mailing_states import MailingState
from publishing.models import Delivery, Mailing, MailingStep, Publication

STOPPED = "stopped"  # why a letter did not leave, beside the answers of mail servers


class NotPossible(Exception):
    """The mailing is over, or is that already, or nobody said why."""


def begin(publication: Publication, *, zone: str, at, window=None) -> Mailing:
    """The mailing of `publication`, with the hours of `window` or those of MAILING_WINDOW. In the caller's transaction.

    A second call returns the first one: its hours stay.
    """
    since, until = window or settings.MAILING_WINDOW
    made = Mailing(publication=publication, window_from=since, window_until=until, time_zone=zone, made_at=at)
    Mailing.objects.bulk_create([made], ignore_conflicts=True)
    return Mailing.objects.get(publication=publication)


def pause(mailing: Mailing, *, reason: str, by, at) -> Mailing:
    """No letter leaves any more but those that a process is sending at this moment, one each. Locks the mailing."""
    return _move(mailing, MailingState.PAUSED, reason=reason, by=by, at=at)


def resume(mailing: Mailing, *, reason: str, by, at) -> Mailing:
    """Letters leave again, inside the window. Locks the mailing."""
    return _move(mailing, MailingState.RUNNING, reason=reason, by=by, at=at)


def stop(mailing: Mailing, *, reason: str, by, at) -> Mailing:
    """What has not left never does. Locks the mailing; the letters are marked by `close_stopped`."""
    return _move(mailing, MailingState.STOPPED, reason=reason, by=by, at=at)


@transaction.atomic(durable=True)
def _move(mailing: Mailing, to: str, *, reason: str, by, at) -> Mailing:
    found = Mailing.objects.select_for_update(no_key=True, of=("self",)).get(pk=mailing.pk)
    if not mailing_states.allows(found.state, to):
        raise NotPossible(_("Tidak bisa: surat massal ini %(state)s.") % {"state": found.get_state_display().lower()})
    if not reason.strip():
        raise NotPossible(_("Tulis alasannya."))
    MailingStep.objects.create(mailing=found, to=to, reason=reason.strip()[:300], by=by, at=at)
    found.state = to
    found.save(update_fields=["state"])
    return found


def close_stopped(at) -> int:
    """Mark the letters of stopped mailings as never sent, but those that a process has in hand; returns how many."""
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED, mailing__state=MailingState.STOPPED)
    idle = waiting.filter(Q(claimed_until=None) | Q(claimed_until__lte=at))
    return idle.update(state=Delivery.State.FAILED, failure=STOPPED, claimed_until=None)


def end_finished(at) -> int:
    """Call running mailings done in which nothing waits any more; returns how many."""
    waiting = Delivery.objects.filter(mailing=OuterRef("pk"), state=Delivery.State.QUEUED)
    return Mailing.objects.running().filter(~Exists(waiting)).update(state=MailingState.DONE)
