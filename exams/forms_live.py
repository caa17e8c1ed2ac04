"""Forms of live scores: a session as it is planned, a file with what the screens showed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Stage


class SessionForm(forms.Form):
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Tahap"))
    name = forms.CharField(label=_("Nama sesi"), max_length=80, help_text=_("Misalnya Sesi 3, pagi."))
    place = forms.CharField(label=_("Tempat"), max_length=120)
    rooms = forms.CharField(
        label=_("Ruang"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Satu ruang per baris."),
    )
    held_on = forms.DateField(label=_("Tanggal"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        found = Stage.objects.filter(recruitment__published_at__isnull=False).exclude(rule="")
        self.fields["stage"].queryset = found.select_related("recruitment").order_by("-pk")
        self.fields["stage"].label_from_instance = lambda one: f"{one.name_internal}, {one.recruitment.name}"

    def clean_rooms(self) -> list[str]:
        found = list(dict.fromkeys(line.strip() for line in self.cleaned_data["rooms"].splitlines() if line.strip()))
        if not 1 <= len(found) <= 60 or any(len(one) > 40 for one in found):
            raise forms.ValidationError(_("Tulis 1 sampai 60 ruang, paling panjang 40 huruf."))
        return found


class FeedFileForm(forms.Form):
    file = forms.FileField(label=_("Berkas CSV, XLSX, atau JSON"))
