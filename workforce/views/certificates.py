"""Certificates: the owner's PDF, and the page on which anybody checks a code."""

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.guards import public_page
from lib.codes import ALPHABET
from workforce import certificate_pdf
from workforce.models import Certificate, Shield
from workforce.models.training_after import CODE_LENGTH

WHOLE = ("enrolment__training", "enrolment__user")


def _tidy(code: str) -> str:
    """What somebody typed, as the code is kept."""
    return "".join(one for one in code.upper() if one in ALPHABET)[: CODE_LENGTH + 1]


@login_required
@require_GET
def certificate_file(request, number):
    """The owner's own certificate."""
    found = get_object_or_404(
        Certificate.objects.select_related(*WHOLE), enrolment__user=request.user, enrolment__number=number
    )
    response = HttpResponse(certificate_pdf.drawn(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="sertifikat-{found.enrolment.training.slug}.pdf"'
    return response


@require_safe
@public_page(3600)
def certificate_check(request):
    """A form for the code on a certificate."""
    code = _tidy(request.GET.get("kode", ""))
    if code:
        return redirect("certificate_detail", code=code)
    return render(request, "workforce/training/certificate_check.html")


@never_cache
@require_safe
def certificate_detail(request, code):
    """Whether a certificate with this code was issued: for which training, to whom. Nothing else of the person."""
    if not ratelimit.consume(request, app="allauth.account", action="certificate_check", limit_get=True):
        return ratelimit.respond_429(request)
    found = Certificate.objects.select_related(*WHOLE).filter(code=_tidy(code)).first()
    shielded = found is not None and Shield.objects.standing().filter(employee__user=found.enrolment.user_id).exists()
    context = {
        "certificate": found,
        "name": "" if found is None or shielded else found.holder,
        "meetings": found.enrolment.training.sessions.all() if found else (),
    }
    return render(request, "workforce/training/certificate.html", context, status=200 if found else 404)
