"""Public pages around announcements, and the owner's explanation of a result."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.guards import public_page
from lib import rulepack_files
from selection import objection_statistics
from selection.actions.explanation import explain
from selection.models import Announcement, AnnouncementNumber, Application, DelayNotice, Hold, LiveScore, Outcome
from selection.objectable import chance_of
from selection.states import State
from vacancies.models import Recruitment, Stage


def newest_public():
    """Public announcements, the newest version of each."""
    return (
        Announcement.objects.public()
        .filter(Q(superseded_by=None) | Q(superseded_by__public_at=None))
        .select_related("stage__recruitment")
        .order_by("-public_at")
    )


@public_page(5)
def announcement_list(request):
    """All announced results, notices of delay, and numbers that were reserved and never opened."""
    page = Paginator(newest_public(), 20).get_page(request.GET.get("halaman"))
    opened = Announcement.objects.public().values("stage")
    reserved = (
        AnnouncementNumber.objects.filter(series="P").exclude(stage__in=opened).select_related("stage__recruitment")
    )
    context = {
        "page": page,
        "query": "",
        "delays": DelayNotice.objects.exclude(stage__in=opened).select_related("stage__recruitment")[:20],
        "reserved": reserved.filter(stage__recruitment__published_at__isnull=False).order_by("-year", "-serial")[:20],
    }
    return render(request, "selection/announcement/index_page.html", context)


class AnnouncementFeed(Feed):
    """Atom: every public version, corrections included. Addresses are ours, whatever host a request names."""

    feed_type = Atom1Feed
    language = "id"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    def title(self):
        return _("Pengumuman hasil seleksi %(name)s") % {"name": settings.INSTANCE["short_name"]}

    def link(self):
        return settings.SITE_URL + reverse("announcement_list")

    def feed_url(self):
        return settings.SITE_URL + reverse("announcement_feed")

    def author_name(self):
        return settings.INSTANCE["office"]

    def items(self):
        return Announcement.objects.public().select_related("stage__recruitment").order_by("-public_at")[:50]

    def item_title(self, item):
        kind = _("Koreksi: ") if item.version > 1 else ""
        return f"{kind}{item.stage.name_public}, {item.stage.recruitment.name}"

    def item_description(self, item):
        return item.reason or _("Hasil sudah terbit.")

    def item_link(self, item):
        return f"{settings.SITE_URL}/pengumuman/{item.number}/v{item.version}/"

    def item_pubdate(self, item):
        return item.public_at

    item_updateddate = item_pubdate


@public_page(30)
def recruitment_list(request):
    """Every published recruitment, newest first."""
    recruitments = (
        Recruitment.objects.published()
        .select_related("agency")
        .annotate(count=Count("formations", filter=Q(formations__withdrawn_at=None)))
    )
    return render(request, "selection/recruitment_list.html", {"recruitments": recruitments})


@public_page(10)
def recruitment_detail(request, slug):
    """The timetable planned and actual, the funnel, the rules, the announcements, delays and holds."""
    stages = Stage.objects.prefetch_related(
        "changes", Prefetch("announcements", Announcement.objects.public().order_by("version")), "delay_notices"
    ).order_by("order")
    recruitment = get_object_or_404(
        Recruitment.objects.published().select_related("agency").prefetch_related(Prefetch("stages", stages)), slug=slug
    )
    now = timezone.now()
    registration_over = any(one.kind == "registration" and one.closed_at for one in recruitment.stages.all())
    applications = Application.objects.filter(recruitment=recruitment).exclude(state=State.DRAFT)
    context = {
        "recruitment": recruitment,
        "zone": recruitment.zone,
        "stages": recruitment.stages.all(),
        "at": now,
        "pack": rulepack_files.load(recruitment.rulepack),
        "applications": applications.count() if registration_over or recruitment.mirrors_national else None,
        "clarifications": recruitment.clarifications.select_related("superseded_by", "formation"),
        "funnel": _funnel(recruitment),
        "on_a_screen": LiveScore.objects.filter(stage__recruitment=recruitment).exists(),
        "objections": objection_statistics.by_stage(now, recruitment=recruitment),
        "holds": Hold.objects.standing(now).filter(stage__recruitment=recruitment).select_related("stage"),
        "announcements": [one for stage in recruitment.stages.all() for one in stage.announcements.all()],
    }
    return render(request, "selection/recruitment_detail.html", context)


def _funnel(recruitment) -> list[tuple]:
    """(stage, people in it, people who went on) of each public result, from the announcements alone."""
    newest = newest_public().filter(stage__recruitment=recruitment).order_by("stage__order")
    counts = dict(
        Outcome.objects.filter(set__in=newest.values("outcome_set"), advances=True)
        .values_list("set")
        .annotate(n=Count("id"))
        .order_by()
    )
    return [(one.stage, one.rows, counts.get(one.outcome_set_id, 0)) for one in newest]


@never_cache
@login_required
def explanation(request, ref, number):
    """My result and why, once it is public. Only the owner's."""
    application = get_object_or_404(Application.objects.visible_to(request.user).select_related("recruitment"), ref=ref)
    announcement = get_object_or_404(newest_public(), number=number, stage__recruitment=application.recruitment_id)
    outcome = get_object_or_404(
        Outcome.objects.select_related("set__stage", "formation", "application"),
        set=announcement.outcome_set_id,
        application=application,
    )
    context = {
        "application": application,
        "announcement": announcement,
        "outcome": outcome,
        "explanation": explain(outcome),
        "zone": application.recruitment.zone,
    }
    if announcement.stage.objection_days and (chance := chance_of(application, announcement.stage)):
        context["window"] = chance.window
        context["may_object"] = bool(chance.objection) or not chance.window.is_over(timezone.now())
    response = render(request, "selection/explanation.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
