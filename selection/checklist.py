"""The stage page's list of what must be done before an announcement, and of what was done: words and links."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from selection.actions import settlement
from selection.models import Attestation, Recheck
from selection.queries import previous_result


class Mark(StrEnum):
    DONE, OPEN, LATER = "done", "open", "later"


@dataclass(frozen=True)
class Line:
    """One point: done, open (with the page that settles it), or later because an earlier one is open."""

    mark: Mark
    words: str
    url: str = ""
    act: str = ""


@dataclass(frozen=True)
class Event:
    at: datetime
    by: object
    words: str


@dataclass(frozen=True)
class _Point:
    codes: tuple[str, ...]
    done: str
    url: str
    act: str
    leads: bool = False  # while it is open, the points after it are not asked


def of_stage(stage, at, *, ranked: bool, preparation=None) -> list[Line]:
    """Every point of `settlement.unsettled` for `stage`, in the order in which the office works through them."""
    issues = {one.code: one for one in settlement.unsettled(stage, at)}
    lines, blocked = [], False
    for point in _points(stage, ranked=ranked, preparation=preparation):
        found = next((issues[code] for code in point.codes if code in issues), None)
        if found:
            lines.append(Line(Mark.OPEN, found.words, point.url, point.act))
        elif blocked and point.leads:
            lines.append(Line(Mark.LATER, point.done))
        else:
            lines.append(Line(Mark.DONE, point.done))
        blocked = blocked or bool(found and point.leads)
    return lines


def _points(stage, *, ranked: bool, preparation) -> list[_Point]:
    desk = reverse("stage_desk", args=[stage.pk])
    approval = reverse("preparation_approval", args=[preparation.pk]) if preparation else ""
    schedule = reverse("recruitment_desk", args=[stage.recruitment.slug])
    points = [_Point(("open",), _("Tahap sudah ditutup."), schedule, _("Lihat jadwal"))]
    if ranked:
        batches = reverse("score_batch_list", args=[stage.pk])
        points += [
            _Point(("scores",), _("Ada nilai yang disahkan."), batches, _("Buka berkas nilai"), leads=True),
            _Point(("batch",), _("Tidak ada berkas nilai yang menunggu."), batches, _("Buka berkas nilai")),
            _Point(
                ("rank", "stale", "places"),
                _("Peringkat dihitung dari nilai terakhir."),
                f"{desk}#hasil",
                _("Hitung di halaman ini"),
                leads=True,
            ),
        ]
        if stage.recruitment.mirrors_national:
            words = _("Perbedaan dengan status resmi sudah dijelaskan.")
            points.append(_Point(("differences",), words, f"{desk}#beda", _("Lihat perbedaannya")))
    else:
        queue = reverse("review_queue_list")
        points += [
            _Point(("files",), _("Semua berkas sudah diputus."), queue, _("Buka antrean verifikasi"), leads=True),
            _Point(("tally",), _("Hasil pemeriksaan direkap."), f"{desk}#hasil", _("Rekap di halaman ini"), leads=True),
        ]
    desk_of_objections = reverse("objection_queue")
    earlier = previous_result(stage)
    if earlier and earlier.objection_days:
        points.append(
            _Point(
                ("objection_window", "objections", "granted"),
                _("Sanggah atas tahap sebelumnya sudah diputus dan diumumkan."),
                desk_of_objections,
                _("Buka sanggah"),
            )
        )
    if stage.objection_days:
        words = _("Sanggah yang dikabulkan sudah dihitung.")
        points.append(_Point(("reopened",), words, f"{desk}#hasil", _("Hitung di halaman ini"), leads=True))
    if Recheck.objects.filter(stage__in=[stage, earlier] if earlier else [stage]).exists():
        words = _("Berkas yang diperiksa ulang sudah diputus dan diumumkan.")
        points.append(_Point(("recheck",), words, reverse("review_queue_list"), _("Buka antrean verifikasi")))
    findings = reverse("finding_answer_list")
    return points + [
        _Point(("prepare",), _("Pengumuman disiapkan."), f"{desk}#siapkan", _("Siapkan di halaman ini"), leads=True),
        _Point(("approve",), _("Orang kedua mengesahkan pengumuman."), approval, _("Buka pengesahan"), leads=True),
        _Point(("hold",), _("Tim pengawas tidak menahan tahap ini."), findings, _("Lihat temuan pengawas")),
    ]


def history(stage) -> list[Event]:
    """Who did what for the result of `stage`, the newest first."""
    events = []
    for batch in stage.batches.select_related("uploaded_by", "decided_by"):
        events.append(Event(batch.uploaded_at, batch.uploaded_by, _("mengunggah %(one)s") % {"one": batch}))
        if batch.decided_at:
            words = _("mengesahkan %(one)s") if batch.state == batch.State.APPROVED else _("menolak %(one)s")
            events.append(Event(batch.decided_at, batch.decided_by, words % {"one": batch}))
    for made in stage.outcome_sets.select_related("made_by"):
        events.append(Event(made.made_at, made.made_by, _("menghitung hasil ke-%(n)s") % {"n": made.version}))
    for one in stage.rechecks.select_related("opened_by", "ended_by"):
        words = _("membuka pemeriksaan ulang karena temuan %(number)s: %(scope)s")
        events.append(Event(one.opened_at, one.opened_by, words % {"number": one.cause, "scope": one.scope}))
        if one.ended_at:
            applied = one.state == one.State.APPLIED
            words = (
                _("menerapkan pemeriksaan ulang, temuan %(number)s")
                if applied
                else _("membatalkan pemeriksaan ulang, temuan %(number)s")
            )
            events.append(Event(one.ended_at, one.ended_by, words % {"number": one.cause}))
    for one in stage.preparations.select_related("number", "prepared_by", "approved_by"):
        events.append(Event(one.prepared_at, one.prepared_by, _("menyiapkan pengumuman %(one)s") % {"one": one}))
        if one.approved_at:
            events.append(Event(one.approved_at, one.approved_by, _("mengesahkan pengumuman %(one)s") % {"one": one}))
    for one in Attestation.objects.filter(announcement__stage=stage).select_related("uploaded_by", "decided_by"):
        events.append(
            Event(one.uploaded_at, one.uploaded_by, _("mengunggah surat resmi %(one)s") % {"one": one.letter})
        )
        if one.decided_at:
            approved = one.state == one.State.APPROVED
            words = _("mengesahkan surat resmi %(one)s") if approved else _("menolak surat resmi %(one)s")
            events.append(Event(one.decided_at, one.decided_by, words % {"one": one.letter}))
    return sorted(events, key=lambda event: event.at, reverse=True)
