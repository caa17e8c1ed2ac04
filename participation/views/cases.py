"""/aduan/: anybody files a case, everybody sees how it stands, its reporter comes back by code or by a letter's link."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core import signing
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from lib.document_checks.check import IMAGE, BadDocument, check
from participation import case_codes
from participation.actions import cases
from participation.case_forms import PHOTO_KB, CaseForm, CodeForm
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseEscalation, ServiceCase
from publishing.actions import subscribing
from vacancies.models import Formation, Stage

SHOWN = 50


@require_safe
@public_page(300)
def case_home(request):
    """What can be asked here, how long it takes, where else to go."""
    return render(request, "participation/case/home.html")


@require_http_methods(["GET", "POST"])
def case_new(request):
    """File a case; the answer to sending it shows its number and its code, once."""
    at, about = timezone.now(), _about(request)
    if request.method == "GET":
        return _form_page(request, CaseForm(), case_codes.new_token(), about)
    form, token, photos = CaseForm(request.POST, request.FILES), request.POST.get("token", ""), []
    try:
        code = case_codes.code_of(token)
    except signing.BadSignature:
        token = case_codes.new_token()
        form.add_error(None, _("Formulir ini terlalu lama terbuka. Periksa isinya, lalu kirim sekali lagi."))
    if form.is_valid() and form.cleaned_data["photo"]:
        try:
            photos = [check(form.cleaned_data["photo"], kind=IMAGE, max_kb=PHOTO_KB)]
        except BadDocument as error:
            form.add_error("photo", str(error))
    if not form.is_valid():
        return _form_page(request, form, token, about, status=422)
    fields = {key: value for key, value in form.cleaned_data.items() if key != "photo"}
    if not ratelimit.consume(request, action="case", key=fields["email"].lower() or None):
        return ratelimit.respond_429(request)
    case, again = cases.file(code, **fields, **about, photos=photos, at=at)
    context = {"case": case, "code": case_codes.in_groups(code), "again": again, "due": case.clocks.first().due_at}
    return _private(render(request, "participation/case/received.html", context))


def _about(request) -> dict:
    """The vacancy or stage that the visitor comes from."""
    stage = request.GET.get("tahap", "")
    public = {"recruitment__published_at__isnull": False}
    return {
        "formation": Formation.objects.filter(slug=request.GET.get("lowongan", ""), **public).first(),
        "stage": Stage.objects.filter(pk=int(stage), **public).first() if stage.isdecimal() else None,
    }


def _form_page(request, form, token, about, status=200):
    return render(request, "participation/case/new.html", {"form": form, "token": token, **about}, status=status)


def _private(response):
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@public_page(30)
def case_detail(request, number):
    """How a case stands, for everybody: never what was written, never by whom."""
    case = get_object_or_404(
        ServiceCase.objects.select_related("agency", "formation", "stage__recruitment", "merged_into"), number=number
    )
    return render(request, "participation/case/detail.html", _standing(case))


def _standing(case) -> dict:
    return {
        "case": case,
        "clocks": case.clocks.select_related("agency"),
        "steps": case.steps.select_related("agency"),
        "followers": case.followers.count(),
        "at": timezone.now(),
    }


@require_http_methods(["GET", "POST"])
def case_mine(request):
    """Come back by code. The page holds the code's case for half an hour; no address holds it."""
    form = CodeForm()
    if "mine" in request.POST:
        try:
            pk = signing.loads(request.POST["mine"], salt=case_codes.MINE, max_age=case_codes.MINE_SECONDS)
        except signing.BadSignature:
            form = CodeForm(data={"code": ""})
        else:
            return _mine(request, ServiceCase.objects.get(pk=pk))
    elif request.method == "POST":
        if not ratelimit.consume(request, action="case_code"):
            return ratelimit.respond_429(request)
        form = CodeForm(request.POST)
        if form.is_valid():
            code = case_codes.normal(form.cleaned_data["code"])
            if case := code and cases.of_code(code):
                return _mine(request, case)
            form.add_error("code", _("Kode ini tidak kami kenal. Periksa lagi catatan Anda, huruf demi huruf."))
    status = 422 if form.errors else 200
    return _private(render(request, "participation/case/code.html", {"form": form}, status=status))


@require_http_methods(["GET", "POST"])
def case_letter(request, token):
    """Come back by the link of a letter; pressing a button there says that the address is the reporter's."""
    case = cases.of_link(token)
    if case is None:
        return _private(render(request, "participation/case/gone.html", status=404))
    if request.method == "POST":
        with transaction.atomic():
            subscribing.confirm(case.subscriber, at=timezone.now())
    return _mine(request, case, by_letter=True)


def _mine(request, case, *, by_letter: bool = False):
    """The reporter's own page: what was answered, and whether it is solved."""
    said, problem = "", ""
    try:
        if request.POST.get("do") == "solved":
            cases.say_solved(case, at=timezone.now())
            said = _("Terima kasih. Aduan ini selesai menurut Anda.")
        elif request.POST.get("do") == "reopen":
            cases.reopen(case, private=request.POST.get("private", "")[:2000], at=timezone.now())
            said = _("Aduan dibuka lagi. Kantor itu harus menjawab dengan tenggat baru.")
        elif request.POST.get("do") == "confirm":
            said = _("Kabar berikutnya kami kirim ke alamat ini.")
    except NotAllowed as error:
        problem = str(error)
    case = ServiceCase.objects.select_related("agency", "merged_into__agency", "subscriber").get(pk=case.pk)
    main = case.main
    context = _standing(main) | {
        "own": case,
        "said": said,
        "problem": problem,
        "by_letter": by_letter,
        "mine": "" if by_letter else signing.dumps(case.pk, salt=case_codes.MINE),
        "asked": main.state == CaseState.ANSWERED,
        "may_solve": main.state == CaseState.ANSWERED and main.pk == case.pk,
        "may_reopen": main.state in (CaseState.ANSWERED, CaseState.SILENT),
        "left": cases.MOST_REOPENINGS - main.reopenings,
    }
    return _private(render(request, "participation/case/mine.html", context, status=422 if problem else 200))


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

    def items(self):
        return _overdue()

    def item_title(self, item):
        return f"{item.case.number}: {item.case.get_topic_display()}"

    def item_description(self, item):
        return item.clock.get_kind_display()

    def item_link(self, item):
        return f"/aduan/{item.case.number}/?tenggat={item.clock_id}"

    def item_updateddate(self, item):
        return item.at
