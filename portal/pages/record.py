"""The page about the public record: what it is, how large, who vouches for it."""

from django.db.models import Max, Min
from django.shortcuts import render

from accounts.guards import public_page
from ledger import log, witnesses
from ledger.models import Cosignature, Refusal
from ledger.vouching import Vouching
from portal.pages.record_entries import newest
from selection.models import Attestation


@public_page(30)
def record(request):
    """The same for everyone: size, last checkpoint, witnesses, how far the newest entry is, and the entries in words."""
    last, vouching = log.signed(), Vouching()
    entries, older = newest(last.size if last else 0, request.GET.get("sebelum", ""))
    context = {
        "last": last,
        "entries": entries,
        "older": older,
        "vouched": vouching.of(last.size - 1) if last else None,
        "witnesses": _witnesses(vouching),
        "alarms": Refusal.objects.select_related("checkpoint").order_by("-at")[:20],
        "signed": Attestation.objects.public().count(),
        "log_keys": vouching.policy.logs if vouching.policy else (),
    }
    return render(request, "portal/catatan.html", context)


def _witnesses(vouching: Vouching) -> list[dict]:
    """Every witness of the policy: its name, since when it vouches, and until where."""
    times = {
        one["cosigner"]: one
        for one in Cosignature.objects.values("cosigner").annotate(since=Min("signed_at"), last=Max("signed_at"))
    }
    found = []
    for key in vouching.policy.witnesses.values() if vouching.policy else ():
        label = witnesses.label_of(key)
        about = times.get(label, {})
        found.append(
            {"name": key.name, "since": about.get("since"), "last": about.get("last"), "size": vouching.reach[label]}
        )
    return found
