"""/aduan/ for whoever writes: file a case, come back by code or by the link of a letter, follow somebody else's."""

from allauth.core import ratelimit
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lib.document_checks.check import IMAGE, BadDocument, check
from lib.plain_words import plain
from participation import case_codes
from participation.actions import cases
from participation.case_alike import alike
from participation.case_states import CaseState, NotAllowed
from participation.forms_case import PHOTO_KB, CaseForm, CodeForm, FollowForm
from participation.models import ServiceCase
from participation.views.cases import standing
from publishing.models.subscriber import of_token
from publishing.views import without_account
from vacancies.models import Formation, Stage

FORM = "case"  # which forms these are, for the limits and for proofs of work


@require_http_methods(["GET", "POST"])
def case_new(request):
    """File a case; the answer to sending it shows its number and its code, once.

    Where running cases may say the same, they are shown in between: the person follows one instead, or sends anyway.
    """
    about = _about(request)
    if request.method == "GET":
        return _form_page(request, CaseForm(), case_codes.new_token(), about)
    form, token = CaseForm(request.POST, request.FILES), request.POST.get("token", "")
    try:
        code = case_codes.code_of(token)
    except signing.BadSignature:
        token = case_codes.new_token()
        form.add_error(None, _("Formulir ini terlalu lama terbuka. Periksa isinya, lalu kirim sekali lagi."))
    photos, now = checked_photos(form), timezone.now()
    if form.is_valid() and "looked" not in request.POST and (others := _others(form.cleaned_data)):
        return _form_page(request, form, token, about, others)
    if not form.is_valid() or not without_account.admits(request, form, FORM, at=now):
        return _form_page(request, form, token, about)
    fields = {key: value for key, value in form.cleaned_data.items() if key != "photo"}
    case, again = cases.file(code, **fields, **about, photos=photos, at=now)
    context = {"case": case, "code": case_codes.in_groups(code), "again": again, "due": case.clocks.first().due_at}
    return private(render(request, "participation/case/received.html", context))


def _others(given: dict) -> list:
    return alike(given["text"], place=given["place"], topic=given["topic"])


def checked_photos(form) -> list:
    """The photo of the form as it may be kept; what is wrong with it is said in the form."""
    if not form.is_valid() or not form.cleaned_data["photo"]:
        return []
    try:
        return [check(form.cleaned_data["photo"], kind=IMAGE, max_kb=PHOTO_KB)]
    except BadDocument as error:
        form.add_error("photo", str(error))
        return []


def _about(request) -> dict:
    """The vacancy or stage that the visitor comes from."""
    stage = request.GET.get("tahap", "")
    public = {"recruitment__published_at__isnull": False}
    known = stage.isdecimal() and len(stage) < 19
    return {
        "formation": Formation.objects.filter(slug=request.GET.get("lowongan", ""), **public).first(),
        "stage": Stage.objects.filter(pk=int(stage), **public).first() if known else None,
    }


def _form_page(request, form, token, about, alike=()):
    """The form; with `alike` also the cases that may say the same. Once somebody looked at them they do not come again."""
    proof = without_account.task(request, FORM, at=timezone.now())
    looked = bool(alike) or "looked" in request.POST
    context = {"form": form, "token": token, "proof": proof, "alike": alike, "looked": looked, **about}
    return private(render(request, "participation/case/new.html", context, status=without_account.status(form)))


def private(response):
    """For one reader alone: kept by no cache, and the address goes to no other site."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "POST"])
def case_mine(request):
    """Come back by code. The page holds the code's case for half an hour; no address holds it."""
    form = CodeForm()
    if "mine" in request.POST:
        try:
            pk = signing.loads(request.POST["mine"], salt=case_codes.MINE, max_age=case_codes.MINE_SECONDS)
        except signing.BadSignature:
            form = CodeForm({"code": ""})
            form.add_error(None, _("Halaman itu terlalu lama terbuka. Tulis kode Anda sekali lagi."))
        else:
            return _mine(request, ServiceCase.objects.get(pk=pk), mine=request.POST["mine"], by_code=True)
    elif request.method == "POST":
        if not ratelimit.consume(request, action="case_code"):
            return ratelimit.respond_429(request)
        form = CodeForm(request.POST)
        if form.is_valid():
            code = case_codes.normal(form.cleaned_data["code"])
            if case := code and cases.of_code(code):
                return _mine(request, case, mine=signing.dumps(case.pk, salt=case_codes.MINE), by_code=True)
            form.add_error("code", _("Kode ini tidak kami kenal. Periksa lagi catatan Anda, huruf demi huruf."))
    status = 422 if form.errors else 200
    return private(render(request, "participation/case/code.html", {"form": form}, status=status))


@require_http_methods(["GET", "POST"])
def case_room(request, token):
    """Everything an address wrote or follows; pressing the button says that the address is the reader's."""
    subscriber = of_token(token)
    if subscriber is None:
        return private(render(request, "participation/case/gone.html", status=404))
    if request.method == "POST":
        match request.POST.get("do"):
            case "confirm":
                cases.confirm(subscriber, at=timezone.now())
            case "unfollow":
                followed = subscriber.followed_cases.select_related("case")
                cases.unfollow(get_object_or_404(followed, case__number=request.POST.get("number")).case, by=subscriber)
            case _:
                raise Http404(_("Tidak ada tindakan seperti itu."))
        return redirect("case_room", token=token)
    followed = subscriber.followed_cases.select_related("case__agency")
    context = {
        "own": subscriber.cases.select_related("agency").order_by("-filed_at"),
        "followed": followed.order_by("-asked_at"),
        "waiting": not subscriber.confirmed_at or followed.filter(confirmed_at=None).exists(),
        "token": token,
    }
    return private(render(request, "participation/case/room.html", context))


@require_http_methods(["GET", "POST"])
def case_room_one(request, token, number):
    """One case of the address behind the link, to say whether it is solved. Its text is shown by code alone."""
    subscriber = of_token(token)
    if subscriber is None:
        return private(render(request, "participation/case/gone.html", status=404))
    return _mine(request, get_object_or_404(subscriber.cases, number=number))


def _mine(request, case, *, mine: str = "", by_code: bool = False):
    """The reporter's own page: what was answered, and whether it is solved.

    Whoever knows the code reads the text too; a link goes to an address that may have been mistyped.
    """
    said, problem = "", ""
    try:
        said = _say(request, case, by_code=by_code)
    except NotAllowed as error:
        problem = str(error)
    case = ServiceCase.objects.select_related("agency", "merged_into__agency").get(pk=case.pk)
    main = case.main
    own = main.pk == case.pk
    context = standing(main) | {
        "own": case,
        "said": said,
        "problem": problem,
        "mine": mine,
        "by_code": by_code,
        "told": case.steps.filter(private__isnull=False, by__isnull=False) if own and by_code else [],
        "may_solve": main.state == CaseState.ANSWERED and own,
        "may_reopen": main.state in (CaseState.ANSWERED, CaseState.SILENT),
        "may_withdraw": by_code and case.state in (CaseState.RECEIVED, CaseState.ROUTED),
        "left": cases.MOST_REOPENINGS - main.reopenings,
    }
    return private(render(request, "participation/case/mine.html", context, status=422 if problem else 200))


def _say(request, case, *, by_code: bool) -> str:
    """Do what the reporter pressed; what to say about it. Raises NotAllowed."""
    at = timezone.now()
    match request.POST.get("do"):
        case "solved":
            cases.say_solved(case, at=at)
            return _("Terima kasih. Aduan ini selesai menurut Anda.")
        case "reopen":
            cases.reopen(case, private=plain(request.POST.get("private", "")).strip()[:2000], at=at)
            return _("Aduan dibuka lagi. Kantor itu harus menjawab dengan tenggat baru.")
        case "withdraw" if by_code and request.POST.get("sure"):
            cases.withdraw(case, at=at)
            return _("Aduan ditarik dan tulisan Anda terhapus.")
        case "withdraw" if by_code:
            raise NotAllowed(_("Beri tanda centang dahulu: aduan yang ditarik tidak dapat dikembalikan."))
    return ""


@require_http_methods(["GET", "POST"])
def case_follow(request, number):
    """Hear of somebody else's case because one has the same to say; the answer is the same for whatever address."""
    case = get_object_or_404(ServiceCase.objects.select_related("agency"), number=number)
    form, now = FollowForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        try:
            cases.follow(case, address=form.cleaned_data["email"], at=now)
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            return private(render(request, "participation/case/followed.html", {"case": case}))
    context = {"case": case, "form": form, "proof": without_account.task(request, FORM, at=now)}
    return private(render(request, "participation/case/follow.html", context, status=without_account.status(form)))
