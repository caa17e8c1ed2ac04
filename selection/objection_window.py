"""From when to when somebody may object, and until when the office answers: calendar days in the recruitment's zone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib import working_days
from lib.indonesian_text import instant, weekday_date
from vacancies.models import Holiday, Stage

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The window that one published version opened. It is open while opens_at <= clock < closes_at."""

    public_at: datetime
    zone: ZoneInfo
    days: int
    answer_days: int
    working: bool
    first: date
    last: date
    answered_by: date

    @property
    def opens_at(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def closes_at(self) -> datetime:
        """The first instant at which it is too late."""
        return datetime.combine(self.last + ONE, time(), self.zone)

    @property
    def last_second(self) -> datetime:
        return datetime.combine(self.last, time(23, 59, 59), self.zone)

    @property
    def due_at(self) -> datetime:
        """The last second in which the office answers in time."""
        return datetime.combine(self.answered_by, time(23, 59, 59), self.zone)

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at

    def is_over(self, at: datetime) -> bool:
        return at >= self.closes_at

    def left(self, at: datetime) -> str:
        """The countdown in words: "tinggal 2 hari 3 jam"; empty when it does not run."""
        if not self.is_open(at):
            return ""
        minutes = int((self.closes_at - at).total_seconds() // 60)
        hours = minutes // 60
        if hours >= 24:
            return _("tinggal %(days)s hari %(hours)s jam") % {"days": hours // 24, "hours": hours % 24}
        if hours:
            return _("tinggal %(hours)s jam") % {"hours": hours}
        return _("tinggal kurang dari 1 jam")

    def computation(self) -> list[str]:
        """How the dates come about, step by step, for everybody to check."""
        counting = _("hari kerja") if self.working else _("hari kalender")
        return [
            _("Hasil terbit %(when)s.") % {"when": instant(self.public_at, self.zone)},
            _("Hari pertama adalah hari sesudahnya: %(day)s.") % {"day": weekday_date(self.first)},
            ngettext(
                "Masa sanggah %(n)s hari kalender: sampai %(when)s.",
                "Masa sanggah %(n)s hari kalender: sampai %(when)s.",
                self.days,
            )
            % {"n": self.days, "when": instant(self.last_second, self.zone)},
            _("Jawaban paling lambat %(n)s %(counting)s sesudah masa sanggah: %(when)s.")
            % {"n": self.answer_days, "counting": counting, "when": instant(self.due_at, self.zone)},
        ]


def rule(stage: Stage) -> str:
    """The rule in one sentence, without dates: what an announcement's files print."""
    return _(
        "Masa sanggah %(days)s hari kalender, mulai sehari sesudah hasil terbit. "
        "Jawaban paling lambat %(answer)s %(counting)s sesudah masa sanggah berakhir."
    ) % {"days": stage.objection_days, "answer": stage.answer_days, "counting": stage.get_answer_counts_display()}


def holidays() -> frozenset[date]:
    return frozenset(Holiday.objects.values_list("date", flat=True))


def of(stage: Stage, public_at: datetime, known: Collection[date] | None = None) -> Window:
    """The window of a result of `stage` that became public at `public_at`. `known` spares asking for the holidays."""
    zone = stage.recruitment.zone
    first = public_at.astimezone(zone).date() + ONE
    last = first + timedelta(days=stage.objection_days - 1)
    working = stage.answer_counts == Stage.Counting.WORKING
    if working:
        answered_by = working_days.add(last, stage.answer_days, holidays() if known is None else known)
    else:
        answered_by = last + timedelta(days=stage.answer_days)
    return Window(public_at, zone, stage.objection_days, stage.answer_days, working, first, last, answered_by)
