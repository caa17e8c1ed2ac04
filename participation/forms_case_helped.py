"""What an officer at a post writes for a person, and that person's consent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participation.forms_case import CaseForm
from publishing.forms_consent import CodeForm


class HelpedForm(CaseForm):
    """The same words as on the public form; the photo comes with the consent."""

    photo = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Cerita orangnya")
        self.fields["text"].help_text = _("Dengan kata-kata orangnya. Anda membacakannya sebelum dikirim.")
        self.fields["email"].label = _("Alamat surel orangnya (kosong bila tidak punya)")
        self.fields["email"].help_text = _("Kode persetujuan dikirim ke sana.")


class ConsentForm(CodeForm):
    """The code from the person's letter; of somebody without an address, that the words were read and agreed to."""

    agreed = forms.BooleanField(
        label=_("Sudah saya bacakan seluruhnya, dan orangnya setuju"),
        error_messages={"required": _("Bacakan dahulu, lalu beri tanda centang.")},
    )
    photo = forms.FileField(label=_("Foto (boleh kosong)"), required=False)
    field_order = ["agreed", "code", "photo"]

    def __init__(self, *args, by_mail: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not by_mail:
            del self.fields["code"]
