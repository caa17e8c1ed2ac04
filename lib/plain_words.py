"""What people type, without the signs that nobody sees: they turn the direction of a line or hide a word in another."""

import unicodedata

from django import forms

JOINERS = "\u200c\u200d"  # scripts of India and pictures of families need them
UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}  # control, format (bidi, zero width), private, half pairs, unused


def plain(text: str) -> str:
    """`text` in one Unicode form (NFC), its lines ended by a newline, without signs that nobody sees."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(one for one in text if one == "\n" or one in JOINERS or unicodedata.category(one) not in UNSEEN)


class PlainField(forms.CharField):
    """Words of a person, as `plain` makes them, before their length is looked at. One line unless it is an area."""

    def to_python(self, value):
        text = plain(super().to_python(value))
        return (text if isinstance(self.widget, forms.Textarea) else text.replace("\n", " ")).strip()
