"""Forms of questions at sessions: what people ask, and what the office answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from participation.forms_consultation import AddressForm
from participation.models.question import LONGEST


class QuestionForm(AddressForm):
    """Plain words; the name is what its owner wants others to see."""

    text = PlainField(
        label=_("Pertanyaan Anda"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Jangan tulis NIK, nomor telepon, atau alamat orang. Paling banyak 500 huruf."),
        error_messages={"required": _("Tulis pertanyaan Anda.")},
    )
    name = PlainField(
        label=_("Nama yang tampil"),
        max_length=60,
        required=False,
        help_text=_("Boleh dikosongkan. Yang tampil: Warga."),
    )
    field_order = ["text", "name", "email"]


class AnswerForm(forms.Form):
    """The answer, and at a session about a recruitment the question as every vacancy shows it."""

    asked = PlainField(
        label=_("Pertanyaan seperti tampil di lowongan"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Tanpa nama orang. Perbaiki ejaannya bila perlu."),
    )
    text = PlainField(
        label=_("Jawaban"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Tulis jawabannya.")},
    )
    code = forms.CharField(
        label=_("Kode formasi, bila hanya untuk satu lowongan"),
        max_length=64,
        required=False,
        help_text=_("Kosongkan bila berlaku bagi semua lowongan pengadaan ini."),
    )

    def __init__(self, *args, recruitment, again: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.recruitment = recruitment
        if recruitment is None:
            del self.fields["asked"]
        if recruitment is None or again:  # what takes the place of an answer holds where that one did
            del self.fields["code"]

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if not code:
            return None
        found = self.recruitment.formations.filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("Tidak ada formasi dengan kode itu pada pengadaan ini."))
        return found
