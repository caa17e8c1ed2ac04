"""Forms for events: what the office writes, and who wants to come."""

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from participation.models import Event, EventPaper
from participation.models.registration import MOST_PEOPLE
from vacancies.forms import moment
from vacancies.models import Recruitment

WORDS = ["title", "about", "place", "address", "entrance", "language_help", "transport"]
ELSEWHERE = "Luar daerah"
RESERVED = {"saya", "semua", "tanya", "cakupan"}
PEOPLE = [(n, str(n)) for n in range(1, MOST_PEOPLE + 1)]


def district_field() -> forms.Field:
    """A choice of the districts of this region; plain words where none are set."""
    names = list(settings.DISTRICTS.values())
    if not names:
        return PlainField(label=_("Kecamatan"), max_length=80)
    return forms.ChoiceField(label=_("Kecamatan"), choices=[(name, name) for name in (*names, ELSEWHERE)])


class EventForm(forms.ModelForm):
    """Everything about an event that is not public yet."""

    access = forms.MultipleChoiceField(
        label=_("Yang tersedia"), choices=Event.Access, required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    ends_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    online_url = forms.URLField(
        label=_("Tautan ikut dari rumah"), max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = Event
        fields = [
            "title", "slug", "kind", "about", "starts_at", "ends_at", "place", "address", "district", "capacity",
            "access", "entrance", "language_help", "transport", "online_url", "recruitment",
        ]  # fmt: skip
        field_classes = dict.fromkeys(WORDS, PlainField)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"] = district_field()
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
    district = forms.ChoiceField(label=_("Kecamatan"))
    online_url = forms.URLField(
        label=_("Tautan ikut dari rumah"), max_length=300, required=False, assume_scheme="https"
    )
    reason = PlainField(label=_("Alasan perubahan, dibaca semua orang"), max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"] = district_field()

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


class PaperForm(forms.Form):
    """Minutes, recording or slides: a file or a link."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=EventPaper.Kind)
    title = PlainField(label=_("Nama"), max_length=120, error_messages={"required": _("Tulis namanya.")})
    file = forms.FileField(
        label=_("Berkas PDF"),
        required=False,
        help_text=_("Paling besar 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
    url = forms.CharField(
        label=_("atau tautan"), max_length=300, required=False, validators=[URLValidator(schemes=["http", "https"])]
    )

    def clean(self):
        given = super().clean()
        if "url" in given and "file" in given and bool(given["url"]) == bool(given["file"]):
            self.add_error("file", _("Pilih satu: berkas PDF atau tautan."))
        return given


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
