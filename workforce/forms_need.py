"""Forms of needs: what somebody wishes to be taught, who stands behind it, and what the office says."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib import personal_marks
from lib.plain_words import PlainField
from workforce.models import Training


class AddressForm(forms.Form):
    """Where the letter goes; not asked of whoever is signed in."""

    email = forms.EmailField(
        label=_("Alamat surel"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Hanya untuk memastikan ini dari Anda. Tidak ditampilkan."),
        error_messages={"required": _("Tulis alamat surel."), "invalid": _("Tulis alamat seperti nama@contoh.id.")},
    )

    def __init__(self, *args, signed_in: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["email"]


class NeedForm(AddressForm):
    text = PlainField(
        label=_("Pelatihan apa yang dibutuhkan, dan untuk siapa?"),
        max_length=300,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Semua orang membacanya. Jangan tulis data pribadi."),
        error_messages={"required": _("Tulis pelatihan yang dibutuhkan.")},
    )
    topic = forms.ChoiceField(label=_("Bidang"), choices=Training.Topic)
    field_order = ("text", "topic", "email")

    def clean_text(self):
        text = self.cleaned_data["text"]
        if found := personal_marks.marks(text):
            raise forms.ValidationError(
                _("Hapus data pribadi: %(marks)s."), params={"marks": ", ".join(map(str, found))}
            )
        return text


class HideForm(forms.Form):
    reason = PlainField(
        label=_("Alasan, terbaca semua orang"), max_length=300, error_messages={"required": _("Tulis alasannya.")}
    )


class AnswerForm(forms.Form):
    text = PlainField(
        label=_("Jawaban, terbaca semua orang"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tulis jawabannya.")},
    )  # fmt: skip
    training = forms.ModelChoiceField(
        label=_("Pelatihan yang menjawabnya"),
        queryset=Training.objects.none(),
        required=False,
        empty_label=_("belum ada"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["training"].queryset = Training.objects.published()
