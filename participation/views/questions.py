"""Questions at a session as everybody sees them: read, ask, and want one answered."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from participation.actions import questions
from participation.forms_consultation import AddressForm
from participation.forms_questions import QuestionForm
from participation.models import Answer, Event, Hiding, Question
from publishing.views import without_account

A_PAGE = 30
FORM = "question"  # which forms these are, for the limits and for proofs of work


def _published():
    return Event.objects.published().select_related("recruitment")


def for_everybody(event: Event):
    """The confirmed questions of a session, the most wanted first, each with what the office answered."""
    answers = Answer.objects.select_related("clarification__formation", "clarification__recruitment")
    found = event.questions.confirmed().by_votes().select_related("hiding")
    return found.prefetch_related(Prefetch("answers", answers))


@require_safe
@public_page(15)
def question_list(request, slug):
    """All questions of a session, by votes, with their answers."""
    event = get_object_or_404(_published(), slug=slug)
    context = {
        "event": event,
        "page": Paginator(for_everybody(event), A_PAGE).get_page(request.GET.get("halaman")),
        "open": event.takes_questions(timezone.now()),
        "rules": Hiding.Rule.labels,
        "zone": event.zone,
    }
    return render(request, "participation/event/questions.html", context)


@require_http_methods(["GET", "POST"])
def question_new(request, slug):
    """Ask something. The answer of this page is the same whoever asks, for whatever address."""
    event = get_object_or_404(_published(), slug=slug)
    form, now = QuestionForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        given = form.cleaned_data
        try:
            questions.ask(event, address=given["email"], name=given["name"], text=given["text"], at=now)
        except (questions.Closed, questions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            return render(request, "participation/event/question_asked.html", {"event": event})
    context = {
        "event": event,
        "form": form,
        "open": event.takes_questions(now),
        "rules": Hiding.Rule.labels,
        "zone": event.zone,
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "participation/event/question_new.html", context, status=without_account.status(form))


@require_http_methods(["GET", "POST"])
def question_vote(request, pk):
    """Want a question answered; one mailbox, one voice."""
    shown = Question.objects.shown().filter(event__in=Event.objects.published()).select_related("event__recruitment")
    question = get_object_or_404(shown, pk=pk)
    form, now = AddressForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        try:
            questions.support(question, address=form.cleaned_data["email"], at=now)
        except questions.Closed as error:
            form.add_error(None, str(error))
        else:
            return render(request, "participation/event/question_asked.html", {"event": question.event})
    context = {
        "question": question,
        "event": question.event,
        "form": form,
        "open": question.event.takes_questions(now),
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "participation/event/question_vote.html", context, status=without_account.status(form))
