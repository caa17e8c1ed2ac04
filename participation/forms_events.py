"""Forms for events: what the office writes, and who wants to come."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from participation.models import Event
from participation.models.registration import MOST_PEOPLE
from vacancies.forms import moment
from vacancies.models import Recruitment

WORDS = ["title", "about", "place", "address", "district", "entrance", "language_help", "transport"]
RESERVED = {"saya", "semua", "tanya", "cakupan"}
PEOPLE = [(n, str(n)) for n in range(1, MOST_PEOPLE + 1)]


class EventForm(forms.ModelForm):
    """Everything about an event that is not public yet."""

    starts_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    ends_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    online_url = forms.URLField(
        label=_("Tautan ikut dari rumah"), max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = Event
        fields = [
            "title", "slug", "kind", "about", "starts_at", "ends_at", "place", "address", "district", "capacity",
            "entrance", "language_help", "transport", "online_url", "recruitment",
        ]  # fmt: skip
        field_classes = dict.fromkeys(WORDS, PlainField)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recruitment"].queryset = Recruitment.objects.exclude(published_at=None)
        self.fields["capacity"].min_value = 1

    def clean_slug(self):
        """Not a word that leads to another page of events."""
        slug = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(_("Nama ini dipakai halaman lain. Pilih nama lain."))
        return slug

    def clean(self):
        return _in_order(self, super().clean())


class MoveForm(forms.Form):
    """Another time or place, and why."""

    starts_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    ends_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    place = PlainField(label=_("Tempat"), max_length=150)
    address = PlainField(label=_("Alamat"), max_length=300)
    district = PlainField(label=_("Kecamatan"), max_length=80)
    online_url = forms.URLField(
        label=_("Tautan ikut dari rumah"), max_length=300, required=False, assume_scheme="https"
    )
    reason = PlainField(label=_("Alasan perubahan, dibaca semua orang"), max_length=500)

    def clean(self):
        return _in_order(self, super().clean())


def _in_order(form, cleaned):
    starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
    if starts and ends and ends <= starts:
        form.add_error("ends_at", _("Waktu selesai harus sesudah waktu mulai."))
    return cleaned


class CancelForm(forms.Form):
    reason = PlainField(label=_("Alasan batal, dibaca semua orang"), max_length=500)


class CountForm(forms.Form):
    attended = forms.IntegerField(label=_("Jumlah yang hadir"), min_value=0, max_value=100_000)
    recording_url = forms.URLField(
        label=_("Tautan rekaman (bila ada)"), max_length=300, required=False, assume_scheme="https"
    )


class RegistrationForm(forms.Form):
    """Where to write, and how many come."""

    email = forms.EmailField(
        label=_("Alamat surel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Tulis alamat surel."),
            "invalid": _("Tulis alamat seperti nama@contoh.id."),
        },
    )
    people = forms.TypedChoiceField(label=_("Berapa orang yang datang"), choices=PEOPLE, coerce=int, initial=1)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Kode 6 angka dari surat"), max_length=10, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
