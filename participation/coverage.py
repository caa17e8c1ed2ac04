"""Where sessions took place, against where applicants come from; by district."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lib.small_cells import unsaid
from participation.models import Event
from vacancies.models import Recruitment


@dataclass(frozen=True)
class Row:
    """One district. `applicants` is None before they are counted, and where a small number stays unsaid."""

    name: str
    held: int
    coming: int
    attended: int | None
    applicants: int | None
    small: bool = False

    @property
    def gap(self) -> bool:
        """Applicants come from there, and no session was held or is planned there."""
        return bool(self.applicants or self.small) and not self.held and not self.coming


@dataclass(frozen=True)
class Coverage:
    recruitment: Recruitment
    rows: list[Row]
    counted_at: datetime | None

    @property
    def gaps(self) -> list[Row]:
        return [row for row in self.rows if row.gap]


def recruitments():
    """Those that have sessions or counted applicants, the newest first."""
    return (
        Recruitment.objects.published()
        .filter(Q(sessions__published_at__isnull=False) | Q(origins__isnull=False))
        .distinct()
        .order_by("-published_at", "-pk")
    )


def of(recruitment: Recruitment, *, at) -> Coverage:
    """The table of one recruitment. Two queries."""
    elsewhere = _("Luar daerah dan lainnya")
    names = settings.DISTRICTS | {"": elsewhere}
    known = {name.casefold(): name for name in names.values()}
    sessions: dict[str, list[Event]] = {name: [] for name in names.values()}
    for event in Event.objects.published().filter(recruitment=recruitment, cancelled_at=None):
        sessions[known.get(event.district.strip().casefold(), elsewhere)].append(event)
    origins = list(recruitment.origins.all())
    people = {names.get(one.code, elsewhere): one.people for one in origins}
    hidden = unsaid(people)
    rows = []
    for name, events in sessions.items():
        counted = [one.attended for one in events if one.attended is not None]
        rows.append(
            Row(
                name=name,
                held=sum(one.ends_at <= at for one in events),
                coming=sum(one.ends_at > at for one in events),
                attended=sum(counted) if counted else None,
                applicants=None if name in hidden or not origins else people.get(name, 0),
                small=name in hidden,
            )
        )
    return Coverage(recruitment, rows, origins[0].counted_at if origins else None)
