"""Forms of messages to many applicants."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.models import Circular
from vacancies.models import Recruitment, Stage

HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class AudienceField(forms.ModelChoiceField):
    """A stage, or nothing chosen for everybody: that is an answer too."""

    def clean(self, value):
        return super().clean(value) if value else None


class CircularForm(forms.ModelForm):
    """The words, who gets them, and from when. Nothing about one person: the letter is the same for all."""

    class Meta:
        model = Circular
        field_classes = {"stage": AudienceField}
        fields = ["stage", "subject", "body", "send_at", "window_from", "window_until"]
        widgets = {
            "body": forms.Textarea(attrs={"rows": 8}),
            "send_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "window_from": HOUR,
            "window_until": HOUR,
        }
        labels = {"stage": _("Siapa yang menerima"), "send_at": _("Mulai dikirim (tanggal dan jam)")}
        error_messages = {
            "subject": {"required": _("Tulis judulnya.")},
            "body": {"required": _("Tulis isinya.")},
            "send_at": {"required": _("Tulis kapan mulai dikirim.")},
            "window_from": {"required": _("Tulis jamnya.")},
            "window_until": {"required": _("Tulis jamnya.")},
        }
        help_texts = {
            "body": _("Sama untuk semua penerima. Jangan tulis nama, nilai, atau NIK siapa pun."),
            "window_until": _("Di luar jam ini surat menunggu sampai besok."),
        }

    def __init__(self, *args, recruitment: Recruitment, **kwargs):
        super().__init__(*args, **kwargs)
        self.recruitment = recruitment
        self.fields["stage"].queryset = Stage.objects.filter(recruitment=recruitment).order_by("order")
        self.fields["stage"].required = True
        self.fields["stage"].empty_label = _("Semua pelamar yang sudah mengirim lamaran")
        self.fields["stage"].label_from_instance = lambda stage: (
            _("Peserta tahap %(name)s") % {"name": stage.name_public}
        )
        if not self.instance.pk:
            since, until = settings.MAILING_WINDOW
            self.initial |= {
                "send_at": timezone.now(),
                "window_from": since,
                "window_until": until.replace(second=0, microsecond=0),
            }

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("window_from"), cleaned.get("window_until")
        if since and until and since >= until:
            self.add_error("window_until", _("Jam akhir harus sesudah jam awal."))
        return cleaned


class ChooseForm(forms.Form):
    """To whose applicants."""

    recruitment = forms.ModelChoiceField(
        label=_("Pengadaan"),
        queryset=Recruitment.objects.published(),
        to_field_name="slug",
        empty_label=_("Pilih pengadaan"),
        error_messages={"required": _("Pilih pengadaannya.")},
    )
