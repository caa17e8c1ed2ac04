from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from oversight import report_codes
from oversight.models.report import Topic
from vacancies.models import Recruitment

NAMED, HIDDEN, UNNAMED = "identified", "confidential", "anonymous"
KINDS = [
    (UNNAMED, _("Tanpa nama. Cukup kode.")),
    (HIDDEN, _("Hanya tim pengawas yang tahu nama saya.")),
    (NAMED, _("Sebut nama saya bila perlu. Saya boleh dihubungi.")),
]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"})

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


def _files() -> FilesField:
    return FilesField(
        label=_("Foto atau PDF"),
        required=False,
        help_text=_("Paling banyak 5 berkas, bersama-sama 3,5 MB. Semua dibuat ulang menjadi gambar tanpa catatan."),
        error_messages={"empty": _("Salah satu berkas kosong. Pilih berkas lain.")},
    )


class ReportForm(forms.Form):
    """A report: what it is about, what happened, who says so."""

    topic = forms.ChoiceField(
        label=_("Tentang apa?"),
        choices=Topic,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih tentang apa laporan Anda.")},
    )
    recruitment = forms.ModelChoiceField(
        label=_("Seleksi yang mana?"), queryset=Recruitment.objects.none(), required=False,
        to_field_name="slug", empty_label=_("Tidak tahu atau bukan tentang satu seleksi"),
    )  # fmt: skip
    text = PlainField(
        label=_("Apa yang terjadi?"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Kapan, di mana, siapa, dan bagaimana Anda tahu. Tulis yang perlu saja."),
        error_messages={"required": _("Tulis apa yang terjadi.")},
    )
    files = _files()
    kind = forms.ChoiceField(
        label=_("Nama Anda"), choices=KINDS, widget=forms.RadioSelect, initial=UNNAMED,
        error_messages={"required": _("Pilih apakah Anda menyebut nama.")},
    )  # fmt: skip
    contact = PlainField(
        label=_("Nama dan cara menghubungi Anda"),
        max_length=300,
        required=False,
        help_text=_("Kosongkan bila tanpa nama. Ikut terkunci bersama laporan."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recruitment"].queryset = Recruitment.objects.filter(published_at__isnull=False).order_by(
            "-year", "name"
        )
        self.fields["recruitment"].label_from_instance = lambda one: one.name

    def clean(self):
        found = super().clean()
        kind, contact = found.get("kind"), (found.get("contact") or "").strip()
        if kind in (NAMED, HIDDEN) and not contact:
            self.add_error("contact", _("Isi nama dan cara menghubungi Anda, atau pilih “Tanpa nama”."))
        if kind == UNNAMED and contact:
            self.add_error("contact", _("Anda memilih tanpa nama. Kosongkan kolom ini."))
        return found

    def content(self) -> dict:
        """What is sealed: everything but topic and files."""
        given = self.cleaned_data
        recruitment = given["recruitment"].name if given["recruitment"] else ""
        return {
            "text": given["text"],
            "kind": given["kind"],
            "contact": given["contact"].strip(),
            "recruitment": recruitment,
        }


class CodeForm(forms.Form):
    """The code, as somebody copied it by hand."""

    code = forms.CharField(
        label=_("Kode laporan"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("26 huruf dan angka. Besar kecil huruf dan tanda hubung tidak penting."),
        error_messages={"required": _("Tulis kode laporan Anda.")},
    )

    def clean_code(self) -> str:
        code = report_codes.normal(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(_("Kode berisi 26 huruf dan angka 2 sampai 7. Periksa lagi catatan Anda."))
        return code


class MessageForm(forms.Form):
    """One more message of the reporter."""

    text = PlainField(
        label=_("Pesan Anda untuk tim"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Tulis pesan Anda.")},
    )
    files = _files()


class PassphraseForm(forms.Form):
    """The passphrase that opens a member's key."""

    passphrase = forms.CharField(
        label=_("Kalimat sandi"),
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tulis kalimat sandi Anda.")},
    )


class NewPassphraseForm(PassphraseForm):
    """A passphrase chosen now, typed twice."""

    again = forms.CharField(
        label=_("Kalimat sandi, sekali lagi"),
        max_length=300,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tulis kalimat sandi itu sekali lagi.")},
    )

    def clean(self):
        found = super().clean()
        if found.get("passphrase") and found.get("again") and found["passphrase"] != found["again"]:
            self.add_error("again", _("Kedua kalimat sandi tidak sama. Tulis lagi."))
        return found


class ReplyForm(forms.Form):
    """What the team says to a reporter, and what comes after."""

    text = PlainField(
        label=_("Pesan untuk pelapor"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Tulis pesan untuk pelapor.")},
    )
    then = forms.ChoiceField(
        label=_("Setelah ini"),
        choices=[
            ("in_hand", _("Tim masih bekerja")),
            ("asked", _("Menunggu jawaban pelapor")),
            ("closed", _("Laporan selesai; pesan di atas alasannya")),
        ],
        widget=forms.RadioSelect,
        initial="in_hand",
    )
