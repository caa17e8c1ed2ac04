"""What an officer fills in who enters something for a person: that person's address, and the code of their letter."""

from django import forms
from django.utils.translation import gettext_lazy as _


def of_somebody(address: forms.EmailField) -> forms.EmailField:
    """The same field where an officer writes the address of a person."""
    address.label = _("Alamat surel orangnya")
    address.error_messages["required"] = _("Tulis alamat surel orangnya.")
    address.widget.attrs["autocomplete"] = "off"
    return address


class CodeForm(forms.Form):
    """What a person reads out of a letter to an officer who enters something for them."""

    code = forms.CharField(
        label=_("Kode 6 angka dari surat orangnya"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Tulis kode dari surat orangnya.")},
    )
