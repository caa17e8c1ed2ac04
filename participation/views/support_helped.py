"""An officer at a post enters that a person supports a contribution or wants a question answered.

The person agrees by the code of a letter; one mailbox has one voice.
"""

from contextlib import contextmanager

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import roles_required
from participation.actions import contributions, questions
from participation.forms_consultation import HelpedAddressForm
from participation.models import Consultation, Contribution, Event, Question
from participation.views.contribution_helped import POST_DESK
from publishing.views.with_consent import Refused, Steps

A_PAGE = 30


@roles_required(*POST_DESK)
@require_safe
def contribution_helped_list(request, pk):
    """What was said to a consultation, to choose from what a person supports or to write something new."""
    consultation = get_object_or_404(Consultation.objects.public(), pk=pk)
    if not Consultation.objects.taking().filter(pk=pk).exists():
        messages.error(request, _("Konsultasi ini sedang tidak menerima masukan. Lihat waktunya di bawah."))
        return redirect("consultation_desk_list")
    said = Contribution.objects.confirmed().with_support().filter(consultation=consultation)
    said = said.exclude(hiding__restored=False).order_by("-support", "confirmed_at", "pk")
    words = {
        "topic": consultation.title,
        "desk": reverse("consultation_desk_list"),
        "desk_name": _("Konsultasi"),
        "write": reverse("contribution_helped_new", args=[pk]),
        "place": "support_helped_new",
    }
    return _choices(request, said, words)


@roles_required(*POST_DESK)
@require_safe
def question_helped_list(request, pk):
    """What was asked at a session, to choose from what a person wants answered or to ask something new."""
    event = get_object_or_404(Event.objects.published(), pk=pk)
    if not event.takes_questions(timezone.now()):
        messages.error(request, _("Acara itu sudah selesai atau batal. Dukungan tidak diterima lagi."))
        return redirect("event_desk_list")
    words = {
        "topic": event.title,
        "desk": reverse("event_desk_list"),
        "desk_name": _("Acara"),
        "write": reverse("question_helped_new", args=[pk]),
        "place": "question_vote_helped",
    }
    return _choices(request, event.questions.shown().by_votes(), words)


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def support_helped_new(request, pk):
    """Nothing is kept before the person agreed."""
    rows = Contribution.objects.confirmed().select_related("consultation", "hiding")
    found = get_object_or_404(rows.filter(consultation__in=Consultation.objects.public()), pk=pk)
    back = reverse("contribution_helped_list", args=[found.consultation_id])
    hidden = contributions.is_hidden(found)
    return _vote(request, found, contributions, topic=found.consultation.title, back=back, hidden=hidden)


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def question_vote_helped(request, pk):
    """Nothing is kept before the person agreed."""
    rows = Question.objects.confirmed().select_related("event", "hiding").filter(event__in=Event.objects.published())
    found = get_object_or_404(rows, pk=pk)
    back = reverse("question_helped_list", args=[found.event_id])
    return _vote(request, found, questions, topic=found.event.title, back=back, hidden=found.is_hidden)


def _choices(request, rows, words):
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("halaman"))
    for one in page:
        one.helped = reverse(words["place"], args=[one.pk])
    return render(request, "participation/support_helped_list.html", words | {"page": page})


def _vote(request, found, actions, *, topic, back, hidden):
    now = timezone.now()

    def ask(given):
        with _said(actions):
            actions.ask_support_consent(found, given["email"], by=request.user, at=now)

    def enter(given, code):
        with _said(actions):
            actions.support_agreed(found, given["email"], code, by=request.user, at=now)

    steps = Steps(request, HelpedAddressForm(request.POST or None), ask=ask, enter=enter)
    if steps.done:
        messages.success(
            request, _("Selesai. Satu kotak surat satu suara: yang sudah pernah mendukung tidak dihitung lagi.")
        )
        return redirect(back)
    context = {"steps": steps, "said": found, "topic": topic, "back": back, "hidden": hidden}
    return render(request, "participation/support_helped.html", context, status=steps.status)


@contextmanager
def _said(actions):
    """What the action refuses is told to the officer in its own words."""
    try:
        yield
    except (actions.Closed, actions.NotPossible) as error:
        raise Refused(str(error)) from None
