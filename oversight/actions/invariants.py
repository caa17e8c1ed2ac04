"""Looking hourly whether what cannot happen did not happen."""

import logging
import time
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from oversight.actions.telling import tell_members, tell_office
from oversight.invariants import INVARIANTS, look
from oversight.models import InvariantRun, Membership

logger = logging.getLogger(__name__)
EVERY = timedelta(hours=1)
BUDGET = 2.0  # seconds for the checks of one ring; the rest waits for the next


def hour_of(at):
    """The beginning of the hour: the slot in which each check is due once."""
    return at.replace(minute=0, second=0, microsecond=0)


def due(at) -> list[str]:
    """Names of the checks that nobody made in this hour yet, in the order of the table."""
    made = set(InvariantRun.objects.filter(slot=hour_of(at)).values_list("name", flat=True))
    return [name for name in INVARIANTS if name not in made]


def check_due(at, *, budget: float = BUDGET) -> int:
    """Make the checks that are due, at least one and as many as fit into `budget` seconds; returns how many.

    Any number may ring: the row of a check is written once per hour.
    """
    began, made = time.monotonic(), 0
    for name in due(at):
        made += check(name, at=at) is not None
        if time.monotonic() - began > budget:
            break
    return made


def check(name: str, *, at) -> InvariantRun | None:
    """Look, write down what was seen, and tell when it is news; None when another process was first.

    The look is not part of the transaction that writes: what it saw stands even if nobody could be told.
    """
    started = time.monotonic()
    seen = {"looked": None, "offending": None, "examples": [], "trouble": ""}
    try:
        sight = look(name, at)
        seen |= {
            "looked": sight.looked,
            "offending": sight.offending,
            "examples": [one[:200] for one in sight.examples],
        }
    except (DatabaseError, OSError) as error:
        logger.exception("the check %s could not be made", name)
        seen["trouble"] = type(error).__name__
    run = InvariantRun(name=name, slot=hour_of(at), at=at, took=int((time.monotonic() - started) * 1000), **seen)
    return _write(run)


@transaction.atomic(durable=True)
def _write(run: InvariantRun) -> InvariantRun | None:
    InvariantRun.objects.bulk_create([run], ignore_conflicts=True)
    mine = InvariantRun.objects.filter(name=run.name, slot=run.slot).first()
    if mine.took != run.took or mine.at != run.at:
        return None
    if mine.offending and not _was_broken_before(mine):
        _tell(mine)
    return mine


def _was_broken_before(run: InvariantRun) -> bool:
    """Whether the last look that succeeded before `run` saw it broken too: then everybody knows."""
    before = InvariantRun.objects.filter(name=run.name, pk__lt=run.pk, trouble="").order_by("-pk").first()
    return bool(before and before.offending)


def _tell(run: InvariantRun) -> None:
    """Team and office hear of it once, until it was whole again."""
    about = {
        "subject": _("Pemeriksaan sistem menemukan pelanggaran: %(name)s") % {"name": run.name},
        "body": _(
            "Yang harus selalu benar: %(sentence)s\n\nPemeriksaan menemukan %(count)s baris yang melanggar, dari %(looked)s yang dilihat:\n%(examples)s"
        )
        % {
            "sentence": INVARIANTS[run.name].sentence,
            "count": run.offending,
            "looked": run.looked,
            "examples": "\n".join(f"• {one}" for one in run.examples),
        },
        "url": "/keterbukaan/pemeriksaan/",
        "at": run.at,
    }
    tell_members(Membership.objects.all(), source=f"invariant:{run.pk}:team", **about)
    tell_office(source=f"invariant:{run.pk}:office", **about)
