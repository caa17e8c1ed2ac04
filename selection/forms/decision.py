"""How an objection is decided: point by point, with one answer for the person and one summary for the public."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField


class DecisionForm(forms.Form):
    """One choice per point, the reasoned answer, the public summary."""

    answer = PlainField(
        label=_("Jawaban dengan alasan, hanya dibaca pelamar"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Tulis alasan putusan Anda.")},
    )
    summary = PlainField(
        label=_("Ringkasan untuk publik"),
        help_text=_("Syarat apa, alasan instansi apa. Tanpa nama, nomor, atau kata-kata pelamar."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tulis ringkasan yang dibaca publik.")},
    )

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.keys = [one.key for one in items]
        points = {
            f"butir-{one.key}": forms.ChoiceField(
                label=one.title,
                choices=[("yes", _("Dikabulkan")), ("no", _("Tidak dikabulkan"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Putuskan butir ini.")},
            )
            for one in items
        }
        self.fields = points | self.fields

    def verdicts(self) -> dict[str, bool]:
        return {key: self.cleaned_data[f"butir-{key}"] == "yes" for key in self.keys}


class DisagreementForm(forms.Form):
    because = PlainField(
        label=_("Alasan Anda tidak setuju"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis alasan Anda tidak setuju.")},
    )
