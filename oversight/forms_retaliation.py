"""Asking to be watched over, and what a member thinks of a change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from oversight.models import RetaliationWatch, WatchNote


class WatchForm(forms.Form):
    """What was reported and when; and the consent, in words."""

    about = forms.ChoiceField(
        label=_("Apa yang Anda laporkan?"), choices=RetaliationWatch.About, widget=forms.RadioSelect,
        error_messages={"required": _("Pilih satu.")},
    )  # fmt: skip
    reported_on = forms.DateField(
        label=_("Kapan Anda melapor?"), widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Tulis tanggalnya.")},
    )  # fmt: skip
    ref = PlainField(
        label=_("Nomor laporan"), max_length=40, required=False,
        help_text=_("Nomor saja. Jangan tulis kode rahasia laporan."),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=_("Saya setuju tim pengawas melihat nama saya dan perubahan jabatan, panitia, predikat, dan golongan saya."),
        error_messages={"required": _("Tanpa persetujuan Anda tim tidak melihat apa pun.")},
    )  # fmt: skip


class JudgementForm(forms.Form):
    """One change, and what a member found out about it."""

    change = forms.CharField(max_length=40, widget=forms.HiddenInput)
    judgement = forms.ChoiceField(label=_("Penilaian"), choices=WatchNote.Judgement)
    text = PlainField(
        label=_("Yang diperiksa"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis apa yang Anda periksa.")},
    )  # fmt: skip
