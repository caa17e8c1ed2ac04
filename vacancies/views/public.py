"""The vacancy list in four forms of one query, and the page of one vacancy."""

import csv
import json
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Prefetch, Value, When
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from accounts.guards import public_page
from lib import rulepack_files
from vacancies import calendar_file, job_posting
from vacancies.filters import FormationFilter, counts, without_one
from vacancies.models import Formation, Qualification, Requirement, Stage
from vacancies.registration import Registration, Status, registrations

PER_PAGE = 10
ORDER = {Status.OPEN: 0, Status.UPCOMING: 1, Status.CLOSED: 2}


class Listing:
    """One query over the published vacancies, sorted by nearest closing; closed ones last, newest first."""

    def __init__(self, request):
        self.at = timezone.now()
        self.registrations = registrations(self.at)
        self.everything = Formation.objects.filter(recruitment__in=list(self.registrations), withdrawn_at=None)
        self.filters = FormationFilter(request.GET, queryset=self.everything, registrations=self.registrations)
        self.active = self.filters.active
        self.found = self.filters.qs if self.filters.form.is_valid() else self.everything.none()
        places = sorted(self.registrations.values(), key=self._nearest)
        cases = [When(recruitment=one.recruitment.pk, then=Value(place)) for place, one in enumerate(places)]
        place = Case(*cases, default=Value(len(cases)), output_field=IntegerField())
        self.rows = (
            self.found.annotate(place=place)
            .select_related("unit", "office")
            .prefetch_related(Prefetch("qualifications", Qualification.objects.order_by("level", "program")))
            .order_by("place", "position", "pk")
        )

    @staticmethod
    def _nearest(registration: Registration) -> tuple:
        if registration.stage is None:
            return (ORDER[registration.status], 0, registration.recruitment.pk)
        closes = registration.stage.closes_at.timestamp()
        late = registration.status is Status.CLOSED
        return (ORDER[registration.status], -closes if late else closes, registration.recruitment.pk)

    def dress(self, formations) -> list:
        """Each formation with the registration it belongs to."""
        formations = list(formations)
        for one in formations:
            one.registration = self.registrations[one.recruitment_id]
        return formations


@public_page(30)
def vacancy_list(request):
    """Search, filters with counts, chips that take a filter away, ten vacancies a page."""
    listing = Listing(request)
    page = Paginator(listing.rows, PER_PAGE).get_page(request.GET.get("halaman"))
    page.object_list = listing.dress(page.object_list)
    query = [(name, value) for name, values in listing.active.items() for value in values]
    context = {
        "page": page,
        "total": listing.everything.count() if listing.active else page.paginator.count,
        "form": listing.filters.form,
        "facets": _facets(listing),
        "chips": _chips(listing, query),
        "query": urlencode(query) + "&" if query else "",
        "files": "?" + urlencode(query) if query else "",
        "drop": _drops(listing, query) if not page.paginator.count else [],
    }
    return render(request, "vacancies/list.html", context, status=200 if listing.filters.form.is_valid() else 400)


def _facets(listing: Listing) -> list[dict]:
    """The groups of choices with their counts; choices that nobody offers are left out."""
    found = counts(listing.found, bool(listing.active), listing.registrations)
    groups = []
    for name in ("jenis", "status", "jenjang", "kebutuhan", "disabilitas", "unit", "gaji"):
        chosen = listing.active.get(name, [])
        field = listing.filters.form.fields[name]
        if name == "unit":
            choices = [(one.slug, one.name) for one in field.queryset] if field.queryset is not None else []
        else:
            choices = [(value, label) for value, label in field.choices if value]
        options = [
            {"value": value, "label": label, "count": found.get(name, {}).get(value), "chosen": value in chosen}
            for value, label in choices
            if name == "gaji" or value in chosen or found.get(name, {}).get(value)
        ]
        if options:
            single = name in ("unit", "gaji", "disabilitas")
            groups.append(
                {"name": name, "label": field.label, "options": options, "single": single, "open": bool(chosen)}
            )
    return groups


def _label(listing: Listing, name: str, value: str) -> str:
    field = listing.filters.form.fields[name]
    if name == "unit":
        return str(listing.filters.form.cleaned_data[name])
    return str(dict(getattr(field, "choices", [])).get(value, value))


def _chips(listing: Listing, query) -> list[dict]:
    """One per value in use: its words, and the address without it."""
    return [
        {"label": _label(listing, name, value), "url": "?" + urlencode([one for one in query if one != (name, value)])}
        for name, value in query
    ]


def _drops(listing: Listing, query) -> list[dict]:
    return [
        {"label": label, "count": n, "url": "?" + urlencode([one for one in query if one[0] != name])}
        for name, label, n in without_one(listing.filters, listing.everything)
    ]


def plain(one: Formation) -> dict:
    """One vacancy as open data: the fields that CSV and JSON share. Money in rupiah, times in ISO 8601."""
    registration = one.registration
    stage = registration.stage
    zone = registration.recruitment.zone
    return {
        "kode": one.code,
        "jabatan": one.position,
        "unit": one.unit_path,
        "jenis": registration.recruitment.kind,
        "pengadaan": registration.recruitment.slug,
        "kebutuhan": one.need,
        "jumlah": one.quota,
        "gaji_terendah": one.salary_min,
        "gaji_tertinggi": one.salary_max,
        "disabilitas": one.disability_friendly,
        "pendidikan": [f"{q.level} {q.program}" for q in one.qualifications.all()],
        "status": registration.status.value,
        "buka": stage and stage.opens_at.astimezone(zone).isoformat(),
        "tutup": stage and stage.closes_at.astimezone(zone).isoformat(),
        "alamat": settings.SITE_URL + reverse("vacancy_detail", args=[one.slug]),
    }


def _safe(value) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in "=+-@\t\r" and not text.lstrip("-").isdigit() else text


class _Echo:
    def write(self, line):
        return line


@public_page(60)
def vacancy_list_csv(request):
    """The whole result as CSV, written while it is read."""
    listing = Listing(request)
    writer = csv.writer(_Echo())
    names = [
        "kode", "jabatan", "unit", "jenis", "pengadaan", "kebutuhan", "jumlah", "gaji_terendah", "gaji_tertinggi",
        "disabilitas", "pendidikan", "status", "buka", "tutup", "alamat",
    ]  # fmt: skip

    def lines():
        yield "\ufeff" + writer.writerow(names)
        for start in range(0, listing.rows.count(), 2_000):
            for one in listing.dress(listing.rows[start : start + 2_000]):
                row = plain(one)
                yield writer.writerow([_safe(row[name]) for name in names])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="lowongan.csv"'
    return response


@public_page(60)
def vacancy_list_json(request):
    """A page of 100 as JSON, with the address of the next one."""
    listing = Listing(request)
    page = Paginator(listing.rows, 100).get_page(request.GET.get("halaman"))
    query = [(name, value) for name, values in listing.active.items() for value in values]
    following = None
    if page.has_next():
        following = settings.SITE_URL + request.path + "?" + urlencode([*query, ("halaman", page.next_page_number())])
    answer = {
        "jumlah": page.paginator.count,
        "berikutnya": following,
        "lowongan": [plain(one) for one in listing.dress(page.object_list)],
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@public_page(60)
def vacancy_list_atom(request):
    """The 50 newest vacancies of the query."""
    listing = Listing(request)
    feed = Atom1Feed(
        title=_("Lowongan %(name)s") % {"name": settings.INSTANCE["short_name"]},
        link=settings.SITE_URL + reverse("vacancy_list"),
        description="",
        language="id",
        feed_url=settings.SITE_URL + request.get_full_path(),
    )
    for one in listing.dress(listing.rows.order_by("-created_at", "-pk")[:50]):
        row = plain(one)
        feed.add_item(
            title=f"{one.position}, {one.unit}",
            link=row["alamat"],
            description=_("%(n)s kebutuhan. %(status)s.") % {"n": one.quota, "status": one.registration.status.label},
            pubdate=one.created_at,
            updateddate=one.changed_at,
            unique_id=row["alamat"],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _published(slug) -> Formation:
    return get_object_or_404(
        Formation.objects.published().select_related("unit", "recruitment__agency").prefetch_related("qualifications"),
        slug=slug,
    )


@public_page(30)
def vacancy_detail(request, slug):
    """All that is known about one vacancy; it keeps its page after it closes."""
    formation = _published(slug)
    recruitment = formation.recruitment
    stages = list(recruitment.stages.prefetch_related("changes").order_by("order"))
    now = timezone.now()
    stage = next((one for one in stages if one.kind == Stage.Kind.REGISTRATION), None)
    registration = Registration(recruitment, stage, now)
    requirements = list(
        Requirement.objects.filter(recruitment=recruitment, formation__isnull=True)
        | Requirement.objects.filter(formation=formation)
    )
    pack = rulepack_files.load(recruitment.rulepack)
    posting = job_posting.describe(formation, registration) if registration.status is Status.OPEN else None
    context = {
        "formation": formation,
        "recruitment": recruitment,
        "zone": recruitment.zone,
        "registration": registration,
        "at": now,
        "stages": stages,
        "clauses": [one for one in requirements if one.kind == Requirement.Kind.CLAUSE],
        "documents": [one for one in requirements if one.kind == Requirement.Kind.DOCUMENT],
        "pack": pack,
        "rules": _rules(pack, stages),
        "revisions": formation.revisions.all()[:20],
        "clarifications": recruitment.clarifications.filter(formation__in=[formation.pk]).order_by("-at")[:20],
        "posting": posting and json.dumps(posting, ensure_ascii=False).replace("<", "\\u003c"),
        "address": settings.SITE_URL + request.path,
    }
    return render(request, "vacancies/detail.html", context)


def _rules(pack, stages) -> list[dict]:
    """Of each ranked stage: its tests, their weights, and an example with round numbers."""
    found = []
    for stage in stages:
        rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
        if rule["kind"] != "rank":
            continue
        labels = {one["key"]: one for one in rule["components"]}
        parts = [{"label": labels[one["component"]]["label"], "weight": one["weight"]} for one in rule.get("parts", [])]
        found.append(
            {"stage": stage, "components": rule["components"], "parts": parts, "example": _example(rule, labels)}
        )
    return found


def _example(rule: dict, labels: dict) -> dict | None:
    """Full marks times 0.8 in every part, weighted as the pack says; None where nothing is weighted.

    Only where every part is marked out of 100: other scales are converted in steps that a line cannot show.
    """
    parts = rule.get("parts")
    if not parts or any(labels[one["component"]]["max"] != 100 for one in parts):
        return None
    marks = [80 - 5 * place for place in range(len(parts))]
    terms = [
        {
            "label": labels[one["component"]]["label"],
            "mark": mark,
            "weight": one["weight"],
            "is": mark * one["weight"] / 100,
        }
        for one, mark in zip(parts, marks, strict=True)
    ]
    return {"terms": terms, "sum": sum(one["is"] for one in terms)}


@public_page(300)
def vacancy_calendar(request, slug):
    """The stages of the vacancy's recruitment as a calendar file."""
    formation = _published(slug)
    content = calendar_file.stages_of(formation, settings.SITE_URL + reverse("vacancy_detail", args=[slug]))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response
