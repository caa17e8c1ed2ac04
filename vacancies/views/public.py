"""The vacancy list in four forms of one query, and the page of one vacancy."""

import csv
import re
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from accounts.guards import public_page
from lib import rulepack_files
from vacancies import calendar_file, job_posting, open_data, scoring, search
from vacancies.listing import Listing, page
from vacancies.models import Formation, Requirement, Stage
from vacancies.registration import Registration, Status
from vacancies.sentence import query_of
from vacancies.views.facets import chips, drops, facets

PER_PAGE = 10
PER_JSON = 100
PER_FEED = 50
CONTROL = re.compile(r"[\x00-\x1f]+")  # XML has no way to write them


@public_page(30)
def vacancy_list(request):
    """Search, filters with counts, chips that take a filter away, ten vacancies a page."""
    listing = Listing(request.GET, timezone.now())
    current = page(listing, request.GET.get("halaman"), size=PER_PAGE)
    query = query_of(listing)
    empty = not current.paginator.count
    context = {
        "page": current,
        "facets": facets(listing),
        "chips": chips(listing),
        "words": listing.active.get("q", [""])[0],
        "recruitment": listing.active.get("pengadaan", [""])[0],
        "ignored": listing.ignored,
        "query": f"{urlencode(query)}&" if query else "",
        "files": f"?{urlencode(query)}" if query else "",
        "drops": drops(listing) if empty and query else [],
        "alike": search.did_you_mean(listing.active["q"][0]) if empty and "q" in listing.active else [],
    }
    return render(request, "vacancies/list.html", context)


def _refused(listing: Listing) -> HttpResponse | None:
    """A file with a filter that means nothing would hold more than was asked for: no file then."""
    if not listing.ignored:
        return None
    words = _("Saringan ini tidak dikenal: %(names)s.") % {"names": ", ".join(listing.ignored)}
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line):
        return line


@public_page(60)
def vacancy_list_csv(request):
    """The whole result as CSV, written while it is read."""
    listing = Listing(request.GET, timezone.now())
    if refused := _refused(listing):
        return refused
    writer = csv.writer(_Echo())

    def lines():
        yield "\ufeff" + writer.writerow(open_data.FIELDS)
        for one in listing.each():
            yield writer.writerow([open_data.cell(value) for value in open_data.plain(one).values()])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="lowongan.csv"'
    return response


@public_page(60)
def vacancy_list_json(request):
    """A page of 100 as JSON, with the address of the next one."""
    listing = Listing(request.GET, timezone.now())
    if refused := _refused(listing):
        return refused
    current = page(listing, request.GET.get("halaman"), size=PER_JSON)
    following = None
    if current.has_next():
        query = urlencode([*query_of(listing), ("halaman", current.next_page_number())])
        following = f"{settings.SITE_URL}{request.path}?{query}"
    answer = {
        "jumlah": current.paginator.count,
        "berikutnya": following,
        "lowongan": [open_data.plain(one) for one in current],
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@public_page(60)
def vacancy_list_atom(request):
    """The 50 newest vacancies of the query."""
    listing = Listing(request.GET, timezone.now())
    if refused := _refused(listing):
        return refused
    query = urlencode(query_of(listing))
    feed = Atom1Feed(
        title=_("Lowongan %(name)s") % {"name": settings.INSTANCE["short_name"]},
        link=settings.SITE_URL + reverse("vacancy_list") + (f"?{query}" if query else ""),
        description="",
        language="id",
        author_name=settings.INSTANCE["office"],
        feed_url=settings.SITE_URL + request.path + (f"?{query}" if query else ""),
    )
    for one in listing.newest(PER_FEED):
        address = settings.SITE_URL + reverse("vacancy_detail", args=[one.slug])
        feed.add_item(
            title=CONTROL.sub(" ", f"{one.position}, {one.place}"),
            link=address,
            description=_("%(n)s kebutuhan. %(status)s.") % {"n": one.quota, "status": one.registration.status.label},
            pubdate=one.created_at,
            updateddate=one.changed_at,
            unique_id=address,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def published(slug) -> Formation:
    """A vacancy that everybody may read; 404 otherwise."""
    return get_object_or_404(
        Formation.objects.published()
        .select_related("unit", "recruitment__agency")
        .prefetch_related("qualifications")
        .defer("search"),
        slug=slug,
    )


@public_page(30)
def vacancy_detail(request, slug):
    """All that is known about one vacancy; it keeps its page after it closes."""
    formation = published(slug)
    recruitment = formation.recruitment
    stages = list(recruitment.stages.prefetch_related("changes").order_by("order"))
    now = timezone.now()
    stage = next((one for one in stages if one.kind == Stage.Kind.REGISTRATION), None)
    registration = Registration(recruitment, stage, now)
    for_it = Q(formation=None) | Q(formation=formation)
    requirements = list(Requirement.objects.filter(for_it, recruitment=recruitment))
    pack = rulepack_files.load(recruitment.rulepack)
    open_now = registration.status is Status.OPEN and not formation.withdrawn_at
    address = settings.SITE_URL + request.path
    context = {
        "formation": formation,
        "recruitment": recruitment,
        "zone": recruitment.zone,
        "registration": registration,
        "open_now": open_now,
        "at": now,
        "stages": stages,
        "clauses": [one for one in requirements if one.kind == Requirement.Kind.CLAUSE],
        "documents": [one for one in requirements if one.kind == Requirement.Kind.DOCUMENT],
        "pack": pack,
        "rules": scoring.rules_of(pack, stages, formation.need),
        "revisions": recruitment.revisions.filter(for_it)[:20],
        "clarifications": recruitment.clarifications.filter(for_it).select_related("superseded_by", "formation"),
        "posting": job_posting.as_json(formation, registration, address) if open_now else None,
        "address": address,
        "share": "https://wa.me/?" + urlencode({"text": f"{formation.position}, {formation.place}: {address}"}),
    }
    return render(request, "vacancies/detail.html", context)


@public_page(300)
def vacancy_calendar(request, slug):
    """The stages of the vacancy's recruitment as a calendar file."""
    formation = published(slug)
    content = calendar_file.stages_of(formation, settings.SITE_URL + reverse("vacancy_detail", args=[slug]))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response
