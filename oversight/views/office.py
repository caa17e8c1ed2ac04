"""The office's side: answer findings, compute again in shadow, apply by another person."""

from collections import defaultdict

from django.contrib import messages
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required, second_factor_again
from oversight import rules
from oversight.actions import answering, re_review
from oversight.actions.standing import NotAllowed, NotReady
from oversight.finding_queries import SAID, Clock, sent_findings, talk
from oversight.forms import TextForm
from selection.actions import ranking, scores
from selection.models import OutcomeSet, Recheck, ReviewItem


@roles_required(*rules.OFFICE)
@require_GET
def finding_answer_list(request):
    """Findings that the office has to answer, the nearest due first, then the others."""
    return render(
        request, "oversight/answer_list.html", {"findings": sent_findings().order_by("state", "due_at")[:200]}
    )


@roles_required(*rules.OFFICE)
@require_http_methods(["GET", "POST"])
def finding_answer(request, number):
    """Read a finding and answer it, or begin a re-review."""
    finding = get_object_or_404(sent_findings().prefetch_related(*SAID), number=number)
    form = TextForm(request.POST or None, label=_("Jawaban instansi, dibaca publik"))
    if form.is_valid():
        try:
            answering.answer(finding, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
        except (NotAllowed, NotReady) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Jawaban terkirim dan terbuka untuk umum."))
            return redirect("finding_answer", number=number)
    again = list(Recheck.objects.filter(cause=number))
    context = {
        "finding": finding,
        "form": form,
        "clock": Clock(finding, timezone.now()),
        "zone": finding.stage.recruitment.zone,
        "talk": talk(finding),
        "rechecks": again,
        "may_recheck": not any(one.state == one.State.OPEN for one in again)
        and (not finding.review or finding.review.state == OutcomeSet.State.CANCELLED),
        "ranked": ranking.is_ranked(finding.stage),
        "batch": scores.waiting_on(finding.stage),
        "roles": request.user.role_codes,
    }
    return render(request, "oversight/answer.html", context, status=422 if form.errors else 200)


@roles_required(*rules.OFFICE)
@require_POST
def review_start(request, number):
    """Compute the stage of a finding again, in shadow; with a score file that waits, when one is named."""
    finding = get_object_or_404(sent_findings(), number=number)
    try:
        batch = scores.waiting_on(finding.stage) if request.POST.get("with_file") else None
        shadow = re_review.start(
            finding, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""), batch=batch
        )
    except (NotAllowed, NotReady, ranking.CannotRank) as error:
        messages.error(request, str(error))
        return redirect("finding_answer", number=number)
    return redirect("review_shadow", pk=shadow.pk)


@roles_required(*rules.OFFICE)
@second_factor_again
@require_http_methods(["GET", "POST"])
def review_shadow(request, pk):
    """Old beside new; a person other than the one who computed it applies or drops it."""
    shadow = get_object_or_404(OutcomeSet.objects.select_related("stage__recruitment", "made_by"), pk=pk)
    if request.method == "POST":
        act = re_review.apply if request.POST.get("decision") == "apply" else re_review.cancel
        try:
            act(shadow, by=request.user, at=timezone.now())
        except ranking.NotAShadow:
            messages.error(request, _("Kaji ulang ini sudah diputus."))
        except (scores.Undecidable, NotAllowed) as error:
            messages.error(request, str(error))
        except ranking.SamePerson:
            messages.error(request, _("Yang menghitung ulang tidak boleh menerapkannya. Minta rekan lain."))
        else:
            messages.success(request, _("Keputusan dicatat. Siapkan pengumuman koreksi dari meja tahap."))
        return redirect("stage_desk", pk=shadow.stage_id)
    old = before(shadow)
    recheck = Recheck.objects.filter(result=shadow).first()
    moved = ranking.compare(old, shadow, limit=500) if old else []
    context = {
        "shadow": shadow,
        "stage": shadow.stage,
        "moved": with_reasons(moved, recheck) if recheck else moved,
        "recheck": recheck,
        "checked": recheck.files.count() if recheck else 0,
        "open": shadow.state == OutcomeSet.State.SHADOW,
        "batch": scores.waiting_for(shadow),
    }
    return render(request, "oversight/shadow.html", context)


def before(shadow: OutcomeSet) -> OutcomeSet | None:
    """The computation that `shadow` is compared with: in force before it, also when `shadow` is in force by now."""
    applied = shadow.stage.outcome_sets.filter(state=OutcomeSet.State.APPLIED, version__lt=shadow.version)
    return applied.order_by("-version").first()


def with_reasons(moved: list[dict], recheck: Recheck) -> list[dict]:
    """Each row with what the new reviewers say is lacking, in the words that the person will read."""
    items = ReviewItem.objects.filter(
        met=False,
        review__reopening__recheck=recheck,
        review__verifier=F("review__reopening__second_by"),
        review__application__participant_number__in=[one["p"] for one in moved],
    ).select_related("requirement", "reason", "review__application")
    said = defaultdict(list)
    for item in items.order_by("requirement__order"):
        words = f"{item.requirement.text}: {item.reason.text}" + (f" ({item.detail})" if item.detail else "")
        said[item.review.application.participant_number].append(words)
    return [one | {"lacking": said[one["p"]]} for one in moved]
