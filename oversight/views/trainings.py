"""The team's part in the draws of trainings: its digest before enrolment opens, its value afterwards."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from oversight.forms import HexForm
from oversight.views.guard import members_only
from workforce.actions import training_draw
from workforce.models import Party, Training, TrainingRound
from workforce.refusals import NotPossible
from workforce.training_draws import drawn_trainings, standing


@members_only
@require_http_methods(["GET", "POST"])
def team_trainings(request):
    """Where each draw stands, for the team: hand in a digest, show a value."""
    if request.method == "POST":
        return _hand_in(request)
    return render(
        request,
        "oversight/team_trainings.html",
        {"draws": [standing(one, Party.TEAM) for one in drawn_trainings()[:50]]},
    )


def _hand_in(request):
    which = request.POST.get("which", "")
    key = int(which) if which.isdecimal() and len(which) < 19 else 0
    form = HexForm(request.POST)
    words = {"party": Party.TEAM, "by": request.user, "at": timezone.now()}
    if not form.is_valid():
        messages.error(request, _("Tempelkan nilai 64 huruf dan angka."))
        return redirect("team_trainings")
    try:
        match request.POST.get("do"):
            case "commit":
                training = get_object_or_404(Training, pk=key)
                training_draw.commit(training, value=form.cleaned_data["value"], **words)
                messages.success(request, _("Sidik tercatat. Simpan rahasianya baik-baik."))
            case "reveal":
                found = get_object_or_404(TrainingRound.objects.select_related("training"), pk=key)
                training_draw.reveal(found, value=form.cleaned_data["value"], **words)
                messages.success(request, _("Rahasia putaran ini terbuka dan tercatat."))
            case _:
                raise Http404
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("team_trainings")
