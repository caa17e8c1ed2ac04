"""What everybody sees of the oversight: who watches, what they found, what is held."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from accounts.guards import public_page
from oversight.actions import escalated, reading
from oversight.finding_queries import SAID, Clock, public_findings, talk, with_clocks
from oversight.models import Interest, Membership, Team
from selection.models import Hold

MOST = 100


@public_page(30)
def finding_list(request):
    """Who watches, what they found with the clock of each answer, what is held right now."""
    now = timezone.now()
    holds = Hold.objects.standing(now).filter(stage__recruitment__published_at__isnull=False)
    lifted = Hold.objects.filter(lifted_at__isnull=False, stage__recruitment__published_at__isnull=False)
    context = {
        "findings": with_clocks(public_findings(now)[:MOST], now),
        "teams": _teams(now),
        "lifted": lifted.select_related("stage__recruitment").order_by("-lifted_at")[:20],
        "readings": reading.totals(),
        "holds": holds.select_related("stage__recruitment"),
    }
    return render(request, "oversight/list.html", context)


def _teams(at):
    """Each team with the members whose term runs, and what they have an interest in."""
    interests = Interest.objects.current(at).select_related("agency", "recruitment", "formation")
    members = Membership.objects.current(at).select_related("user").order_by("since", "pk")
    members = members.prefetch_related(Prefetch("interests", interests))
    return Team.objects.order_by("name").prefetch_related(Prefetch("memberships", members, to_attr="members"))


@public_page(30)
def finding_detail(request, number):
    """One finding: its header and clock, the written public version, the answers, the conclusion."""
    now = timezone.now()
    finding = public_findings(now).filter(number=number).prefetch_related(*SAID).first()
    if finding is None:
        raise Http404
    earlier = finding.recurs if finding.recurs and public_findings(now).filter(pk=finding.recurs_id).exists() else None
    context = {
        "finding": finding,
        "earlier": earlier,
        "clock": Clock(finding, now),
        "zone": finding.stage.recruitment.zone,
        "talk": talk(finding),
        "bodies": escalated.standing(finding, now),
    }
    return render(request, "oversight/detail.html", context)
