"""Trainings for everybody: the catalogue, one training, how its seats were drawn."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import public_page
from lib.small_cells import LEAST
from workforce import equity
from workforce.actions import training_draw as draws
from workforce.filters import TrainingFilter
from workforce.models import Enrolment, Training
from workforce.training_draws import standing, values_of
from workforce.training_results import results

HOURS = int(draws.REVEAL_WITHIN.total_seconds() // 3600)


def _published(slug: str) -> Training:
    return get_object_or_404(Training.objects.published().select_related("draw__round__checkpoint"), slug=slug)


@require_safe
@public_page(60)
def training_list(request):
    """The catalogue, the ones whose enrolment ends last first."""
    found = TrainingFilter(
        request.GET, Training.objects.published().with_times().order_by("-closes_at", "-pk"), now=timezone.now()
    )
    page = Paginator(found.qs, 20).get_page(request.GET.get("halaman"))
    query = request.GET.copy()
    query.pop("halaman", None)
    narrowed = any(value for name, value in query.items() if name in found.filters)
    context = {
        "page": page,
        "form": found.form,
        "narrowed": narrowed,
        "query": f"{query.urlencode()}&" if query else "",
        "now": timezone.now(),
    }
    return render(request, "workforce/training/list.html", context)


@require_safe
@public_page(30)
def training_detail(request, slug):
    """One training: what, when, where, and how its seats are given."""
    training = _published(slug)
    context = {
        "training": training,
        "sessions": training.sessions.all(),
        "open": training.takes_enrolments(timezone.now()),
        "waiting": training.enrolments.filter(state=Enrolment.State.WAITING).count(),
        "asked": training.enrolments.filter(state=Enrolment.State.ASKED).count(),
        "results": results(training),
    }
    return render(request, "workforce/training/detail.html", context)


@require_safe
@public_page(30)
def training_draw(request, slug):
    """How the seats are drawn, who gave what, the order, and how anybody computes it again."""
    training = _published(slug)
    if not training.is_drawn:
        raise Http404
    now = standing(training)
    context = {"training": training, "one": now, "hours": HOURS}
    if now.draw:
        checkpoint = now.draw.round.checkpoint
        context |= {
            "order": draws.drawn_order(training), "digest": draws.order_digest(training), "checkpoint": checkpoint,
            "root": bytes(checkpoint.root).hex(), "values": values_of(now.draw.round),
        }  # fmt: skip
    return render(request, "workforce/training/draw.html", context)


@require_safe
@public_page(300)
def training_numbers(request, slug):
    """The closed list: a number per line, as its digest in the record counts them."""
    training = _published(slug)
    if not training.is_drawn or training.closed_fact_id is None:
        raise Http404
    # Between closing and draw nobody leaves; afterwards whoever was drawn keeps the place.
    State = Enrolment.State
    found = training.enrolments.exclude(state=State.WITHDRAWN, place=None)
    numbers = sorted(found.values_list("number", flat=True))
    return HttpResponse("".join(f"{one}\n" for one in numbers), content_type="text/plain; charset=us-ascii")


@require_safe
@public_page(3600)
def training_equity(request):
    """Who asked and who got a seat, by office, grade, sex and distance, where it points at nobody."""
    return render(request, "workforce/training/equity.html", {"tables": equity.tables(), "least": LEAST})
