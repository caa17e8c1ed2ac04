"""Why a letter did not leave, in words for the office. Rows keep the answers of servers, never an address."""

import re

from django.utils.translation import gettext as _

from publishing.actions.mailing import STOPPED


def why(failure: str) -> str:
    """`failure` of a delivery as a sentence's end, with the server's code where there is one."""
    if failure == STOPPED:
        return _("dihentikan petugas")
    if failure == "erased":
        return _("data orang ini sudah dihapus")
    code = re.search(r"\b([45]\d\d)\b", failure)
    if code is None:
        return _("server surel tidak menjawab (%(what)s)") % {"what": failure}
    if code[1] in ("550", "551", "553"):
        return _("alamatnya tidak ada atau menolak surat (%(code)s)") % {"code": code[1]}
    if code[1].startswith("4"):
        return _("server surel terus meminta menunggu (%(code)s)") % {"code": code[1]}
    return _("ditolak server surel (%(code)s)") % {"code": code[1]}
