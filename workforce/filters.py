"""The filters of the directory."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Agency
from workforce.field_policy import Reader
from workforce.models import Employee, Level
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
