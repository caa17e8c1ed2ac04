from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField


class CommentForm(forms.Form):
    """What a reader says about a report."""

    name = PlainField(
        label=_("Nama (boleh kosong)"), max_length=80, required=False,
        help_text=_("Nama ini ikut tampil. Nama samaran boleh."),
    )  # fmt: skip
    text = PlainField(
        label=_("Komentar"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Jangan tulis nomor KTP, nomor telepon, atau data orang lain."),
        error_messages={"required": _("Isi komentar Anda.")},
    )  # fmt: skip


class DecisionForm(forms.Form):
    """The secretariat's word about a comment."""

    reason = PlainField(
        label=_("Alasan bila tidak diterbitkan"), max_length=300, required=False,
        help_text=_("Dibaca publik."),
    )  # fmt: skip
