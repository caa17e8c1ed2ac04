"""Forms of the survey from all sides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workforce.actions.feedback import CODES, LONGEST, SHORTEST
from workforce.models import Employee, Value

QUESTIONS = {
    Value.SERVICE: _("Melayani dengan ramah, cepat, dan jelas"),
    Value.ACCOUNTABLE: _("Jujur dan bertanggung jawab"),
    Value.COMPETENT: _("Menguasai pekerjaannya dan mau belajar"),
    Value.HARMONIOUS: _("Menghargai orang lain"),
    Value.LOYAL: _("Menjaga kepercayaan dan rahasia jabatan"),
    Value.ADAPTIVE: _("Mau mencoba cara yang lebih baik"),
    Value.COLLABORATIVE: _("Mau bekerja sama"),
}
STEPS = [(1, _("1 tidak pernah")), (2, _("2 jarang")), (3, _("3 kadang")), (4, _("4 sering")), (5, _("5 selalu"))]


class FeedbackForm(forms.Form):
    """Seven marks and no words: a way of writing says who wrote."""

    def __init__(self, *args, kept, **kwargs):
        super().__init__(*args, **kwargs)
        for place, value in enumerate(Value):
            self.fields[value.value] = forms.TypedChoiceField(
                label=QUESTIONS[value], choices=STEPS, coerce=int, widget=forms.RadioSelect,
                initial=kept[place] if kept else None, error_messages={"required": _("Pilih satu.")},
            )  # fmt: skip

    @property
    def marks(self) -> list[int]:
        return [self.cleaned_data[value.value] for value in Value]


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Kode di kertas Anda"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Tulis kodenya.")},
    )  # fmt: skip


class FeedbackReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Tanggapan Anda"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Atasan Anda membacanya."), error_messages={"required": _("Tulis tanggapan Anda.")},
    )  # fmt: skip


class RoundForm(forms.Form):
    days = forms.IntegerField(label=_("Berapa hari"), min_value=SHORTEST, max_value=LONGEST, initial=14)


class CodesForm(forms.Form):
    employee = forms.ModelChoiceField(
        label=_("Kode profil pegawai"), queryset=Employee.objects.serving(), to_field_name="slug",
        widget=forms.TextInput, error_messages={"invalid_choice": _("Tidak ada pegawai dengan kode ini.")},
    )  # fmt: skip
    n = forms.IntegerField(label=_("Berapa kertas"), min_value=1, max_value=CODES, initial=10)
