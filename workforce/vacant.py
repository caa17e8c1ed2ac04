"""Structural posts without a definitive holder, as everybody may know them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from workforce import acting
from workforce.field_policy import Reader
from workforce.models import STRUCTURAL, Appointment, Employee, Position
from workforce.showing import show, unit_path


@dataclass(frozen=True)
class Post:
    """A post that is vacant, since when if that is known, and who acts in it: (slug, name, Acting, too long)."""

    name: str
    unit: str
    level: str
    since: date | None
    acting: list[tuple] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        return any(late for _slug, _name, _acting, late in self.acting)


def posts(at: datetime) -> list[Post]:
    """Every vacant structural post, the longest vacant first.

    A post that somebody holds or acts in who is not shown (shielded, or in preview) is left out altogether: it would
    look vacant, and that would tell. Four queries.
    """
    today = timezone.localdate(at)
    seats = Position.objects.filter(level__in=STRUCTURAL, closed_on=None).select_related("unit__parent")
    every: dict[int, list[Appointment]] = {}
    held = Appointment.objects.valid().filter(position__in=seats.values("pk"), employee__erased_at=None)
    for one in held.select_related("employee__position__unit__parent").order_by("since", "pk"):
        every.setdefault(one.position_id, []).append(one)
    shown = set(Employee.objects.shown(at).values_list("pk", flat=True))
    return sorted(
        (
            _vacant(seat, every.get(seat.pk, []), shown, today)
            for seat in seats
            if _is_vacant(every.get(seat.pk, []), shown, today)
        ),
        key=lambda one: (one.since or date.max, one.unit, one.name),
    )


def _now(held: list[Appointment], today: date) -> list[Appointment]:
    return [
        one
        for one in held
        if one.since <= today and (one.until is None or one.until >= today) and one.employee.left_on is None
    ]


def _is_vacant(held: list[Appointment], shown: set[int], today: date) -> bool:
    now = _now(held, today)
    if any(one.employee_id not in shown for one in now):
        return False
    return not any(one.kind == Appointment.Kind.DEFINITIVE for one in now)


def _vacant(seat: Position, held: list[Appointment], shown: set[int], today: date) -> Post:
    ended = [one.until for one in held if one.kind == Appointment.Kind.DEFINITIVE and one.until]
    people = []
    for one in _now(held, today):
        chain = acting.of(one, held)
        name = show(one.employee, Reader.ANONYMOUS, keys=["name"])["name"].value
        people.append((one.employee.slug if one.employee.position_id else "", name, chain, chain.is_over(today)))
    return Post(seat.name, unit_path(seat.unit), seat.get_level_display(), max(ended, default=None), people)
