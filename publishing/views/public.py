"""News for everybody: the list, its feeds, and for each where it was told."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import public_page
from publishing import queries, speech
from publishing.models import Channel, Notice
from publishing.rendering import poster

IN_FEED = 50
KEPT = 24 * 3600  # seconds that a drawn poster stays in the cache


@require_safe
@public_page(30)
def publication_list(request):
    """All news, the newest first, and the channels on which it can be followed."""
    page = Paginator(queries.news(), 20).get_page(request.GET.get("halaman"))
    channels = Channel.objects.filter(enabled=True, kind=Channel.Kind.POST).exclude(page="")
    context = {"page": page, "query": "", "channels": channels, "zone": timezone.get_default_timezone()}
    return render(request, "publishing/list.html", context)


@require_safe
@public_page(30)
def publication_detail(request, pk):
    """One piece of news, where it was told and with which proof, and what to print, read aloud or pass on."""
    found = get_object_or_404(queries.news(), pk=pk)
    here = settings.SITE_URL + found.url if found.url else settings.SITE_URL + request.path
    context = {
        "publication": found,
        "letters": queries.letters(found),
        "posts": queries.posts(found),
        "notices": queries.notices(found),
        "zone": timezone.get_default_timezone(),
        "share": f"https://wa.me/?text={quote(f'{found.subject} {here}')}",
    }
    return render(request, "publishing/detail.html", context)


@require_safe
@public_page(300)
def publication_speech(request, pk):
    """The news as a text to read aloud."""
    found = get_object_or_404(queries.news(), pk=pk)
    return HttpResponse(speech.announcement(found), content_type="text/plain; charset=utf-8")


@require_safe
@public_page(3600)
def publication_poster(request, pk, paper):
    """The news as a sheet for notice boards, drawn once and kept in the cache."""
    if paper not in poster.SCALE:
        raise Http404
    found = get_object_or_404(queries.news(), pk=pk)
    drawn = cache.get_or_set(f"poster:{found.pk}:{paper}", lambda: poster.poster(found, paper), KEPT)
    return HttpResponse(drawn, content_type="application/pdf")


@require_safe
@public_page(3600)
def publication_notice(request, pk, notice):
    """The photo of a board on which the news hangs."""
    found = get_object_or_404(Notice.objects.filter(publication__in=queries.news()), publication=pk, pk=notice)
    response = FileResponse(found.photo.open("rb"), content_type="image/jpeg", filename="papan.jpg")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


@require_safe
@public_page(60)
def publication_list_json(request):
    """The newest news as JSON Feed 1.1 (jsonfeed.org)."""
    site = settings.SITE_URL
    return JsonResponse(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _("Kabar %(name)s") % {"name": settings.INSTANCE["short_name"]},
            "home_page_url": site + reverse("publication_list"),
            "feed_url": site + reverse("publication_list_json"),
            "language": "id",
            "items": [
                {
                    "id": site + reverse("publication_detail", args=[one.pk]),
                    "url": site + (one.url or reverse("publication_detail", args=[one.pk])),
                    "title": one.subject,
                    "content_text": one.body,
                    "date_published": one.opened_at.isoformat(),
                }
                for one in queries.news()[:IN_FEED]
            ],
        },
        content_type="application/feed+json",
        json_dumps_params={"ensure_ascii": False},
    )


class PublicationFeed(Feed):
    """Atom: vacancies opened, results, corrections, delays, dates that moved."""

    feed_type = Atom1Feed
    language = "id"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    def title(self):
        return _("Kabar %(name)s") % {"name": settings.INSTANCE["short_name"]}

    def link(self):
        return settings.SITE_URL + reverse("publication_list")

    def feed_url(self):
        return settings.SITE_URL + reverse("publication_feed")

    def author_name(self):
        return settings.INSTANCE["office"]

    def items(self):
        return queries.news()[:IN_FEED]

    def item_title(self, item):
        return item.subject

    def item_description(self, item):
        return item.body

    def item_link(self, item):
        return settings.SITE_URL + (item.url or reverse("publication_detail", args=[item.pk]))

    def item_guid(self, item):
        return settings.SITE_URL + reverse("publication_detail", args=[item.pk])

    def item_updateddate(self, item):
        return item.opened_at

    def item_pubdate(self, item):
        return item.opened_at
