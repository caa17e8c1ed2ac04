"""One query over the published vacancies: what page, CSV, JSON and Atom are made from."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from vacancies import tally
from vacancies.filters import FormationFilter
from vacancies.models import Formation, Qualification
from vacancies.registration import Registration, Status, registrations

ORDER = {Status.OPEN: 0, Status.UPCOMING: 1, Status.CLOSED: 2}
SLICE = 2_000


class Listing:
    """The vacancies that the parameters `data` ask for at `at`: open ones first, by nearest closing; closed ones last."""

    def __init__(self, data, at: datetime):
        self.at = at
        self.registrations = registrations(at)
        self.everything = Formation.objects.filter(recruitment__in=list(self.registrations), withdrawn_at=None)
        self.filters = FormationFilter(data, self.everything, self.registrations)
        self.active = self.filters.active
        self.conditions = self.filters.conditions
        self.found: QuerySet = self.everything.filter(*self.conditions.values())

    @property
    def ignored(self) -> list[str]:
        """The names of the parameters whose values mean nothing here."""
        return [str(self.filters.filters[name].label) for name in self.filters.form.errors]

    @cached_property
    def tally(self) -> tally.Tally:
        """Counts of this query; those of the unfiltered list are kept as rows."""
        known = None if self.conditions else tally.kept(self.registrations)
        return known or tally.count(self.counted, self.conditions, self.registrations)

    @cached_property
    def counted(self) -> QuerySet:
        """What stands for the vacancies when they are counted."""
        return tally.countable(self.everything, self.conditions, self.registrations)

    @property
    def recruitments(self) -> list[Registration]:
        """The recruitments in the order of the list: nearest closing first, the longest closed last."""
        return sorted(self.registrations.values(), key=_nearest)

    def rows(self) -> "Rows":
        return Rows(self)

    def each(self) -> Iterator[Formation]:
        """Every vacancy of the result in order, read in slices that memory does not notice."""
        for registration in self.recruitments:
            rows = self._of(registration)
            last = None
            while last is not False:
                after = Q(position__gt=last.position) | Q(position=last.position, pk__gt=last.pk) if last else Q()
                part = self.dress(rows.filter(after)[:SLICE])
                yield from part
                last = part[-1] if len(part) == SLICE else False

    def newest(self, most: int) -> list[Formation]:
        return self.dress(_whole(self.found).order_by("-created_at", "-pk")[:most])

    def between(self, start: int, stop: int) -> list[Formation]:
        """Rows `start` to `stop` of the result. The counts say in which recruitments they lie, so that one
        recruitment is read along its index and never sorted. Two queries.
        """
        touched: list[Registration] = []
        skipped = seen = 0
        for registration in self.recruitments:
            n = self.tally.by_recruitment.get(registration.recruitment.pk, 0)
            if n and seen + n > start and seen < stop:
                touched.append(registration)
            elif not touched:
                skipped += n
            seen += n
        if len(touched) == 1:
            rows = self._of(touched[0])
        else:
            places = [When(recruitment=one.recruitment.pk, then=Value(place)) for place, one in enumerate(touched)]
            rows = _whole(self.found).filter(recruitment__in=[one.recruitment.pk for one in touched])
            rows = rows.order_by(Case(*places, default=Value(0), output_field=IntegerField()), "position", "pk")
        return self.dress(rows[start - skipped : stop - skipped]) if touched else []

    def _of(self, registration: Registration) -> QuerySet:
        rows = _whole(self.found).filter(recruitment=registration.recruitment)
        if "q" in self.conditions:
            # Along the index of positions the first match may stand behind tens of thousands of others. Sorted by
            # what no index holds, the matches are found first.
            return rows.order_by(Concat("position", Value("")), "pk")
        return rows.order_by("position", "pk")

    def dress(self, formations) -> list[Formation]:
        """Each formation with the registration it belongs to."""
        formations = list(formations)
        for one in formations:
            one.registration = self.registrations[one.recruitment_id]
        return formations


class Rows:
    """The result as a sequence for a paginator, which asks for its length and for one slice."""

    ordered = True

    def __init__(self, listing: Listing):
        self.listing = listing

    def __len__(self) -> int:
        return self.listing.tally.total

    def __getitem__(self, part: slice) -> list[Formation]:
        return self.listing.between(part.start or 0, len(self) if part.stop is None else part.stop)


def page(listing: Listing, number, *, size: int) -> Page:
    """The page called `number`, or the nearest one there is."""
    return Paginator(listing.rows(), size).get_page(number)


def _whole(queryset: QuerySet) -> QuerySet:
    """With what every form of the result shows of a vacancy."""
    return queryset.defer("search", "duties").prefetch_related(
        Prefetch("qualifications", Qualification.objects.order_by("level", "program"))
    )


def _nearest(registration: Registration) -> tuple:
    if registration.stage is None:
        return (ORDER[registration.status], float("inf"), registration.recruitment.pk)
    closes = registration.stage.closes_at.timestamp()
    late = registration.status is Status.CLOSED
    return (ORDER[registration.status], -closes if late else closes, registration.recruitment.pk)
