"""/aduan/ as everybody reads it: how each case stands, how fast agencies answer, what is overdue. Never what was written."""

import csv

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import public_page
from lib.spreadsheet_text import safe
from participation import case_table as table
from participation.case_states import OVER, CaseState
from participation.forms_case import CaseFilterForm
from participation.models import CaseEscalation, ServiceCase

SHOWN, A_PAGE, MOST_ROWS = 50, 30, 20_000
DAY_SECONDS = 86_400


@require_safe
@public_page(60)
def case_home(request):
    """What can be asked here, how long it takes, how the newest stand, where else to go."""
    counts = ServiceCase.objects.exclude(state__in=(CaseState.MERGED, CaseState.WITHDRAWN)).aggregate(
        running=Count("pk", filter=~Q(state__in=OVER)), solved=Count("pk", filter=Q(state=CaseState.SOLVED))
    )
    late = ServiceCase.objects.filter(clocks__ended_at=None, clocks__escalation__isnull=False).count()
    context = {"newest": _listed()[:5], "counts": counts, "late": late}
    return render(request, "participation/case/home.html", context)


def _listed():
    """Cases as everybody sees them, the newest first; what was merged or taken back counts with the other, or not at all."""
    went_up = CaseEscalation.objects.filter(case=OuterRef("pk"))
    found = ServiceCase.objects.exclude(state__in=(CaseState.MERGED, CaseState.WITHDRAWN))
    return found.annotate(went_up=Exists(went_up)).select_related("agency").order_by("-filed_at", "-pk")


def _narrowed(request):
    """The form of the filter and the cases it leaves; what is no choice narrows nothing."""
    form = CaseFilterForm(request.GET or None)
    found, given = _listed(), form.cleaned_data if form.is_bound and form.is_valid() else {}
    for name, field in (("layanan", "topic"), ("kantor", "agency"), ("keadaan", "state")):
        if given.get(name):
            found = found.filter(**{field: given[name]})
    return form, found


@require_safe
@public_page(60)
def case_list(request):
    """All cases, narrowed by service, agency and state."""
    form, found = _narrowed(request)
    asked = request.GET.copy()
    asked.pop("halaman", None)
    query = f"{asked.urlencode()}&" if asked else ""
    context = {"form": form, "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")), "query": query}
    return render(request, "participation/case/list.html", context)


def _csv(name: str, rows) -> HttpResponse:
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response, lineterminator="\r\n").writerows([safe(str(cell)) for cell in row] for row in rows)
    return response


@require_safe
@public_page(300)
def case_list_csv(request):
    """The same list as open data: nothing that the page of a case does not show."""
    head = ("nomor", "jenis", "layanan", "kantor", "keadaan", "ringkasan", "diterima", "dijawab", "ditutup", "dioper",
            "dibuka_lagi", "naik", "warga_lain")  # fmt: skip
    _form, found = _narrowed(request)
    found = found.annotate(
        others=Count("followers", distinct=True)
        + Count("listeners", filter=Q(listeners__confirmed_at__isnull=False), distinct=True)
    )
    rows = (
        (one.number, one.kind, one.topic, one.agency or "", one.state, one.summary, _stamp(one.filed_at),
         _stamp(one.answered_at), _stamp(one.closed_at), one.passes, one.reopenings, int(one.went_up), one.others)
        for one in found[:MOST_ROWS]
    )  # fmt: skip
    return _csv("aduan.csv", [head, *rows])


def _stamp(at) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes") if at else ""


@require_safe
@public_page(300)
def case_table(request):
    """How fast agencies answer, with how many cases each figure rests on."""
    context = {"rows": table.response_times(timezone.now()), "fewest": table.FEWEST}
    return render(request, "participation/case/table.html", context)


@require_safe
@public_page(300)
def case_table_csv(request):
    """The same table as open data; what is too little to tell is empty."""
    head = ("kantor", "jumlah", "tepat_waktu", "persen_tepat_waktu", "lewat_dan_menunggu", "hari_setengahnya",
            "hari_sembilan_persepuluh", "selesai_menurut_warga", "dibuka_lagi", "dioper")  # fmt: skip
    rows = (
        (one.agency or _("Meja aduan"), one.base, one.in_time if one.is_told else "",
         "" if one.share is None else one.share, one.waiting_late, _days(one.half), _days(one.nine_tenths),
         one.solved, one.reopened, one.passed_on)
        for one in table.response_times(timezone.now())
    )  # fmt: skip
    return _csv("tanggapan-aduan.csv", [head, *rows])


def _days(length) -> str:
    return "" if length is None else f"{length.total_seconds() / DAY_SECONDS:.1f}"


@require_safe
@public_page(30)
def case_detail(request, number):
    """How a case stands, for everybody: never what was written, never by whom."""
    found = ServiceCase.objects.select_related("agency", "formation", "stage__recruitment", "merged_into")
    return render(request, "participation/case/detail.html", standing(get_object_or_404(found, number=number)))


def standing(case) -> dict:
    """What everybody may know of a case."""
    return {
        "case": case,
        "clocks": case.clocks.select_related("agency"),
        "steps": case.steps.select_related("agency").prefetch_related("mendings"),
        "others": case.followers.count() + case.listeners.filter(confirmed_at__isnull=False).count(),
        "is_open": case.state not in OVER,
        "at": timezone.now(),
    }


def _overdue():
    late = CaseEscalation.objects.filter(reason=CaseEscalation.Reason.LATE)
    return late.select_related("case__agency", "clock__agency").order_by("-at", "-pk")[:SHOWN]


@require_safe
@public_page(60)
def case_overdue(request):
    """What has just become overdue, the newest first; kept also after it was answered."""
    return render(request, "participation/case/overdue.html", {"rows": _overdue()})


class OverdueFeed(Feed):
    """Atom: cases whose deadline ran out."""

    feed_type = Atom1Feed
    language = "id"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    def title(self):
        return _("Aduan yang baru lewat tenggat, %(name)s") % {"name": settings.INSTANCE["short_name"]}

    def link(self):
        return "/aduan/lewat-tenggat/"

    def feed_url(self):
        return "/aduan/lewat-tenggat.atom"

    def items(self):
        return _overdue()

    def item_title(self, item):
        return f"{item.case.number}: {item.case.get_topic_display()}"

    def item_description(self, item):
        office = item.clock.agency or _("Meja aduan")
        return f"{item.clock.get_kind_display()} · {office}. {item.case.summary}".strip()

    def item_link(self, item):
        return f"/aduan/{item.case.number}/"

    def item_guid(self, item):
        return f"{settings.SITE_URL}/aduan/{item.case.number}/#tenggat-{item.clock_id}"

    def item_pubdate(self, item):
        return item.at

    def item_updateddate(self, item):
        return item.at
