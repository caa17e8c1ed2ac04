"""The filters of the vacancy list: what may be asked for, and the condition each answer stands for."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from vacancies import education, search
from vacancies.models import Agency, Formation, Recruitment
from vacancies.registration import Registration, Status
from vacancies.salary import STEPS

NOBODY = [0]  # no row has this key; an empty list would make the whole query impossible to write down


class AnyOf(django_filters.MultipleChoiceFilter):
    """Several values of one filter widen it; values that are no choice are refused by the form."""

    def __init__(self, **kwargs):
        super().__init__(method="narrow", widget=forms.CheckboxSelectMultiple, **kwargs)


class Words(django_filters.CharFilter):
    """Words as people see them: signs that nobody sees are not searched for, nor shown to whoever is told of the search."""

    field_class = PlainField


class FormationFilter(django_filters.FilterSet):
    """Query parameters: q, jenis, status, jenjang, kebutuhan, disabilitas, unit, gaji, pengadaan."""

    q = Words(label=_("Kata kunci"), method="narrow", max_length=search.MAX_LENGTH)
    jenis = AnyOf(label=_("Jenis pengadaan"), choices=Recruitment.Kind)
    status = AnyOf(label=_("Pendaftaran"), choices=Status)
    jenjang = AnyOf(label=_("Pendidikan"), choices=list(education.LEVELS.items()))
    kebutuhan = AnyOf(label=_("Jenis kebutuhan"), choices=Formation.Need)
    disabilitas = AnyOf(label=_("Disabilitas"), choices=[("1", _("Terbuka bagi penyandang disabilitas"))])
    unit = django_filters.CharFilter(label=_("Unit kerja"), method="narrow", max_length=120)
    gaji = django_filters.ChoiceFilter(
        label=_("Penghasilan paling sedikit"), method="narrow", choices=[(str(least), words) for least, words in STEPS]
    )
    pengadaan = django_filters.CharFilter(label=_("Pengadaan"), method="narrow", max_length=80)

    class Meta:
        model = Formation
        fields: list[str] = []

    def __init__(self, data, queryset, registrations: dict[int, Registration]):
        super().__init__(data, queryset)
        self.registrations = registrations

    def narrow(self, queryset, name, value):
        return queryset.filter(self.condition(name, value))

    def condition(self, name: str, value) -> Q:
        """What a formation must be for `value` of the parameter `name`."""
        match name:
            case "q":
                asked = search.query(value)
                return Q() if asked is None else Q(search=asked)
            case "jenis":
                return self._recruitments(lambda one: one.recruitment.kind in value)
            case "status":
                return self._recruitments(lambda one: one.status in value)
            case "pengadaan":
                return self._recruitments(lambda one: one.recruitment.slug == value)
            case "jenjang":
                return Q(levels__overlap=value)
            case "kebutuhan":
                return Q(need__in=value)
            case "disabilitas":
                return Q(disability_friendly=True)
            case "unit":
                return Q(office=Agency.objects.filter(slug=value).values("pk")[:1])
            case "gaji":
                return Q(salary_max__gte=int(value))
        raise KeyError(name)

    def _recruitments(self, wanted) -> Q:
        return Q(recruitment__in=[pk for pk, one in self.registrations.items() if wanted(one)] or NOBODY)

    @property
    def active(self) -> dict[str, list[str]]:
        """Parameter → the values in use, those that mean something."""
        return {name: value if isinstance(value, list) else [value] for name, value in self._answers.items()}

    @property
    def conditions(self) -> dict[str, Q]:
        """Parameter → its condition, for each parameter in use."""
        found = {name: self.condition(name, value) for name, value in self._answers.items()}
        return {name: condition for name, condition in found.items() if condition}

    @property
    def _answers(self) -> dict:
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
