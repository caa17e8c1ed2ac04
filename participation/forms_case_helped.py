"""What an officer at a post writes for a person, and that person's consent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participation.forms_case import CaseForm


class HelpedForm(CaseForm):
    """The same words as on the public form; the photo comes with the consent."""

    photo = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Cerita orangnya")
        self.fields["text"].help_text = _("Dengan kata-kata orangnya. Anda membacakannya sebelum dikirim.")
        self.fields["email"].label = _("Alamat surel orangnya (kosong bila tidak punya)")
        self.fields["email"].help_text = _("Kode persetujuan dikirim ke sana.")


class ConsentForm(forms.Form):
    """The code from the person's letter; of somebody without an address, that the words were read and agreed to."""

    agreed = forms.BooleanField(
        label=_("Sudah saya bacakan seluruhnya, dan orangnya setuju"),
        error_messages={"required": _("Bacakan dahulu, lalu beri tanda centang.")},
    )
    code = forms.CharField(
        label=_("Kode 6 angka dari surat orangnya"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Tulis kode dari surat orangnya.")},
    )  # fmt: skip
    photo = forms.FileField(label=_("Foto (boleh kosong)"), required=False)

    def __init__(self, *args, by_mail: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not by_mail:
            del self.fields["code"]
