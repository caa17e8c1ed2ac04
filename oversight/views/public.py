"""What everybody sees of the oversight: findings from the moment they are sent, and holds."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.guards import public_page
from oversight.models import Finding, Team
from oversight.states import FindingState
from selection.models import Hold


def sent_findings():
    """Findings that were handed to the office: public, the newest first."""
    return (
        Finding.objects.exclude(state=FindingState.DRAFT)
        .select_related("stage__recruitment", "team", "announcement")
        .order_by("-sent_at")
    )


@public_page(30)
def finding_list(request):
    """Who watches, what they found, what is held right now."""
    holds = Hold.objects.standing(timezone.now()).filter(stage__recruitment__published_at__isnull=False)
    context = {
        "findings": sent_findings()[:100],
        "teams": Team.objects.order_by("name"),
        "holds": holds.select_related("stage__recruitment"),
    }
    return render(request, "oversight/list.html", context)


@public_page(30)
def finding_detail(request, number):
    """One finding: its evidence, the answers, the conclusion."""
    finding = get_object_or_404(sent_findings().prefetch_related("responses", "returns"), number=number)
    context = {"finding": finding, "zone": finding.stage.recruitment.zone, "talk": talk(finding)}
    return render(request, "oversight/detail.html", context)


def talk(finding) -> list[dict]:
    """Answers and what was sent back, in the order they were said."""
    lines = [{"at": one.at, "text": one.text, "office": True} for one in finding.responses.all()]
    lines += [{"at": one.at, "text": one.text, "office": False} for one in finding.returns.all()]
    return sorted(lines, key=lambda one: one["at"])
