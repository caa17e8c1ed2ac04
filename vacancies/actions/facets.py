"""The counts beside the filters of the unfiltered list, kept as rows."""

from collections import Counter

from django.db import connection
from django.db.models import BigIntegerField, Case, Count, Value, When

from vacancies import education
from vacancies.models import Agency, FacetCell, FacetCount, Formation, Recruitment
from vacancies.salary import STEPS


def refresh() -> None:
    """FacetCount and FacetCell say what the published formations hold. Called inside the transaction that changes them.

    Readers see the old counts until it commits; an advisory lock keeps two refreshes apart.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('vacancies.facets'))")
    listed = Formation.objects.listed().order_by()
    names = dict(Recruitment.objects.published().values_list("pk", "slug"))
    counted: list[FacetCount] = []

    def add(facet: str, value: str, label: str, count: int) -> None:
        counted.append(FacetCount(facet=facet, value=value[:120], label=str(label)[:250], count=count))

    by_recruitment = dict(listed.values_list("recruitment").annotate(Count("pk")))
    for pk, name in names.items():
        add("recruitment", str(pk), name, by_recruitment.get(pk, 0))  # none left is also a fact that the list relies on
    for need, count in listed.values_list("need").annotate(Count("pk")):
        add("need", need, Formation.Need(need).label, count)
    if friendly := listed.filter(disability_friendly=True).count():
        add("disability", "1", "", friendly)
    for least, label in STEPS:
        if count := listed.filter(salary_max__gte=least).count():
            add("salary", str(least), label, count)
    offices = {pk: (slug, name) for pk, slug, name in Agency.objects.values_list("pk", "slug", "name")}
    for office, count in listed.exclude(office=None).values_list("office").annotate(Count("pk")):
        slug, name = offices[office]
        add("office", slug, name, count)
    levels: Counter = Counter()
    for codes, count in listed.values_list("levels").annotate(Count("pk")):
        for code in set(codes):
            levels[code] += count
    for code, count in levels.items():
        add("level", code, education.level_name(code), count)
    positions: Counter = Counter()
    for position, count in listed.values_list("position").annotate(Count("pk")):
        positions[position[:120]] += count
    for position, count in positions.items():
        add("position", position, position, count)
    _refresh_cells(listed)
    FacetCount.objects.all().delete()
    FacetCount.objects.bulk_create(counted, batch_size=2000)


def _refresh_cells(listed) -> None:
    steps = [When(salary_max__gte=least, then=Value(least)) for least, _ in reversed(STEPS)]
    alike = (
        listed.annotate(step=Case(*steps, output_field=BigIntegerField()))
        .values("recruitment_id", "need", "office_id", "levels", "disability_friendly", "step")
        .annotate(n=Count("pk"))
    )
    FacetCell.objects.all().delete()
    cells = (FacetCell(salary_max=row.pop("step"), count=row.pop("n"), **row) for row in alike)
    FacetCell.objects.bulk_create(cells, batch_size=2000)
