from django import forms
from django.utils.translation import gettext_lazy as _

from oversight.models import BodyAnswer, Escalation


class BodyAnswerForm(forms.Form):
    """A letter of a body above the office, as the team writes it down."""

    escalation = forms.ModelChoiceField(
        label=_("Lembaga yang menjawab"), queryset=Escalation.objects.none(), empty_label=None, to_field_name="body"
    )
    letter = forms.CharField(label=_("Nomor surat"), max_length=120, error_messages={"required": _("Isi nomor surat.")})
    dated = forms.DateField(
        label=_("Tanggal surat"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Isi tanggal surat."), "invalid": _("Tulis tanggal surat, misalnya 2026-11-25.")},
    )
    outcome = forms.ChoiceField(label=_("Hasil"), choices=BodyAnswer.Outcome)
    text = forms.CharField(
        label=_("Ringkasan, dibaca publik"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Jangan tulis nama atau data pribadi. Ringkasan tidak dapat diubah."),
        error_messages={"required": _("Isi ringkasannya.")},
    )
    file = forms.FileField(label=_("Surat (PDF, paling besar 4 MB)"), required=False)
    file_public = forms.BooleanField(
        label=_("Surat ini tidak memuat data pribadi dan boleh dibuka untuk umum"), required=False
    )

    def __init__(self, *args, finding, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["escalation"].queryset = finding.escalations.all()
        self.fields["escalation"].label_from_instance = lambda one: one.get_body_display()
