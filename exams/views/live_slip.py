"""The own score slip: what the screen showed me, in the same minute, with the file that proves it to anybody."""

import io
import json

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from exams import live_slips
from exams.actions.live_sessions import components_of
from exams.models import LiveRow
from ledger import queries
from selection.models import Application
from selection.receipts import address_to_check


def _rows(request, ref):
    """The application of the person who asks, and its scores on screens, the newest first."""
    application = get_object_or_404(Application.objects.visible_to(request.user), ref=ref)
    found = LiveRow.objects.filter(score__application=application).order_by("-score__shown_at")
    return application, found.select_related(
        "delivery__fact", "delivery__session__stage__recruitment", "score__application__opening"
    )


@login_required
@require_GET
def live_slip(request, ref):
    """My scores as the screens showed them, newest first, and whether the public record holds them yet."""
    application, found = _rows(request, ref)
    slips = [
        {
            "row": one, "session": one.delivery.session, "recorded": queries.is_signed(one.delivery.fact),
            "values": _labelled(one),
            "total": sum(value for value in one.score.values if value is not None),
        }
        for one in found[:20]
    ]  # fmt: skip
    context = {"application": application, "slips": slips}
    answer = render(request, "exams/live/slip.html", context)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _labelled(row: LiveRow) -> list[tuple]:
    """(label of the stage's rule, value) of each component."""
    labels = {one["key"]: one["label"] for one in components_of(row.delivery.session.stage)}
    return [
        (labels.get(key, key.upper()), value) for key, value in zip(row.score.components, row.score.values, strict=True)
    ]


@login_required
@require_GET
def live_slip_file(request, ref, pk):
    """The proof of one score, for whoever checks it without the portal."""
    _application, found = _rows(request, ref)
    body = live_slips.of(get_object_or_404(found, pk=pk))
    if body is None:
        raise Http404
    answer = HttpResponse(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="nilai-layar-{ref}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_GET
def live_slip_qr(request, ref, pk):
    """The commitment of one score as a QR, for paper."""
    _application, found = _rows(request, ref)
    row, drawn = get_object_or_404(found, pk=pk), io.BytesIO()
    segno.make(address_to_check(row.commitment), error="m").save(
        drawn, kind="svg", scale=4, border=2, title="Bukti nilai di layar", omitsize=True
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})
