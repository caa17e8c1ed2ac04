"""Signs of personal data in words that everybody would read: numbers and addresses that point at one person.

Names cannot be told from other words; whoever writes is asked to leave them out, and a second look can mend it.
"""

import re

from django.utils.translation import gettext_lazy as _

# Digits may be parted by dots, spaces or dashes. A longer run of digits is read as its whole.
_NUMBER = re.compile(r"(?<![\d+])\+?\d(?:[ .\-]?\d)+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NEIGHBOURHOOD = re.compile(r"\bRT\W{0,3}\d{1,3}\W{0,3}RW\W{0,3}\d{1,3}", re.IGNORECASE)
_MOBILE = re.compile(r"(?:62|0)8\d{7,11}")
OFFICIAL = (".go.id",)  # addresses of offices

NIK, NIP, MOBILE, MAIL, HOME = (
    _("nomor 16 angka (NIK atau KK)"),
    _("nomor 18 angka (NIP)"),
    _("nomor ponsel"),
    _("alamat surel pribadi"),
    _("alamat rumah (RT/RW)"),
)


def marks(text: str) -> list[str]:
    """What in `text` points at one person, in words; empty when nothing was found."""
    runs = [re.sub(r"\D", "", one) for one in _NUMBER.findall(text)]
    mails = [one.lower() for one in _MAIL.findall(text)]
    found = [
        (NIK, any(len(one) == 16 for one in runs)),
        (NIP, any(len(one) == 18 for one in runs)),
        (MOBILE, any(_MOBILE.fullmatch(one) for one in runs)),
        (MAIL, any(not one.endswith(OFFICIAL) for one in mails)),
        (HOME, bool(_NEIGHBOURHOOD.search(text))),
    ]
    return [str(words) for words, there in found if there]
