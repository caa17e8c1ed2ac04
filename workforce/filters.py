"""The filters of the directory and of the catalogue of trainings."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Agency
from workforce.field_policy import Reader
from workforce.models import Employee, Level, Training
from workforce.queries import words_in
from workforce.showing import searchable


def offices() -> dict[str, tuple[str, set[int]]]:
    """The government's own units: slug → (name, the unit and all below it). One query."""
    units = list(Agency.objects.order_by("name").values_list("pk", "parent_id", "slug", "name"))
    below: dict[int | None, list[int]] = {}
    for pk, parent, _slug, _name in units:
        below.setdefault(parent, []).append(pk)
    roots = set(below.get(None, []))
    found = {}
    for pk, parent, slug, name in units:
        if parent in roots:
            inside, waiting = set(), [pk]
            while waiting:
                step = waiting.pop()
                if step not in inside:
                    inside.add(step)
                    waiting += below.get(step, [])
            found[slug] = (name, inside)
    return found


class DirectoryFilter(django_filters.FilterSet):
    """Query parameters: q, unit, jenjang."""

    q = django_filters.CharFilter(label=_("Nama, jabatan, atau unit"), method="look", max_length=80)
    unit = django_filters.ChoiceFilter(label=_("Perangkat daerah"), method="inside", empty_label=_("Semua"))
    jenjang = django_filters.ChoiceFilter(
        label=_("Jenjang jabatan"), field_name="position__level", choices=Level.choices, empty_label=_("Semua")
    )

    class Meta:
        model = Employee
        fields: list[str] = []

    def __init__(self, data, queryset):
        super().__init__(data, queryset)
        self.offices = offices()
        field = self.form.fields["unit"]
        field.choices = [(slug, name) for slug, (name, _inside) in self.offices.items()]
        for name in ("q", "unit", "jenjang"):
            widget = self.form.fields[name].widget
            widget.attrs["class"] = "form-control" if isinstance(widget, forms.TextInput) else "form-select"

    def look(self, queryset, name, value):
        return queryset.filter(words_in(searchable(Reader.ANONYMOUS), value))

    def inside(self, queryset, name, value):
        return queryset.filter(position__unit__in=self.offices[value][1])


class TrainingFilter(django_filters.FilterSet):
    """Query parameters: q, bidang, untuk, buka."""

    q = django_filters.CharFilter(label=_("Kata dalam judul atau isi"), method="look", max_length=80)
    bidang = django_filters.ChoiceFilter(
        label=_("Bidang"), field_name="topic", choices=Training.Topic.choices, empty_label=_("Semua")
    )
    untuk = django_filters.ChoiceFilter(
        label=_("Untuk"), field_name="audience", choices=Training.Audience.choices, empty_label=_("Semua")
    )
    buka = django_filters.ChoiceFilter(
        label=_("Pendaftaran"), method="takes", choices=[("ya", _("Sedang dibuka"))], empty_label=_("Semua")
    )

    class Meta:
        model = Training
        fields: list[str] = []

    def __init__(self, data, queryset, *, now):
        super().__init__(data, queryset)
        self.now = now
        for name in self.filters:
            widget = self.form.fields[name].widget
            widget.attrs["class"] = "form-control" if isinstance(widget, forms.TextInput) else "form-select"

    def look(self, queryset, name, value):
        return queryset.filter(words_in(["title", "about"], value))

    def takes(self, queryset, name, value):
        return queryset.filter(closes_at__gt=self.now, closed_fact=None, cancelled_at=None)
