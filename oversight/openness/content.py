"""What a report says, as plain words and numbers: nothing of a person, and the same for whoever renders it."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from lib.indonesian_text import MONTHS, instant, long_date
from oversight.indicators import MEASURES, board
from oversight.indicators.shape import COUNT
from oversight.models import Finding, Indicator, InvariantRun, PassRate
from selection.models import Announcement, DelayNotice, Hold, Objection, Outcome
from vacancies.models import Formation, ScheduleChange

FEW = 5  # fewer objections than this are told as "kurang dari 5"


def of_month(number: str, begin: datetime, end: datetime) -> dict:
    """What happened from `begin` to before `end`, as known at `end`."""
    inside = (begin, end)
    announced = Announcement.objects.public().filter(public_at__gte=begin, public_at__lt=end)
    delays = DelayNotice.objects.filter(
        public_at__gte=begin, public_at__lt=end, stage__recruitment__published_at__lte=end
    )
    holds = Hold.objects.filter(stage__recruitment__published_at__lte=end).filter(
        Q(placed_at__range=inside) | Q(lifted_at__range=inside)
    )
    findings = Finding.objects.filter(sent_at__lt=end).filter(Q(closed_at=None) | Q(closed_at__gte=begin))
    return {
        "number": number,
        "title": _("Laporan keterbukaan %(month)s %(year)s") % {"month": MONTHS[begin.month - 1], "year": begin.year},
        "about": _("Laporan ini ditulis portal sendiri dari catatannya, setiap bulan, tanpa disunting siapa pun."),
        "figures": figures(begin, end),
        "sections": [
            announcements(announced),
            _section(_("Pemberitahuan penundaan"), [_delay(one) for one in delays.select_related("stage__recruitment").order_by("public_at", "pk")]),
            holds_of(holds, end),
            findings_of(findings, end),
            objections(Objection.objects.filed().filter(filed_at__lt=end), begin, end),
            checks(begin, end),
        ],
    }  # fmt: skip


def of_recruitment(number: str, recruitment, at: datetime) -> dict:
    """How `recruitment` went, from its publication to its end."""
    stages = list(recruitment.stages.order_by("order"))
    changes = ScheduleChange.objects.filter(stage__in=stages, at__lte=at).select_related("stage").order_by("at", "pk")
    announced = Announcement.objects.public().filter(stage__in=stages, public_at__lte=at)
    return {
        "number": number,
        "title": _("Laporan penutup %(name)s") % {"name": recruitment.name},
        "about": _("Laporan ini ditulis portal sendiri setelah hasil terakhir terbit dan masa sanggah lewat."),
        "figures": [],
        "sections": [
            _section(_("Dari pendaftaran sampai hasil akhir"), funnel(recruitment, stages, at)),
            _section(_("Rencana dan kenyataan"), [_timing(stage, at) for stage in stages]),
            _section(_("Perubahan jadwal"), [
                _("%(stage)s, %(what)s: %(reason)s")
                % {"stage": one.stage.name_public, "what": one.name.lower(), "reason": one.reason}
                for one in changes
            ]),
            announcements(announced),
            holds_of(Hold.objects.filter(stage__in=stages, placed_at__lte=at), at),
            findings_of(Finding.objects.filter(stage__in=stages, sent_at__lte=at), at),
            objections(Objection.objects.filed().filter(stage__in=stages, filed_at__lte=at), None, at),
            _section(_("Kelolosan menurut kelompok"), groups_of(stages)),
        ],
    }  # fmt: skip


def _section(title: str, lines: list[str]) -> dict:
    return {"title": str(title), "lines": [str(line) for line in lines]}


def figures(begin: datetime, end: datetime) -> list[dict]:
    """Each indicator of the month: its number, of how many, its target, whether it is reached."""
    found = []
    for measure in MEASURES.values():
        counted = {period: rest for period, *rest in measure.months(end, settings.TIME_ZONE, Indicator.Span.MONTH)}
        empty = (0, None if measure.kind == COUNT else 0, None, None)
        numerator, denominator, median, tenth = counted.get(begin.date(), empty)
        row = Indicator(name=measure.name, numerator=numerator, denominator=denominator, median=median, tenth=tenth)
        figure = board.Figure(measure, row, None)
        found.append(
            {
                "title": str(measure.title), "words": str(figure.words),
                "of": "" if figure.value is None else str(figure.of), "target": str(figure.target),
                "met": figure.met, "numerator": numerator, "denominator": denominator,
            }
        )  # fmt: skip
    return found


def announcements(announced) -> dict:
    lines = [
        _("%(number)s versi %(version)s: %(stage)s, %(recruitment)s. Terbit %(when)s.%(reason)s")
        % {
            "number": one.number, "version": one.version, "stage": one.stage.name_public,
            "recruitment": one.stage.recruitment.name, "when": instant(one.public_at, one.stage.recruitment.zone),
            "reason": _(" Koreksi: %(why)s") % {"why": one.reason} if one.reason else "",
        }
        for one in announced.select_related("stage__recruitment").order_by("public_at", "pk")
    ]  # fmt: skip
    return _section(_("Pengumuman"), lines)


def _delay(one: DelayNotice) -> str:
    return _("%(number)s: %(stage)s, %(recruitment)s. Yang belum selesai: %(left)s") % {
        "number": one.number, "stage": one.stage.name_public, "recruitment": one.stage.recruitment.name,
        "left": " ".join(one.unsettled),
    }  # fmt: skip


def holds_of(holds, end: datetime) -> dict:
    lines = []
    for one in holds.select_related("stage__recruitment").order_by("placed_at", "pk"):
        line = _("%(stage)s, %(recruitment)s: ditahan %(when)s. Alasan: %(reason)s") % {
            "stage": one.stage.name_public, "recruitment": one.stage.recruitment.name,
            "when": instant(one.placed_at, one.stage.recruitment.zone), "reason": one.reason,
        }  # fmt: skip
        if one.lifted_at and one.lifted_at < end:
            line += _(" Dicabut %(who)s: %(reason)s") % {"who": one.get_lifted_as_display(), "reason": one.lift_reason}
        elif one.confirmed_at is None and one.lapses_at < end:
            line += _(" Gugur karena tidak dikuatkan anggota kedua.")
        lines.append(line)
    return _section(_("Penahanan oleh tim pengawas"), lines)


def findings_of(findings, end: datetime) -> dict:
    lines = []
    for one in findings.public(end).prefetch_related("responses").order_by("sent_at", "pk"):
        answered = min((said.at for said in one.responses.all() if said.at < end), default=None)
        if one.closed_at and one.closed_at < end:
            standing = _("selesai")
        elif answered:
            standing = _("dijawab tepat waktu") if answered <= one.due_at else _("dijawab terlambat")
        else:
            standing = _("menunggu jawaban") if one.due_at >= end else _("belum dijawab dan lewat tenggat")
        title = one.public_title if one.text_at and one.text_at < end else _("isinya belum dibuka")
        lines.append(f"{one.number} ({one.get_severity_display().lower()}): {title}. {standing.capitalize()}.")
    return _section(_("Temuan tim pengawas"), lines)


def objections(filed, begin: datetime | None, end: datetime) -> dict:
    """Counts only, and none so small that it could be somebody one knows."""
    since = Q(filed_at__gte=begin) if begin else Q()
    decided = Q(state__in=["granted", "refused"], decided_at__lt=end) & (Q(decided_at__gte=begin) if begin else Q())
    counts = filed.aggregate(
        filed=Count("pk", filter=since), decided=Count("pk", filter=decided),
        granted=Count("pk", filter=decided & Q(state="granted")),
        late=Count("pk", filter=Q(due_at__lt=end) & (Q(decided_at=None) | Q(decided_at__gt=F("due_at")))),
    )  # fmt: skip
    if not counts["filed"] and not counts["decided"] and not counts["late"]:
        return _section(_("Sanggah"), [])
    words = {"filed": _("masuk"), "decided": _("diputus"), "granted": _("dikabulkan"), "late": _("lewat tenggat")}
    return _section(_("Sanggah"), [f"{words[name].capitalize()}: {_few(count)}" for name, count in counts.items()])


def _few(count: int) -> str:
    return str(count) if count == 0 or count >= FEW else _("kurang dari %(n)s") % {"n": FEW}


def checks(begin: datetime, end: datetime) -> dict:
    runs = InvariantRun.objects.filter(at__gte=begin, at__lt=end)
    looks = runs.filter(trouble="").count()
    if not looks:
        return _section(_("Pemeriksaan sistem"), [])
    broken = runs.broken().values("name").distinct().count()
    line = _(
        "%(looks)s kali diperiksa, %(missed)s kali tidak dapat diperiksa. Macam pelanggaran yang ditemukan: %(broken)s."
    )
    return _section(
        _("Pemeriksaan sistem"),
        [line % {"looks": looks, "missed": runs.exclude(trouble="").count(), "broken": broken}],
    )  # fmt: skip


def funnel(recruitment, stages, at: datetime) -> list[str]:
    """How many applied, and how many each announced result took in and let through."""
    sent = recruitment.applications.exclude(submitted_at=None).count()
    seats = sum(recruitment.formations.filter(withdrawn_at=None).values_list("quota", flat=True))
    lines = [_("%(n)s lamaran terkirim untuk %(seats)s kursi.") % {"n": sent, "seats": seats}]
    for stage in stages:
        newest = stage.announcements.public().filter(public_at__lte=at).order_by("-version").first()
        if newest is None:
            continue
        counts = Outcome.objects.filter(set=newest.outcome_set_id).aggregate(
            took=Count("pk"), passed=Count("pk", filter=Q(advances=True))
        )
        lines.append(_("%(stage)s: %(took)s peserta, %(passed)s lanjut.") % {"stage": stage.name_public, **counts})
    return lines


def _timing(stage, at: datetime) -> str:
    zone = stage.recruitment.zone
    first = stage.announcements.public().filter(version=1, public_at__lte=at).first()
    planned = stage.planned_announce_at
    if planned is None:
        return _("%(stage)s: %(begin)s sampai %(end)s.") % {
            "stage": stage.name_public, "begin": long_date(stage.opens_at.astimezone(zone).date()),
            "end": long_date(stage.closes_at.astimezone(zone).date()),
        }  # fmt: skip
    real = instant(first.public_at, zone) if first else _("tidak terbit")
    return _("%(stage)s: rencana terbit %(planned)s, nyatanya %(real)s.") % {
        "stage": stage.name_public, "planned": instant(planned, zone), "real": real,
    }  # fmt: skip


def groups_of(stages) -> list[str]:
    """What was counted by group, where the group is large enough."""
    names = dict(Formation.Need.choices)
    return [
        _("%(stage)s, %(group)s: %(passed)s dari %(took)s.")
        % {
            "stage": one.stage.name_public,
            "group": names.get(one.group, one.group),
            "passed": one.passed,
            "took": one.took,
        }
        for one in PassRate.objects.filter(stage__in=stages, took__isnull=False).select_related("stage")
    ]
