"""Forms of trainings: what the office writes, and who takes part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from vacancies.forms import moment
from workforce.models import Enrolment, Training, TrainingSession, UseQuestion

RESERVED = {"saya", "usulan", "kursus", "sertifikat", "pemerataan"}


class TrainingForm(forms.ModelForm):
    """Everything about a training that is not public yet, but its meetings."""

    closes_at = forms.DateTimeField(label=_("Pendaftaran ditutup"), widget=moment())

    class Meta:
        model = Training
        fields = ["title", "slug", "topic", "about", "audience", "seats", "rule", "closes_at"]
        field_classes = {"title": PlainField, "about": PlainField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seats"].min_value = 1
        self.fields["rule"].help_text = _("Undian perlu rahasia instansi dan tim pengawas sebelum terbit.")
        self.fields["slug"].help_text = _("Huruf kecil, angka, dan tanda hubung. Contoh: etika-layanan-2026.")

    def clean_slug(self):
        """Not a word that leads to another page of trainings."""
        slug = self.cleaned_data["slug"].lower()
        if slug in RESERVED:
            raise forms.ValidationError(_("Nama ini dipakai halaman lain. Pilih nama lain."))
        return slug

    def clean_seats(self):
        seats = self.cleaned_data["seats"]
        if seats < 1:
            raise forms.ValidationError(_("Isi paling sedikit 1 kursi."))
        return seats


class SessionForm(forms.Form):
    starts_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    ends_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    place = PlainField(label=_("Tempat"), max_length=200, help_text=TrainingSession._meta.get_field("place").help_text)

    def clean(self):
        given = super().clean()
        if given.get("starts_at") and given.get("ends_at") and given["ends_at"] <= given["starts_at"]:
            self.add_error("ends_at", _("Waktu selesai harus sesudah waktu mulai."))
        return given


class CancelForm(forms.Form):
    reason = PlainField(
        label=_("Alasan batal, dibaca semua orang"),
        max_length=300,
        error_messages={"required": _("Tulis alasannya.")},
    )


class SecretForm(forms.Form):
    value = forms.CharField(
        label=_("64 huruf dan angka"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "code"}),
    )


class EnrolmentForm(forms.Form):
    """Nothing has to be said; the distance helps to see whether seats reach those who live far."""

    distance = forms.ChoiceField(
        label=_("Jarak dari tempat Anda ke tempat pelatihan (boleh tidak diisi)"),
        choices=[("", _("Tidak saya isi")), *Enrolment.Distance.choices],
        required=False,
        help_text=_("Hanya dihitung bersama-sama. Tidak ikut menentukan siapa mendapat kursi."),
    )


MARKS = [(n, words) for n, words in enumerate(
    (_("1, tidak"), _("2, kurang"), _("3, cukup"), _("4, baik"), _("5, sangat baik")), start=1
)]  # fmt: skip


def _marks(label) -> forms.Field:
    return forms.TypedChoiceField(
        label=label, choices=MARKS, coerce=int, widget=forms.RadioSelect,
        error_messages={"required": _("Pilih satu.")},
    )  # fmt: skip


class EvaluationForm(forms.Form):
    """What somebody thinks of a training; nothing of it names the person."""

    useful = _marks(_("Apakah isinya berguna?"))
    clear = _marks(_("Apakah penjelasannya jelas?"))
    words = PlainField(
        label=_("Apa yang perlu diperbaiki? (boleh kosong)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Jangan tulis nama atau nomor siapa pun."),
    )


class UseForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Apakah isi pelatihan ini terpakai?"),
        choices=UseQuestion.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih satu.")},
    )
