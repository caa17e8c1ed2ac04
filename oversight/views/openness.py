"""How open the portal is, for everybody: what its own checks see."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone

from accounts.guards import public_page
from oversight.actions.invariants import EVERY
from oversight.invariants import INVARIANTS
from oversight.models import InvariantRun
from oversight.queries import newest_runs

LATE = EVERY + timedelta(minutes=15)


@public_page(60)
def invariant_list(request):
    """What must always be true, when it was last looked at, and over how many rows."""
    now, runs = timezone.now(), newest_runs()
    checks = [_standing(one, runs.get(one.name), now) for one in INVARIANTS.values()]
    context = {
        "checks": sorted(checks, key=lambda one: one["order"]),
        "broken": sum(one["state"] == "broken" for one in checks),
        "unseen": sum(one["state"] in ("unseen", "late", "trouble") for one in checks),
        "last": max((run.at for run in runs.values()), default=None),
        "now": now,
        "history": _history(),
    }
    return render(request, "oversight/openness/invariants.html", context)


def _history() -> list[InvariantRun]:
    """The last looks that found something, each with its sentence."""
    found = list(InvariantRun.objects.broken().order_by("-at")[:20])
    for run in found:
        run.sentence = INVARIANTS[run.name].sentence if run.name in INVARIANTS else run.name
    return found


def _standing(invariant, run: InvariantRun | None, now) -> dict:
    """One check as the page shows it; what is wrong or unknown comes first."""
    if run is None:
        state = "unseen"
    elif run.trouble:
        state = "trouble"
    elif run.offending:
        state = "broken"
    elif now - run.at > LATE:
        state = "late"
    else:
        state = "empty" if run.looked == 0 else "whole"
    order = ["broken", "trouble", "late", "unseen", "whole", "empty"].index(state)
    return {"sentence": invariant.sentence, "name": invariant.name, "run": run, "state": state, "order": order}
