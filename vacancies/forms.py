from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Recruitment


def moment() -> forms.DateTimeInput:
    """The browser's own picker for date and time, to the minute."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class FormationFileForm(forms.Form):
    """A formation file, and the recruitment it belongs to."""

    recruitment = forms.ModelChoiceField(
        label=_("Pengadaan"), queryset=Recruitment.objects.all(), empty_label=_("Pilih pengadaan")
    )
    file = forms.FileField(
        label=_("Berkas formasi"),
        help_text=_(
            "CSV (UTF-8) atau XLSX dengan judul kolom SSCASN. Satu baris untuk setiap formasi dan pendidikannya."
        ),
    )


class ReasonForm(forms.Form):
    """Why published vacancies change; the public reads it."""

    reason = forms.CharField(
        label=_("Alasan perubahan, dibaca publik"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ScheduleForm(forms.Form):
    """The dates of a stage, on the clocks of its recruitment; an empty announcement stays as it is."""

    opens_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    closes_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    announce_at = forms.DateTimeField(label=_("Pengumuman hasil"), required=False, widget=moment())
    reason = forms.CharField(
        label=_("Alasan perubahan, dibaca publik"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, needs_reason: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def clean(self):
        cleaned = super().clean()
        cleaned.setdefault("reason", "")
        return cleaned
