"""An officer at a post writes a case for a person: the words first, then the person's consent, then the slip."""

from allauth.core import ratelimit
from django.core import signing
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from participation import case_codes
from participation.actions import case_helped
from participation.forms_case_helped import ConsentForm, HelpedForm
from participation.models.service_case import DESK
from participation.views.case_writing import checked_photos, private
from publishing.actions.consenting import WrongCode


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_http_methods(["GET", "POST"])
def case_helped_new(request):
    """GET asks for the words; POST shows them to be read aloud and asks for the consent; POST with it files the case."""
    if request.method == "GET":
        return _words_page(request, HelpedForm(), case_codes.new_token())
    form, token = HelpedForm(request.POST), request.POST.get("token", "")
    try:
        case_codes.code_of(token)
    except signing.BadSignature:
        token = case_codes.new_token()
        form.add_error(None, _("Formulir ini terlalu lama terbuka. Periksa isinya, lalu lanjutkan sekali lagi."))
    if not form.is_valid():
        return _words_page(request, form, token)
    given = form.cleaned_data
    if request.POST.get("step") != "consent":
        if not _within_limits(request, given["email"]):
            return ratelimit.respond_429(request)
        if given["email"]:
            case_helped.ask(token, given, by=request.user, at=timezone.now())
        return _consent_page(request, form, ConsentForm(by_mail=bool(given["email"])), token)
    return _agreed(request, form, token)


def _agreed(request, form, token):
    given, by_mail = form.cleaned_data, bool(form.cleaned_data["email"])
    consent = ConsentForm(request.POST, request.FILES, by_mail=by_mail)
    photos = checked_photos(consent)
    who = {"photos": photos, "by": request.user, "at": timezone.now()}
    if consent.is_valid():
        if by_mail and not ratelimit.consume(request, action="case_consent", key=given["email"].lower()):
            return ratelimit.respond_429(request)
        try:
            if by_mail:
                case = case_helped.file_agreed(token, given, consent.cleaned_data["code"], **who)
            else:
                case = case_helped.file_with_slip(token, given, **who)
        except WrongCode as error:
            consent.add_error("code", error)
        else:
            # Who got a letter comes back by its link; the officer does not see the code.
            code = "" if by_mail else case_codes.in_groups(case_codes.code_of(token))
            context = {"case": case, "code": code, "due": case.clocks.first().due_at}
            return private(render(request, "participation/case/helped.html", context))
    return _consent_page(request, form, consent, token)


def _within_limits(request, address: str) -> bool:
    """Whether this officer, and the person's address where there is one, sent little enough within the hour."""
    if address:
        return bool(ratelimit.consume(request, action="case_helped", key=address.lower()))
    return bool(ratelimit.consume(request, action="case_helped_alone"))


def _words_page(request, form, token):
    context = {"form": form, "token": token}
    return private(render(request, "participation/case/helped_new.html", context, status=422 if form.errors else 200))


def _consent_page(request, words, form, token):
    context = {"words": words, "form": form, "token": token, "given": words.cleaned_data}
    page = render(request, "participation/case/helped_consent.html", context, status=422 if form.errors else 200)
    return private(page)
