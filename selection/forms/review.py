"""What a verifier says about each requirement of one file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.actions.verification import Finding
from selection.models import Reason


class ItemForm(forms.Form):
    """One requirement: met, or not met with a reason from the list and the detail for the applicant."""

    verdict = forms.ChoiceField(
        label=_("Penilaian"),
        choices=[("met", _("Memenuhi")), ("not_met", _("Belum memenuhi"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Nilai syarat ini.")},
    )
    reason = forms.ModelChoiceField(
        label=_("Alasan bila belum memenuhi"),
        queryset=Reason.objects.filter(active=True),
        required=False,
        empty_label=_("Pilih alasan"),
    )
    detail = forms.CharField(label=_("Rincian untuk pelamar"), max_length=300, required=False)

    def __init__(self, *args, requirement, **kwargs):
        super().__init__(*args, prefix=f"syarat{requirement.pk}", **kwargs)
        self.requirement = requirement

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("verdict") == "not_met" and not cleaned.get("reason"):
            self.add_error("reason", _("Pilih alasan: pelamar perlu tahu apa yang kurang."))
        return cleaned

    def finding(self) -> Finding:
        met = self.cleaned_data["verdict"] == "met"
        return Finding(
            self.requirement.pk, met, None if met else self.cleaned_data["reason"], self.cleaned_data["detail"]
        )
