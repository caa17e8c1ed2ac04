"""What a citizen fills in, and the officer's words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participation.models import ServiceCase
from vacancies.models import Agency

LONGEST = 4000
PHOTO_KB = 1500


class CaseForm(forms.Form):
    """One case. Only kind, topic and text are asked for."""

    kind = forms.ChoiceField(
        label=_("Ini apa?"), choices=ServiceCase.Kind, widget=forms.RadioSelect,
        error_messages={"required": _("Pilih satu.")},
    )  # fmt: skip
    topic = forms.ChoiceField(
        label=_("Tentang layanan apa?"), choices=[("", _("Pilih layanan")), *ServiceCase.Topic.choices],
        error_messages={"required": _("Pilih layanan.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("Ceritakan"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Apa yang terjadi dan apa yang Anda harapkan. Tulisan ini tidak ditampilkan untuk umum."),
        error_messages={"required": _("Tulis apa yang terjadi.")},
    )  # fmt: skip
    place = forms.CharField(label=_("Di mana?"), max_length=200, required=False)
    agency = forms.ModelChoiceField(
        label=_("Kantor mana?"), queryset=Agency.objects.all(), required=False, empty_label=_("Belum tahu")
    )
    photo = forms.FileField(
        label=_("Foto"), required=False, help_text=_("JPG, paling besar 1,5 MB. Lokasi dan nama alat kami buang.")
    )
    email = forms.EmailField(
        label=_("E-mail untuk kabar"), required=False, help_text=_("Tanpa e-mail pun bisa, dengan kode.")
    )


class CodeForm(forms.Form):
    """The code that was shown once."""

    code = forms.CharField(
        label=_("Kode aduan"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tulis kode aduan Anda.")},
    )  # fmt: skip


class RouteForm(forms.Form):
    """Which agency answers, and whether the complaint needs an examination."""

    agency = forms.ModelChoiceField(
        label=_("Teruskan ke"), queryset=Agency.objects.all(), error_messages={"required": _("Pilih kantor.")}
    )
    supervised = forms.BooleanField(label=_("Pengaduan ini perlu pemeriksaan (60 hari kerja)"), required=False)
    words = forms.CharField(label=_("Catatan untuk umum"), required=False, max_length=1000)


class WordsForm(forms.Form):
    """Public words about a case."""

    words = forms.CharField(
        label=_("Kata-kata untuk umum"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Semua orang membacanya. Jangan tulis nama, alamat, atau hal pribadi siapa pun."),
        error_messages={"required": _("Tulis kata-kata untuk umum.")},
    )  # fmt: skip


class MergeForm(forms.Form):
    """The number of the case that says the same."""

    number = forms.CharField(label=_("Nomor aduan yang sama"), max_length=20)
