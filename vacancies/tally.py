"""How many vacancies each choice of each filter holds, in one pass over one table."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When

from vacancies.models import Agency, FacetCell, FacetCount
from vacancies.registration import Registration
from vacancies.salary import STEPS

# Facet → the column its values stand in; kind and status are properties of the recruitment.
COLUMNS = ("recruitment_id", "need", "office_id", "levels", "disability_friendly", "salary_step")
COUNTED = ("jenis", "status", "jenjang", "kebutuhan", "disabilitas", "unit", "gaji")
KEPT = {"need": "kebutuhan", "level": "jenjang", "disability": "disabilitas", "office": "unit", "salary": "gaji"}


@dataclass
class Tally:
    """`choices`: facet → value → vacancies that all the other filters let through. `total`: what all let through.

    `by_recruitment`: recruitment id → its part of the total. `without`: a filter in use → what the others let through.
    `offices`: slug → name of the offices counted.
    """

    total: int = 0
    choices: dict[str, Counter] = field(default_factory=lambda: {name: Counter() for name in COUNTED})
    by_recruitment: Counter = field(default_factory=Counter)
    without: dict[str, int] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)


def kept(registrations: dict[int, Registration]) -> Tally | None:
    """The tally of the unfiltered list as import and publication left it; None when it does not fit what is public."""
    tally = Tally()
    for facet, value, label, n in FacetCount.objects.exclude(facet="position").values_list(
        "facet", "value", "label", "count"
    ):
        if facet == "recruitment":
            tally.by_recruitment[int(value)] = n
        else:
            tally.choices[KEPT[facet]][value] = n
            if facet == "office":
                tally.offices[value] = label
    if tally.by_recruitment.keys() != registrations.keys():
        return None
    for pk, n in tally.by_recruitment.items():
        _add_recruitment(tally, registrations[pk], n, n)
    tally.total = tally.by_recruitment.total()
    return tally


def countable(everything: QuerySet, conditions: dict[str, Q], registrations: dict[int, Registration]) -> QuerySet:
    """What to count for `conditions`: cells of formations that are alike, or for words each formation. One query."""
    if "q" in conditions:
        return everything
    fitting = FacetCount.objects.filter(facet="recruitment").values_list("value", flat=True)
    if {int(value) for value in fitting} != registrations.keys():
        return everything
    return FacetCell.objects.all()


def count(everything: QuerySet, conditions: dict[str, Q], registrations: dict[int, Registration]) -> Tally:
    """The tally of `everything` (formations, or cells of them) under `conditions` (parameter → condition). Two queries.

    Words and recruitment only narrow; each other condition is kept aside while the choices of its own
    facet are counted, so that a person sees what a second choice would add.
    """
    tally = Tally()
    if not registrations:
        return tally
    aside = {name: condition for name, condition in conditions.items() if name in COUNTED}
    always = [condition for name, condition in conditions.items() if name not in COUNTED]
    names = list(aside)
    for row in _grouped(everything.filter(*always), aside, sets=True):
        *values, mask, n = row[: len(COLUMNS) + 2]
        but = dict(zip(names, row[len(COLUMNS) + 2 :], strict=True))
        _add(tally, dict(zip(COLUMNS, values, strict=True)), mask, n, but, registrations)
    _name_offices(tally)
    return tally


def without_each(everything: QuerySet, conditions: dict[str, Q]) -> dict[str, int]:
    """Parameter in use → vacancies there would be without it. One query."""
    (row,) = _grouped(everything, conditions, sets=False)
    return dict(zip(conditions, row[1:], strict=True))


def _grouped(queryset: QuerySet, aside: dict[str, Q], *, sets: bool) -> list[tuple]:
    """Rows of counts: all conditions together, then all but each one; grouped by each column alone where `sets`."""
    flags = {f"ok_{name}": ExpressionWrapper(condition, BooleanField()) for name, condition in aside.items()}
    steps = [When(salary_max__gte=least, then=Value(step)) for step, (least, _) in reversed(list(enumerate(STEPS, 1)))]
    many = F("count") if queryset.model is FacetCell else Value(1)
    inner = (
        queryset.order_by()
        .annotate(salary_step=Case(*steps, default=Value(0), output_field=IntegerField()), n=many, **flags)
        .values(*COLUMNS, "n", *flags)
    )
    sql, parameters = inner.query.sql_with_params()
    counts = [_filtered_count(flags), *(_filtered_count([one for one in flags if one != flag]) for flag in flags)]
    grouping = ", ".join(COLUMNS)
    if sets:
        head = f"{grouping}, GROUPING({grouping}), "
        tail = f" GROUP BY GROUPING SETS ({', '.join(f'({column})' for column in COLUMNS)}, ())"
    else:
        head = tail = ""
    with connection.cursor() as cursor:
        # Only names of ours are put into the text; what people ask for travels as parameters.
        cursor.execute(f"SELECT {head}{', '.join(counts)} FROM ({sql}) AS f{tail}", parameters)  # noqa: S608
        return cursor.fetchall()


def _filtered_count(flags) -> str:
    return f"coalesce(sum(n) FILTER (WHERE {' AND '.join(flags) or 'true'}), 0)::integer"


def _add(tally: Tally, row: dict, mask: int, n: int, but: dict[str, int], registrations) -> None:
    """One group: `mask` has a 0 bit for the one column it is grouped by, COLUMNS[0] being the highest."""
    column = next((name for place, name in enumerate(reversed(COLUMNS)) if not mask >> place & 1), None)
    match column:
        case None:
            tally.total, tally.without = n, but
        case "recruitment_id":
            tally.by_recruitment[row[column]] = n
            registration = registrations[row[column]]
            _add_recruitment(tally, registration, but.get("jenis", n), but.get("status", n))
        case "need":
            tally.choices["kebutuhan"][row[column]] += but.get("kebutuhan", n)
        case "office_id":
            tally.choices["unit"][row[column]] += but.get("unit", n)
        case "levels":
            for level in set(row[column]):
                tally.choices["jenjang"][level] += but.get("jenjang", n)
        case "disability_friendly":
            tally.choices["disabilitas"]["1"] += but.get("disabilitas", n) if row[column] else 0
        case "salary_step":
            for least, _ in STEPS[: row[column]]:
                tally.choices["gaji"][str(least)] += but.get("gaji", n)


def _add_recruitment(tally: Tally, registration: Registration, of_kind: int, of_status: int) -> None:
    tally.choices["jenis"][registration.recruitment.kind] += of_kind
    tally.choices["status"][registration.status.value] += of_status


def _name_offices(tally: Tally) -> None:
    """Ids of offices become slugs, and their names are remembered. One query."""
    counted = {pk: n for pk, n in tally.choices["unit"].items() if pk and n}
    tally.choices["unit"] = Counter()
    for pk, slug, name in Agency.objects.filter(pk__in=counted).values_list("pk", "slug", "name"):
        tally.choices["unit"][slug] = counted[pk]
        tally.offices[slug] = name
