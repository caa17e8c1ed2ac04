"""What a citizen fills in about a case, and the officer's words."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lib.personal_marks import marks
from lib.plain_words import PlainField
from participation.case_states import CaseState
from participation.models import ServiceCase
from vacancies.models import Agency

LONGEST = 4000
PHOTO_KB = 1500
MAIL = {"invalid": _("Tulis alamat seperti nama@contoh.id."), "required": _("Tulis alamat surel.")}


def answering():
    """Agencies that have somebody who answers."""
    return Agency.objects.filter(officers__isnull=False).distinct()


def nothing_personal(words: str) -> None:
    """For words that everybody reads: refuses numbers and addresses that point at one person."""
    if found := marks(words):
        raise ValidationError(now("Tulisan untuk umum memuat %(what)s. Hapus dahulu.") % {"what": ", ".join(found)})


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
    text = PlainField(
        label=_("Ceritakan"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Apa yang terjadi dan apa yang Anda harapkan. Tulisan ini tidak ditampilkan untuk umum."),
        error_messages={"required": _("Tulis apa yang terjadi.")},
    )  # fmt: skip
    place = PlainField(label=_("Di mana? (boleh kosong)"), max_length=200, required=False)
    agency = forms.ModelChoiceField(
        label=_("Kantor mana? (boleh kosong)"), queryset=answering(), required=False, empty_label=_("Belum tahu")
    )
    photo = forms.FileField(
        label=_("Foto (boleh kosong)"), required=False,
        help_text=_("JPG, paling besar 1,5 MB. Lokasi dan nama alat kami buang."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Alamat surel untuk kabar (boleh kosong)"), required=False, max_length=254, error_messages=MAIL,
        help_text=_("Tanpa surel pun bisa, dengan kode."),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code that was shown once."""

    code = forms.CharField(
        label=_("Kode aduan"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Tulis kode aduan Anda.")},
    )  # fmt: skip


class FollowForm(forms.Form):
    """Where to write when something happens to a case."""

    email = forms.EmailField(
        label=_("Alamat surel"), max_length=254, error_messages=MAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


class CaseFilterForm(forms.Form):
    """Query parameters of the list: layanan, kantor, keadaan."""

    layanan = forms.ChoiceField(
        label=_("Layanan"), choices=[("", _("Semua")), *ServiceCase.Topic.choices], required=False
    )
    kantor = forms.ModelChoiceField(
        label=_("Kantor"), queryset=answering(), to_field_name="slug", required=False, empty_label=_("Semua")
    )
    keadaan = forms.ChoiceField(label=_("Keadaan"), choices=[("", _("Semua")), *CaseState.choices], required=False)


class RouteForm(forms.Form):
    """Which agency answers, what everybody reads about it, and whether the complaint needs an examination."""

    agency = forms.ModelChoiceField(
        label=_("Teruskan ke"), queryset=answering(), error_messages={"required": _("Pilih kantor.")}
    )
    summary = PlainField(
        label=_("Ringkasan untuk umum"), max_length=150, validators=[nothing_personal],
        help_text=_("Satu kalimat, tanpa nama, alamat, atau nomor orang. Contoh: Lampu jalan mati di Jalan Melati."),
        error_messages={"required": _("Tulis ringkasan untuk umum.")},
    )  # fmt: skip
    supervised = forms.BooleanField(label=_("Pengaduan ini perlu pemeriksaan (60 hari kerja)"), required=False)


class ReasonForm(forms.Form):
    """Public words about a case."""

    words = PlainField(
        label=_("Alasan untuk umum"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        validators=[nothing_personal],
        help_text=_("Semua orang membacanya. Jangan tulis nama, alamat, atau hal pribadi siapa pun."),
        error_messages={"required": _("Tulis alasannya.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What everybody reads, and what the reporter alone reads."""

    words = PlainField(
        label=_("Jawaban untuk umum"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        validators=[nothing_personal],
        help_text=_("Semua orang membacanya. Jangan tulis nama, alamat, atau hal pribadi siapa pun."),
        error_messages={"required": _("Tulis jawaban untuk umum.")},
    )  # fmt: skip
    private = PlainField(
        label=_("Hanya untuk pelapor (boleh kosong)"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Terbaca dengan kode aduan saja."),
    )  # fmt: skip


class MergeForm(forms.Form):
    """The number of the case that says the same."""

    number = forms.CharField(
        label=_("Nomor aduan yang sama"), max_length=20, error_messages={"required": _("Tulis nomornya.")}
    )


class MendForm(forms.Form):
    """Which public words hold something personal, and what stands there instead."""

    step = forms.ModelChoiceField(label=_("Tulisan mana"), queryset=None)
    instead = PlainField(
        label=_("Tulisan pengganti (boleh kosong)"), max_length=LONGEST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}), validators=[nothing_personal],
    )  # fmt: skip
    reason = PlainField(
        label=_("Alasan untuk umum"), max_length=300, validators=[nothing_personal],
        error_messages={"required": _("Tulis alasannya.")},
    )  # fmt: skip

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"].queryset = case.steps.exclude(words="")
        self.fields["step"].label_from_instance = lambda step: step.words[:80]
