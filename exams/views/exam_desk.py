"""The office's side of tests that count: seal, open by two, codes and incidents of the rooms, scores, faulty items."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import roles_required, second_factor_to_send
from accounts.roles import Role
from exams.actions import local_scores, local_tests, neutralising, resits, seats, tested_components
from exams.actions.local_tests import NotPossible
from exams.forms_local import CorrectionForm, FaultyItemForm, NoteForm, ResitForm, SealForm
from exams.models import ExamSession, LocalTest, Neutralisation, Resit, TestFile
from exams.models.local_test import EARLY_MINUTES
from selection.actions import scores
from selection.models import ScoreBatch

PREPARER, PUBLISHER, ROOM_OFFICER = Role.PREPARER, Role.PUBLISHER, Role.ROOM_OFFICER
A_PAGE = 200


def _test(slug: str) -> LocalTest:
    return get_object_or_404(
        LocalTest.objects.select_related("session__stage__recruitment", "blueprint", "first_by", "second_by"),
        session__slug=slug,
    )


@roles_required(PREPARER, PUBLISHER, ROOM_OFFICER)
@require_safe
def exam_desk_list(request):
    """The tests, and the sessions that have none yet."""
    tests = LocalTest.objects.select_related("session__stage__recruitment")[:100]
    waiting = ExamSession.objects.filter(test=None, opened_at=None).select_related("stage__recruitment")[:100]
    context = {"tests": tests, "waiting": waiting, "may_seal": request.user.has_role(PREPARER), "at": timezone.now()}
    return render(request, "exams/local/desk_list.html", context)


@roles_required(PREPARER)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def exam_seal(request, slug):
    """Make a session a test of ours. Rooms, seats and the items to draw from stand afterwards."""
    session = get_object_or_404(ExamSession.objects.select_related("stage__recruitment"), slug=slug, test=None)
    form = SealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            local_tests.seal(
                session, seconds=given["minutes"] * 60, parts=given["parts"], begins_at=given["begins_at"],
                door_closes_at=given["begins_at"] + timedelta(minutes=given["door_minutes"]),
                seats_per_room=given["seats_per_room"], own_devices=given["own_devices"], extra=given["extra"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Ujian disegel. Dua petugas membukanya dalam satu jam sebelum mulai."))
            return redirect("exam_desk", slug)
    parts = [f"{label} ({key})" for key, label in tested_components.free(session.stage).items()]
    context = {"form": form, "session": session, "parts": parts}
    return render(request, "exams/local/seal.html", context, status=422 if form.errors else 200)


@roles_required(PREPARER, PUBLISHER, ROOM_OFFICER)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def exam_desk(request, slug):
    """One test: who opened it, how far its people are, and what may be done now."""
    test = _test(slug)
    forms = {"faulty": FaultyItemForm(), "correction": CorrectionForm(), "another": ResitForm(test)}
    if request.method == "POST":
        done = _do(request, test, forms)
        if done:
            return redirect("exam_desk", slug)
    counts = test.seats.aggregate(
        seats=Count("pk"), inside=Count("pk", filter=Q(key_digest__isnull=False) | Q(sitting__isnull=False)), begun=Count("sitting"),
        over=Count("sitting", filter=Q(sitting__ended_at__isnull=False)), longer=Count("pk", filter=Q(extra_seconds__gt=0)),
    )  # fmt: skip
    measures, others = tested_components.in_words(test)
    decided = test.neutralisations.select_related("version__item", "proposed_by", "decided_by")
    desk = request.user.has_role(PREPARER, PUBLISHER)
    now, opens_at = timezone.now(), test.begins_at - timedelta(minutes=EARLY_MINUTES)
    context = {
        "test": test, "session": test.session, "counts": counts, "measures": measures, "others": others, **forms, "desk": desk,
        "rooms": test.session.rooms, "incidents": test.incidents.select_related("seat__application", "by")[:50],
        "neutralised": [(one, *neutralising.effect(one)[:2]) for one in decided] if desk else [],
        "resits": test.resits.select_related("incident", "proposed_by").annotate(people=Count("places")) if desk else [],
        "frozen": desk and resits.is_frozen(test),
        "may_open": opens_at <= now < test.door_closes_at and desk and not test.second_at
        and test.first_by_id != request.user.pk, "opens_at": opens_at, "never": not test.second_at and test.door_closes_at <= now,
        "handed_in": _handed_in(test) if desk else None,
        "may_hand_in": test.closed_at and request.user.has_role(PREPARER), "user_pk": request.user.pk,
    }  # fmt: skip
    wrong = any(form.errors for form in forms.values())
    return render(request, "exams/local/desk.html", context, status=422 if wrong else 200)


def _handed_in(test: LocalTest) -> ScoreBatch | None:
    """The newest score file that the portal made of the stage's tests."""
    made = TestFile.objects.filter(stage=test.session.stage_id).values("sha256")
    return ScoreBatch.objects.filter(stage=test.session.stage_id, sha256__in=made).order_by("-sequence").first()


def _do(request, test: LocalTest, forms: dict) -> bool:
    """Do what was pressed; False when a form has to be shown again."""
    do, by, now = request.POST.get("do"), request.user, timezone.now()
    desk = by.has_role(PREPARER, PUBLISHER)
    try:
        if do == "unseal" and desk:
            found = local_tests.unseal(test, by=by, at=now)
            messages.success(
                request, _("Ujian terbuka.") if found.second_at else _("Tercatat. Petugas lain membuka bagian kedua.")
            )
        elif do == "propose" and desk:
            form = forms["faulty"] = FaultyItemForm(request.POST)
            if not form.is_valid():
                return False
            neutralising.propose(test, **form.cleaned_data, by=by, at=now)
            messages.success(request, _("Usulan dihitung untuk semua peserta dan menunggu rekan lain."))
        elif do in ("apply", "drop") and desk:
            waiting = get_object_or_404(test.neutralisations, state=Neutralisation.State.PROPOSED)
            neutralising.decide(waiting, apply=do == "apply", by=by, at=now)
            messages.success(
                request, _("Diterapkan untuk semua peserta.") if do == "apply" else _("Usulan dibatalkan.")
            )
        elif do == "propose_resit" and desk:
            form = forms["another"] = ResitForm(test, request.POST)
            if not form.is_valid():
                return False
            given = form.cleaned_data
            resits.propose(test, given["incident"], room=given["room"], numbers=given["numbers"], reason=given["why"],
                           by=by, at=now)  # fmt: skip
            messages.success(request, _("Usulan ujian pengganti menunggu rekan lain."))
        elif do in ("grant", "withhold") and desk:
            waiting = get_object_or_404(test.resits, state=Resit.State.PROPOSED)
            resits.decide(waiting, grant=do == "grant", by=by, at=now)
            messages.success(
                request,
                _("Diberikan. Segel ujian di sesi baru; peserta ini mendapat kursi di sana.")
                if do == "grant"
                else _("Usulan dibatalkan."),
            )
        elif do == "hand_in" and by.has_role(PREPARER):
            form = forms["correction"] = CorrectionForm(request.POST)
            if not form.is_valid():
                return False
            local_scores.score_file(test.session.stage, by=by, at=now, reason=form.cleaned_data["reason"])
            messages.success(request, _("Berkas nilai menunggu pengesahan rekan lain di halaman berkas nilai."))
    except (NotPossible, scores.Refused) as error:
        messages.error(request, str(error))
    return True


@roles_required(PREPARER, PUBLISHER, ROOM_OFFICER)
@require_http_methods(["GET", "POST"])
def exam_room(request, slug, room):
    """One room: its seats with the codes to hand out, who is where, another device, and what happened."""
    test = _test(slug)
    if not 0 <= room < len(test.session.rooms):
        return redirect("exam_desk", slug)
    name = test.session.rooms[room]
    places = test.seats.filter(room=name)
    form = NoteForm(request.POST if request.POST.get("do") == "note" else None)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "free":
                _free(request, places)
            elif form.is_valid():
                number = form.cleaned_data["number"]
                seat = get_object_or_404(places, application__participant_number=number) if number else None
                seats.note(
                    test, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"], seat=seat,
                    by=request.user, at=timezone.now(),
                )  # fmt: skip
                messages.success(request, _("Kejadian tercatat."))
        except NotPossible as error:
            messages.error(request, str(error))
        if not form.errors:
            return redirect("exam_room", slug, room)
    context = {
        "test": test, "session": test.session, "name": name, "form": form, "shown": test.is_unsealed,
        "seats": places.select_related("application", "sitting").order_by("number")[:A_PAGE],
        "incidents": test.incidents.filter(Q(seat__room=name) | Q(seat=None)).select_related("seat__application", "by")[:50],
    }  # fmt: skip
    return render(request, "exams/local/room.html", context, status=422 if form.errors else 200)


def _free(request, places) -> None:
    chosen = request.POST.get("seat", "")
    seat = get_object_or_404(places, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0)
    words = request.POST.get("words", "").strip()[:500]
    if not words:
        raise NotPossible(_("Tulis alasan ganti perangkat."))
    seats.free(seat, words=words, by=request.user, at=timezone.now())
    messages.success(request, _("Kursi bebas. Beri kode baru kepada pesertanya; waktunya tidak berubah."))
