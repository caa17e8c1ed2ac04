"""What everybody sees of an open selection by a panel: who judges, how far they are, and whom the official took."""

from django.db.models import F
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.guards import public_page
from vacancies.models import Recruitment
from workforce import components, spread
from workforce.actions import choice
from workforce.actions.panel import KINDS
from workforce.models import Conflict, Panel


@public_page(60)
@require_GET
def panel_detail(request, slug):
    """The panel of a recruitment; before it is sealed the page says that it does not stand yet."""
    recruitment = get_object_or_404(Recruitment.objects.published(), slug=slug, kind__in=KINDS)
    panel = Panel.objects.filter(recruitment=recruitment, sealed_at__isnull=False).first()
    context = {"recruitment": recruitment, "panel": panel, "zone": recruitment.zone}
    if panel:
        stage = choice.last_stage(recruitment)
        context |= {
            "members": panel.members.select_related("replaces"),
            "labels": components.scored(recruitment),
            "conflicts": Conflict.objects.filter(member__panel=panel).count(),
            "late": Conflict.objects.filter(member__panel=panel, member__sheets__locked_at__lt=F("at"))
            .distinct()
            .count(),
            "declared": panel.members.filter(declaration__isnull=False, left_at=None).count(),
            "weights": components.weights(recruitment),
            "parts": spread.parts_of(panel),
            "best": choice.best_of(panel),
            "last": stage,
        }
    return render(request, "workforce/panel/detail.html", context)
