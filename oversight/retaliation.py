"""What happened to somebody after a report, as the directory and the panels tell it. Asked under the team's database role.

Nothing here is a verdict: each change says what is known of it, and how many others the same decree names, so that a
member can tell a round of transfers from one that met a single person.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oversight.models import RetaliationWatch
from workforce.models import Appointment, Level, PanelMember
from workforce.models.employee import Predicate

RANK = {level: place for place, level in enumerate(reversed(Level))}  # the higher the number, the higher the post
PREDICATE = {one: place for place, one in enumerate(reversed(Predicate))}
GRADE = re.compile(r"^(I|II|III|IV)/([a-e])$")
BETWEEN_POSTS = timedelta(days=60)  # from the end of a post to the next; longer counts as having lost it

DEMOTED, MOVED, LOST, ACTING, PANEL, PREDICATE_LOWER, GRADE_LOWER, LEFT = (
    gettext_lazy("Jabatan lebih rendah"), gettext_lazy("Pindah unit"), gettext_lazy("Kehilangan jabatan"),
    gettext_lazy("Penugasan Plt. atau Plh. dihentikan"), gettext_lazy("Keluar dari panitia seleksi"),
    gettext_lazy("Predikat kinerja turun"), gettext_lazy("Golongan turun"), gettext_lazy("Berhenti"),
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One adverse change. `on` is None where only the present is known; `others` counts people of the same decree."""

    key: str
    kind: str
    words: str
    on: date | None = None
    decree: str = ""
    others: int = 0
    days: int | None = None
    notes: list = field(default_factory=list)

    @property
    def newest(self):
        return self.notes[-1] if self.notes else None


def watched(today: date) -> list[tuple[RetaliationWatch, list[Change]]]:
    """Every running watch with the changes since the report, the newest first. The same queries for one and for many."""
    watches = list(
        RetaliationWatch.objects.filter(ends_on__gte=today)
        .select_related("employee__position__unit", "by")
        .defer("employee__nip")
        .prefetch_related("notes__by")
    )
    people = {one.employee_id: one.employee.user_id for one in watches}
    posts = Appointment.objects.valid().filter(employee__in=people).select_related("position__unit")
    by_person: dict[int, list] = {}
    for one in posts.order_by("since", "pk"):
        by_person.setdefault(one.employee_id, []).append(one)
    decrees = {one.decree for mine in by_person.values() for one in mine if one.decree}
    named = Appointment.objects.valid().filter(decree__in=decrees).values_list("decree")
    company = dict(named.annotate(people=Count("employee", distinct=True)))
    seats: dict[int, list] = {}
    for seat in PanelMember.objects.filter(user__in=people.values(), left_at__isnull=False).select_related(
        "panel__recruitment"
    ):
        seats.setdefault(seat.user_id, []).append(seat)
    return [
        (one, _changes(one, by_person.get(one.employee_id, []), seats.get(one.employee.user_id, []), company, today))
        for one in watches
    ]


def _changes(watch, posts, seats, company, today) -> list[Change]:
    since, person = watch.reported_on, watch.employee
    found = [*_posts(watch, posts, today), *_seats(watch, seats), *_present(watch)]
    if person.left_on and person.left_on >= since:
        found.append(Change("left", LEFT, _("Tidak lagi bertugas."), person.left_on))
    notes: dict[str, list] = {}
    for note in watch.notes.all():
        notes.setdefault(note.change, []).append(note)
    told = [
        Change(
            one.key, str(one.kind), one.words, one.on, one.decree, max(company.get(one.decree, 1) - 1, 0),
            (one.on - since).days if one.on else None, notes.get(one.key, []),
        )
        for one in found
    ]  # fmt: skip
    return sorted(told, key=lambda one: one.on or today, reverse=True)


def _posts(watch, posts, today):
    """Posts that were given or ended since the report, where they are worse than before."""
    before = None
    definitive = [one for one in posts if one.kind == Appointment.Kind.DEFINITIVE]
    for one in definitive:
        if before and one.since >= watch.reported_on:
            fell = RANK[one.position.level] - RANK[before.position.level]
            words = f"{before.position}, {before.position.unit} → {one.position}, {one.position.unit}"
            if fell < 0:
                yield Change(f"post:{one.pk}", DEMOTED, words, one.since, one.decree)
            elif fell == 0 and one.position.unit_id != before.position.unit_id:
                yield Change(f"post:{one.pk}", MOVED, words, one.since, one.decree)
        before = one
    for one in posts:
        if one.until is None or not watch.reported_on <= one.until <= today:
            continue
        words = f"{one.position}, {one.position.unit}"
        if one.kind != Appointment.Kind.DEFINITIVE:
            if one.end_decree:
                yield Change(f"end:{one.pk}", ACTING, words, one.until, one.end_decree)
        elif watch.employee.left_on is None and not any(
            one.since < next_.since <= one.until + BETWEEN_POSTS for next_ in definitive
        ):
            yield Change(f"end:{one.pk}", LOST, words, one.until, one.end_decree)


def _seats(watch, seats):
    """Panels that somebody else took the person out of."""
    for seat in seats:
        left_on = timezone.localdate(seat.left_at)
        if left_on >= watch.reported_on and seat.left_by_id != watch.employee.user_id:
            yield Change(f"seat:{seat.pk}", PANEL, f"{seat.panel.recruitment}: {seat.left_reason}", left_on)


def _present(watch):
    """Predicate and grade as they are, against those of the day of asking."""
    now, then = watch.employee.skp, watch.skp_then
    if now and then and PREDICATE[now] < PREDICATE[then]:
        words = f"{Predicate(then).label} → {Predicate(now).label}"
        yield Change(f"skp:{then}:{now}", PREDICATE_LOWER, words)
    if _grade(watch.employee.grade) < _grade(watch.grade_then or "") and _grade(watch.employee.grade) > (0, ""):
        words = f"{watch.grade_then} → {watch.employee.grade}"
        yield Change(f"grade:{watch.employee.grade}", GRADE_LOWER, words)


def _grade(text: str) -> tuple[int, str]:
    """III/c as something to compare; (0, "") for what is no grade of a PNS."""
    found = GRADE.match(text)
    return (("I", "II", "III", "IV").index(found[1]) + 1, found[2]) if found else (0, "")
