"""A case that an officer at a post writes for a person who is there, with that person's consent by a code.

The code tells that the person agreed to these words: it goes to the person's own address and is worth nothing for
others. Whoever has no address agrees aloud and takes a slip with the case's own code, by which everything can be
taken back.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from participation import case_codes
from participation.actions import cases
from participation.models import ServiceCase
from publishing.actions import consenting

BOUND = ("kind", "topic", "text", "place", "agency", "email")


@transaction.atomic(durable=True)
def ask(token: str, given: dict, *, by, at) -> None:
    """A letter with the code to the person's address; once for these words."""
    consenting.ask(
        given["email"],
        _source(token, given, by),
        subject=_("Kode persetujuan aduan"),
        body=_(
            "Petugas akan menuliskan aduan untuk Anda dan membacakannya. Bila Anda setuju dengan isinya, sebutkan kode "
            "ini kepada petugas: {code}. Bila tidak, abaikan surat ini: alamat ini terhapus dalam 7 hari."
        ),
        at=at,
    )


def file_agreed(token: str, given: dict, code: str, *, photos=(), by, at) -> ServiceCase:
    """The case, once the person told the code of the letter. Raises WrongCode."""
    consenting.agreed(given["email"], _source(token, given, by), code, at=at)
    return _file(token, given, ServiceCase.Consent.MAILED_CODE, photos=photos, by=by, at=at)


def file_with_slip(token: str, given: dict, *, photos=(), by, at) -> ServiceCase:
    """The case of a person without an address, who agreed aloud and takes the slip with the code."""
    return _file(token, given | {"email": ""}, ServiceCase.Consent.SLIP, photos=photos, by=by, at=at)


def _file(token, given, consent, *, photos, by, at) -> ServiceCase:
    code = case_codes.code_of(token)
    fields = {name: given[name] for name in BOUND}
    return cases.file(code, **fields, photos=photos, consent=consent, entered_by=by, at=at)[0]


def _source(token: str, given: dict, by) -> str:
    """Names these words, of this form, written by this officer: other words have another code."""
    words = [str(getattr(given[name], "pk", given[name]) or "") for name in BOUND]
    return consenting.purpose("case-consent", by, token, *words)
