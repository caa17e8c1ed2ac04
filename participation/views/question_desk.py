"""The moderator's screen during a session, the answer for everybody, and questions that an officer takes down."""

import hashlib

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from participation.actions import question_moderation, questions
from participation.forms_consultation import DecideForm, HideForm
from participation.forms_questions import AnswerForm, QuestionForm
from participation.models import Event, Question
from participation.views.event_desk import DESK, POST_DESK
from participation.views.questions import for_everybody
from publishing.actions.consenting import WrongCode
from publishing.forms_consent import CodeForm

A_PAGE = 50


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def question_desk(request, pk):
    """Every question of a session, the most wanted first; hide one, or decide an appeal. Made for a phone.

    An open page asks again by itself for the list alone (`bagian`) and names what it shows by its ETag.
    """
    event = get_object_or_404(Event.objects.published().select_related("recruitment"), pk=pk)
    act = request.POST.get("do", "")
    forms = {
        "hide": HideForm(request.POST if act == "hide" else None, prefix="hide"),
        "decide": DecideForm(request.POST if act == "decide" else None, prefix="decide"),
    }
    if request.method == "POST":
        if act not in forms:
            raise Http404
        chosen = request.POST.get("which", "")
        rows = event.questions.select_related("hiding")
        found = get_object_or_404(rows, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
        if forms[act].is_valid() and _done(request, act, found, forms[act]):
            return redirect(f"{request.path}#pertanyaan-{found.pk}")
    listed = for_everybody(event).with_answered().order_by("answered", "-support", "confirmed_at", "pk")
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "event": event,
        "zone": event.zone,
        "page": page,
        "tag": _tag(page, request.user),
        "refresh": f"{request.path}?bagian=daftar&halaman={page.number}",
        "forms": forms,
        "failed": forms.get(act),
        "now": timezone.now(),
        "may_answer": request.user.has_role(Role.PUBLISHER),
    }
    if "bagian" in request.GET and request.method == "GET":
        tag = quote_etag(context["tag"])
        answer = get_conditional_response(request, etag=tag) or render(
            request, "participation/event/question_desk.html#daftar", context
        )
        answer.headers["ETag"], answer.headers["Cache-Control"] = tag, "private, no-cache"
        return answer
    failed = act in forms and bool(forms[act].errors)
    return render(request, "participation/event/question_desk.html", context, status=422 if failed else 200)


def _tag(page, user) -> str:
    """What `user` sees of this list, in short: it changes whenever a question, a voice, an answer or a hiding does."""
    shown = [user.pk, page.number, page.paginator.num_pages]
    for one in page:
        hiding = getattr(one, "hiding", None)
        said = [hiding.at, hiding.appealed_at, hiding.decided_at, hiding.restored] if hiding else []
        shown += [one.pk, one.support, one.name, *[answer.pk for answer in one.answers.all()], *said]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def _done(request, act: str, found: Question, form) -> bool:
    try:
        if act == "hide":
            question_moderation.hide(found, **form.cleaned_data, by=request.user, at=timezone.now())
        else:
            hiding = getattr(found, "hiding", None)
            if hiding is None:
                raise Http404
            question_moderation.decide(hiding, **form.cleaned_data, by=request.user, at=timezone.now())
    except questions.NotPossible as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Tersimpan."))
    return True


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def question_answer(request, pk):
    """Answer for everybody; at a session about a recruitment the answer binds. Never edited, only replaced."""
    question = get_object_or_404(Question.objects.shown().select_related("event__recruitment"), pk=pk)
    event, before = question.event, question.answers.select_related("clarification").first()
    asked = before.clarification.question if before and before.clarification else question.text
    form = AnswerForm(
        request.POST or None, recruitment=event.recruitment, again=before is not None, initial={"asked": asked}
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            questions.answer(
                question,
                text=given["text"],
                asked=given.get("asked", question.text),
                formation=given.get("code"),
                by=request.user,
                at=timezone.now(),
            )
        except questions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Terjawab. Semua orang membacanya, dan penanyanya mendapat surat."))
            return redirect("question_desk", pk=event.pk)
    context = {"question": question, "event": event, "before": before, "form": form, "zone": event.zone}
    return render(request, "participation/event/question_answer.html", context, status=422 if form.errors else 200)


def _form_page(request, form, title, *, event, button, question=None):
    context = {"form": form, "title": title, "event": event, "button": button, "question": question}
    return render(request, "participation/event/form.html", context, status=422 if form.errors else 200)


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def question_helped_new(request, pk):
    """An officer at a post takes down a person's question; the person gets a code by letter."""
    event = get_object_or_404(Event.objects.published(), pk=pk)
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if not ratelimit.consume(request, action="question", key=given["email"].lower()):
            return ratelimit.respond_429(request)
        try:
            made = questions.ask(
                event,
                address=given["email"],
                name=given["name"],
                text=given["text"],
                at=timezone.now(),
                helped_by=request.user,
            )
        except (questions.Closed, questions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            return redirect("question_helped_code", pk=pk, question=made.pk)
    return _form_page(request, form, _("Tulis pertanyaan seseorang"), event=event, button=_("Kirim kode ke alamat itu"))


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def question_helped_code(request, pk, question):
    """The person's consent: the code that only the person's letter tells. The address is not shown again."""
    rows = Question.objects.select_related("event", "subscriber").exclude(subscriber=None)
    found = get_object_or_404(rows, pk=question, event=pk, helped_by=request.user, confirmed_at=None)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="event_code", key=f"question:{found.pk}"):
            return ratelimit.respond_429(request)
        try:
            questions.consent(found, form.cleaned_data["code"], at=timezone.now())
        except WrongCode as error:
            form.add_error("code", error)
        except questions.Closed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pertanyaan itu sekarang tampil di halaman acara."))
            return redirect("event_desk_list")
    return _form_page(
        request, form, _("Masukkan kode persetujuan"), event=found.event, button=_("Kirim pertanyaan"), question=found
    )
