"""What may be asked of the decided objections."""

import django_filters
from django import forms
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from selection.models import Objection, ObjectionItem

MAX_LENGTH = 100


class DecisionFilter(django_filters.FilterSet):
    """Query parameters: q (words of the summary), hasil, dasar, pengadaan."""

    q = django_filters.CharFilter(label=_("Kata kunci"), method="search", max_length=MAX_LENGTH)
    hasil = django_filters.ChoiceFilter(
        label=_("Putusan"),
        field_name="state",
        choices=[("granted", _("Dikabulkan")), ("refused", _("Ditolak"))],
        empty_label=_("Semua"),
    )
    dasar = django_filters.ChoiceFilter(
        label=_("Yang disanggah"), method="ground", choices=ObjectionItem.Ground, empty_label=_("Semua")
    )
    pengadaan = django_filters.CharFilter(
        field_name="stage__recruitment__slug", max_length=80, widget=forms.HiddenInput
    )

    class Meta:
        model = Objection
        fields: list[str] = []

    def search(self, queryset, _name, value):
        """Every word, in any of its forms; the index is on the same expression."""
        words = SearchQuery(value.replace("\0", " "), config="indonesian", search_type="plain")
        return queryset.annotate(vector=SearchVector("summary", config="indonesian")).filter(vector=words)

    def ground(self, queryset, _name, value):
        return queryset.filter(Exists(ObjectionItem.objects.filter(objection=OuterRef("pk"), ground=value)))
