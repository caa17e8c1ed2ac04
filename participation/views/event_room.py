"""What an address has at sessions, behind the signed link: seats, questions, votes; to confirm, change and leave."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from participation.actions import question_moderation, questions, registrations
from participation.forms_consultation import AppealForm
from participation.forms_events import PEOPLE
from participation.models import QuestionHiding
from publishing.models.subscriber import of_token
from publishing.views.signed_link import keep_address

MOST = 100  # of each kind on the page


def by_link(view):
    """Only with a link that was given out; the address in it is not passed on, and nothing is kept by caches."""

    @wraps(view)
    @cache_control(private=True, no_store=True)
    def guarded(request, token, *args, **kwargs):
        request.subscriber = of_token(token)
        if request.subscriber is None:
            return render(request, "participation/event/gone.html", status=404)
        return keep_address(view(request, token, *args, **kwargs))

    return guarded


@require_http_methods(["GET", "POST"])
@by_link
def event_room(request, token):
    """The seats, questions and votes of an address. What else is kept stands behind the same key."""
    form = AppealForm(request.POST if request.POST.get("do") == "appeal" else None)
    if request.method == "POST":
        left = False
        try:
            left = _act(request, form)
        except registrations.Closed:
            messages.error(request, _("Pendaftaran acara ini sudah tutup."))
        except registrations.NoRoom:
            messages.error(request, _("Kursi kosong tidak cukup. Jumlah Anda tetap seperti semula."))
        except (questions.Closed, questions.NotPossible) as error:
            messages.error(request, str(error))
        if not form.errors:
            if left and of_token(token) is None:  # nothing else was kept about the address
                return render(request, "participation/event/left.html")
            return redirect("event_room", token=token)
    who = request.subscriber
    context = {
        "subscriber": who,
        "registrations": who.registrations.select_related("event__recruitment").order_by("event__starts_at")[:MOST],
        "questions": who.questions.select_related("event__recruitment", "hiding").order_by("-asked_at")[:MOST],
        "votes": who.question_votes.select_related("question__event", "question__hiding").order_by("-made_at")[:MOST],
        "token": token,
        "form": form,
        "people": PEOPLE,
    }
    return render(request, "participation/event/room.html", context, status=422 if form.errors else 200)


def _act(request, form) -> bool:
    """Do what the button says; True when a seat was given back."""
    now, do, who = timezone.now(), request.POST.get("do"), request.subscriber
    if "question" in request.POST:
        _act_on_question(_own(who.questions, request.POST["question"]), do, form, who, now)
    elif "vote" in request.POST:
        _act_on_voice(_own(who.question_votes, request.POST["vote"]), do, who, now)
    else:
        return _act_on_seat(_own(who.registrations, request.POST.get("registration", "")), do, request, now)
    return False


def _own(rows, chosen: str):
    return get_object_or_404(rows, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)


def _act_on_question(found, do: str, form, who, now) -> None:
    if do != "appeal":
        _act_on_voice(found, do, who, now)
    elif form.is_valid():
        hiding = get_object_or_404(QuestionHiding, question=found)
        question_moderation.appeal(hiding, text=form.cleaned_data["text"], by=who, at=now)


def _act_on_voice(found, do: str, who, now) -> None:
    match do:
        case "confirm":
            questions.confirm(found, by=who, at=now)
        case "drop":
            questions.drop(found, by=who)
        case _:
            raise Http404


def _act_on_seat(found, do: str, request, now) -> bool:
    match do:
        case "confirm":
            registrations.confirm(found, at=now)
        case "change" if request.POST.get("people") in [word for _n, word in PEOPLE]:
            registrations.change(found, people=int(request.POST["people"]), at=now)
        case "leave":
            registrations.leave(found, at=now)
            return True
        case _:
            raise Http404
    return False
