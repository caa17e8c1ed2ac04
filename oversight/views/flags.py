"""Red flags: the team judges them in its room, everybody sees the rules and how often each was wrong."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import public_page
from accounts.models import User
from oversight.actions import flags
from oversight.flag_states import FlagState
from oversight.flags.table import BY_CODE, RULES
from oversight.forms import JudgementForm
from oversight.live import figure
from oversight.models import Flag, FlagRun
from oversight.views.workspace import members_only
from selection.models import Announcement, Application

# Tables as the team calls their rows.
ROWS = {
    "vacancies.stage": gettext_lazy("tahap"),
    "vacancies.formation": gettext_lazy("formasi"),
    "vacancies.formationevent": gettext_lazy("riwayat formasi"),
    "vacancies.requirementevent": gettext_lazy("riwayat syarat"),
    "vacancies.educationchange": gettext_lazy("riwayat kualifikasi"),
    "selection.review": gettext_lazy("pemeriksaan"),
    "selection.scorebatch": gettext_lazy("berkas nilai"),
    "selection.preparation": gettext_lazy("persiapan pengumuman"),
    "selection.outcomeset": gettext_lazy("perhitungan hasil"),
    "selection.outcome": gettext_lazy("hasil"),
    "selection.document": gettext_lazy("dokumen"),
    "accounts.fileaccess": gettext_lazy("akses berkas"),
}


@require_GET
@public_page(60)
def flag_rules(request):
    """Every rule, what it computes, and its record: how often it spoke up and how often it was wrong. No person."""
    counted = {
        one["rule"]: one
        for one in Flag.objects.values("rule").annotate(
            raised=Count("pk"), **{state.value: Count("pk", filter=Q(state=state)) for state in FlagState}
        )
    }
    last = FlagRun.objects.filter(done_at__isnull=False).order_by("-done_at").first()
    context = {"last": last, "rules": [_record(rule, counted.get(rule.code), last) for rule in RULES]}
    return render(request, "oversight/flag_rules.html", context)


def _record(rule, counted: dict | None, last: FlagRun | None) -> dict:
    """A rule with its numbers; before the first run, and for a share of nothing, there is no number."""
    n = counted or dict.fromkeys(["raised", *FlagState.values], 0)
    judged = n["raised"] - n["open"]
    return {
        "rule": rule,
        "raised": figure(n["raised"] if last else None),
        "open": n["open"],
        "judged": judged,
        "wrong": figure(n["false_alarm"] if judged else None),
        "explained": figure(n["explained"] if judged else None),
        "findings": figure(n["finding"] if judged else None),
        "broken": bool(last and rule.code in last.failed),
    }


@members_only
@require_GET
def team_flags(request):
    """What waits to be judged, the newest first; what was judged last."""
    chosen = BY_CODE.get(request.GET.get("aturan", ""))
    found = Flag.objects.select_related("stage__recruitment", "judged_by", "finding")
    waiting = found.filter(state=FlagState.OPEN, **({"rule": chosen.code} if chosen else {}))
    page = Paginator(waiting, 30).get_page(request.GET.get("halaman"))
    judged = list(found.exclude(state=FlagState.OPEN).order_by("-judged_at")[:20])
    for one in [*page, *judged]:
        one.named = _name(one)
    context = {
        "page": page,
        "query": f"aturan={chosen.code}&" if chosen else "",
        "chosen": chosen,
        "judged": judged,
        "rules": _waiting_by_rule(),
        "last": FlagRun.objects.filter(done_at__isnull=False).order_by("-done_at").first(),
    }
    return render(request, "oversight/flags.html", context)


def _waiting_by_rule() -> list[tuple]:
    counted = dict(Flag.objects.open().order_by().values_list("rule").annotate(n=Count("pk")))
    return [(rule, counted[rule.code]) for rule in RULES if rule.code in counted]


def _name(flag: Flag) -> str:
    """The rule in words; a rule that is no longer asked keeps its code."""
    return BY_CODE[flag.rule].name if flag.rule in BY_CODE else flag.rule


@members_only
@require_http_methods(["GET", "POST"])
def team_flag(request, pk):
    """One flag: what the rule computes, what it rests on, and the judgement."""
    flag = get_object_or_404(Flag.objects.select_related("stage__recruitment", "judged_by", "finding"), pk=pk)
    form = JudgementForm(request.POST or None)
    if form.is_valid():
        try:
            flags.judge(
                flag, form.cleaned_data["state"], note=form.cleaned_data["note"], by=request.user, at=timezone.now()
            )
        except (flags.NotAllowed, flags.NotReady) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Penilaian dicatat."))
            return redirect("team_flags")
    context = {
        "flag": flag,
        "rule": BY_CODE.get(flag.rule),
        "named": _name(flag),
        "form": form,
        "zone": flag.stage.recruitment.zone,
        "rows": _rows(flag),
        "earlier": Flag.objects.filter(rule=flag.rule, key=flag.key).exclude(pk=flag.pk).order_by("round"),
    }
    return render(request, "oversight/flag.html", context, status=422 if form.errors else 200)


def _rows(flag: Flag) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rows that were counted, as (kind, [(words, address)]); people and applications as the team knows them."""
    found = []
    for table, keys in flag.evidence.get("rows", {}).items():
        if table == "accounts.user":
            names = User.objects.filter(pk__in=keys).order_by("pk").values_list("name", flat=True)
            found.append((_("petugas"), [(name, "") for name in names]))
        elif table == "selection.application":
            numbers = Application.objects.filter(pk__in=keys).order_by("participant_number")
            found.append((_("nomor peserta"), [(n, "") for n in numbers.values_list("participant_number", flat=True)]))
        elif table == "selection.announcement":
            shown = Announcement.objects.filter(pk__in=keys)
            found.append((_("pengumuman"), [(str(one), f"/pengumuman/{one.number}/") for one in shown]))
        else:
            found.append((ROWS.get(table, table), [(str(key), "") for key in keys]))
    return found


@members_only
@require_POST
def flag_finding(request, pk):
    """Make a draft finding of a flag; its evidence comes along."""
    flag = get_object_or_404(Flag, pk=pk)
    try:
        made = flags.begin_finding(flag, by=request.user, at=timezone.now())
    except flags.NotAllowed as error:
        messages.error(request, str(error))
        return redirect("team_flag", pk=pk)
    messages.success(request, _("Rancangan temuan dibuat. Buktinya sudah terisi."))
    return redirect("team_finding", number=made.number)
