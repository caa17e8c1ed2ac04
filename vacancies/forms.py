from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Recruitment


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
