"""The home page, the same for everyone, and the pages that explain the service."""

from django.db.models import Count, Q
from django.shortcuts import render
from django.utils import timezone

from accounts.guards import public_page
from oversight import live
from selection.models import Announcement
from vacancies.models import Formation, Stage


@public_page(30)
def home(request):
    """What closes next, what was announced last, how to apply, and what the watch room counts."""
    now = timezone.now()
    closing = (
        Stage.objects.filter(
            kind=Stage.Kind.REGISTRATION,
            recruitment__published_at__isnull=False,
            opens_at__lte=now,
            closes_at__gt=now,
        )
        .select_related("recruitment")
        .annotate(formations=Count("recruitment__formations", filter=Q(recruitment__formations__withdrawn_at=None)))
        .order_by("closes_at")
    )
    context = {
        "closing": closing[:5],
        "announcements": Announcement.objects.public().select_related("stage__recruitment").order_by("-public_at")[:5],
        "formations": Formation.objects.published().filter(withdrawn_at=None).count(),
        "today": live.today(now),
    }
    return render(request, "portal/home.html", context)


def page(name: str, **about):
    """A view for one page of words; `about` are the numbers in them."""

    @public_page(300)
    def show(request):
        return render(request, f"portal/{name}.html", about)

    return show
