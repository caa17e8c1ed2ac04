"""Receipt files: the owner downloads them, and anybody checks them without the portal."""

import io
import json

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from selection import receipts
from selection.models import Announcement, Application, Receipt


def _mine(request, ref) -> Application:
    owned = Application.objects.visible_to(request.user).select_related("recruitment", "opening")
    return get_object_or_404(owned, ref=ref)


def _file(body: dict | None, name: str) -> HttpResponse:
    if body is None:
        raise Http404
    response = HttpResponse(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def receipt_file(request, ref):
    """The receipt of a sent application: a signed promise first, a proof once its batch is recorded."""
    application = _mine(request, ref)
    return _file(receipts.of_submission(application), f"tanda-terima-{application.ref}")


@login_required
@require_GET
def result_receipt_file(request, ref, number, version):
    """The receipt of a result: the person's own row of the list, opened, and the way to the signed record."""
    application = _mine(request, ref)
    announcement = get_object_or_404(
        Announcement.objects.public().select_related("stage", "fact"),
        number=number,
        version=version,
        outcome_set__outcomes__application=application,
    )
    return _file(receipts.of_result(application, announcement), f"hasil-{number}-v{version}-{application.ref}")


@login_required
@require_GET
def receipt_qr(request, ref):
    """The commitment of a sent application as a QR, for paper."""
    receipt = get_object_or_404(Receipt.objects.exclude(commitment=""), application=_mine(request, ref))
    drawn = io.BytesIO()
    segno.make(receipts.address_to_check(receipt.commitment), error="m").save(
        drawn, kind="svg", scale=4, border=2, title=f"Tanda terima {receipt.number}", omitsize=True
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})
