"""The keeper looks at the portal from outside its pages, so that availability is measured and not promised."""

import time
from datetime import timedelta

from django.conf import settings

from ledger import post
from oversight.models import Probe

EVERY = timedelta(minutes=5)
SECONDS = 5  # whoever waits longer has gone


def slot_of(at):
    """The beginning of the five minutes in which one look is due."""
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def probe_due(at) -> int:
    """Ask for a page that needs the database and write down whether it came; 1 where nobody had looked in this slot.

    A slot without a row is one in which even the keeper was away: it counts as not answered.
    """
    slot = slot_of(at)
    if Probe.objects.filter(slot=slot).exists():
        return 0
    started = time.monotonic()
    try:
        answered = post.get(f"{settings.PROBE_URL}", seconds=SECONDS).status == 200
    except post.Silent:
        answered = False
    took = int((time.monotonic() - started) * 1000)
    made = Probe.objects.bulk_create([Probe(slot=slot, answered=answered, took=took)], ignore_conflicts=True)
    return len(made)
