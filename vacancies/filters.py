"""The filters of the vacancy list, and how many vacancies each choice holds."""

from collections import Counter

import django_filters
from django import forms
from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from vacancies import education, search
from vacancies.models import Agency, FacetCount, Formation, Recruitment
from vacancies.registration import Status

SALARIES = [(3_000_000, "Rp3 juta"), (5_000_000, "Rp5 juta"), (7_000_000, "Rp7 juta"), (10_000_000, "Rp10 juta")]


class AnyOf(django_filters.MultipleChoiceFilter):
    """Several values of one filter widen it; values that are no choice are refused by the form."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.CheckboxSelectMultiple, **kwargs)


class FormationFilter(django_filters.FilterSet):
    """Query parameters: q, jenis, kebutuhan, jenjang, unit, disabilitas, status, gaji, pengadaan."""

    q = django_filters.CharFilter(
        label=_("Kata kunci"),
        method="by_words",
        max_length=search.MAX_LENGTH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    jenis = AnyOf(label=_("Jenis"), field_name="recruitment__kind", choices=Recruitment.Kind)
    status = AnyOf(label=_("Pendaftaran"), method="by_status", choices=Status)
    jenjang = AnyOf(label=_("Pendidikan"), method="by_level", choices=list(education.LEVELS.items()))
    kebutuhan = AnyOf(label=_("Jenis kebutuhan"), field_name="need", choices=Formation.Need)
    disabilitas = django_filters.ChoiceFilter(
        label=_("Penyandang disabilitas"), method="by_friendly", choices=[("1", _("Terbuka bagi penyandang disabilitas"))],
        empty_label=_("Semua"),
    )  # fmt: skip
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit kerja"), field_name="office", to_field_name="slug", empty_label=_("Semua unit"),
        queryset=lambda request: Agency.objects.filter(office_formations__isnull=False).distinct(),
    )  # fmt: skip
    gaji = django_filters.ChoiceFilter(
        label=_("Gaji paling rendah"), method="by_salary", choices=[(str(n), words) for n, words in SALARIES],
        empty_label=_("Semua"),
    )  # fmt: skip
    pengadaan = django_filters.CharFilter(field_name="recruitment__slug", widget=forms.HiddenInput)

    class Meta:
        model = Formation
        fields: list[str] = []

    def __init__(self, *args, registrations, **kwargs):
        super().__init__(*args, **kwargs)
        self.registrations = registrations

    def by_words(self, queryset, name, value):
        asked = search.query(value)
        return queryset.filter(search=asked) if asked is not None else queryset

    def by_status(self, queryset, name, values):
        keys = [pk for pk, one in self.registrations.items() if one.status in values]
        return queryset.filter(recruitment__in=keys)

    def by_level(self, queryset, name, values):
        return queryset.filter(levels__overlap=values)

    def by_friendly(self, queryset, name, value):
        return queryset.filter(disability_friendly=True)

    def by_salary(self, queryset, name, value):
        return queryset.filter(salary_max__gte=int(value))

    @property
    def active(self) -> dict[str, list[str]]:
        """Parameter → values in use."""
        cleaned = self.form.cleaned_data if self.form.is_valid() else {}
        found = {}
        for name, value in cleaned.items():
            if value in (None, "", [], ()):
                continue
            values = value if isinstance(value, list) else [value]
            found[name] = [getattr(one, "slug", None) or str(one) for one in values]
        return found


def counts(queryset, filtered: bool, registrations) -> dict[str, Counter]:
    """Facet → value → vacancies in `queryset`; from the kept table where nothing is filtered."""
    found: dict[str, Counter] = {
        name: Counter() for name in ("jenis", "status", "jenjang", "kebutuhan", "unit", "disabilitas")
    }
    if filtered:
        grouped = (
            queryset.order_by()
            .values("recruitment_id", "need", "levels", "disability_friendly", office_slug=F("office__slug"))
            .annotate(n=Count("pk"))
        )
        for row in grouped:
            _count(found, row["recruitment_id"], row["n"], registrations)
            found["kebutuhan"][row["need"]] += row["n"]
            found["unit"][row["office_slug"]] += row["n"]
            found["disabilitas"]["1"] += row["n"] if row["disability_friendly"] else 0
            for level in row["levels"]:
                found["jenjang"][level] += row["n"]
        return found
    names = {"need": "kebutuhan", "level": "jenjang", "office": "unit", "disability": "disabilitas"}
    for row in FacetCount.objects.exclude(facet="position"):
        if row.facet == "recruitment":
            _count(found, int(row.value), row.count, registrations)
        else:
            found[names[row.facet]][row.value] = row.count
    return found


def _count(found, recruitment_id: int, n: int, registrations) -> None:
    if registration := registrations.get(recruitment_id):
        found["jenis"][registration.recruitment.kind] += n
        found["status"][str(registration.status.value)] += n


def without_one(filters: FormationFilter, queryset) -> list[tuple[str, str, int]]:
    """For an empty result: (parameter, its label, vacancies there would be without it), best first."""
    tried = []
    for name in filters.active:
        data = filters.data.copy()
        data.pop(name, None)
        other = FormationFilter(data, queryset=queryset, registrations=filters.registrations)
        tried.append((name, str(filters.filters[name].label or _("Pengadaan")), other.qs.count()))
    return sorted((one for one in tried if one[2]), key=lambda one: -one[2])
