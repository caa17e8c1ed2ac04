"""The form of a placement: the inputs, never the box."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workforce.models import Employee
from workforce.talent_boxes import Step


class PlacementForm(forms.Form):
    employee = forms.ModelChoiceField(
        label=_("Kode profil pegawai"), queryset=Employee.objects.serving(), to_field_name="slug",
        widget=forms.TextInput, error_messages={"invalid_choice": _("Tidak ada pegawai dengan kode ini.")},
    )  # fmt: skip
    competence = forms.TypedChoiceField(label=_("Hasil asesmen kompetensi"), choices=Step, coerce=int)
    record = forms.TypedChoiceField(label=_("Rekam jejak"), choices=Step, coerce=int)
    learning = forms.TypedChoiceField(label=_("Kemauan dan kemampuan belajar"), choices=Step, coerce=int)
    ground = forms.CharField(
        label=_("Dasar"), max_length=500, help_text=_("Laporan asesmen, sertifikat, atau keputusan yang menunjukkannya."),
        error_messages={"required": _("Tulis dasarnya.")},
    )  # fmt: skip
