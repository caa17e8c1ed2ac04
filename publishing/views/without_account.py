"""Forms that anybody may send without an account: how many from one network, and when the browser has to work for it.

Up to PROOF_AFTER forms an hour from one network nothing is asked. After that the page carries a task, which a browser
solves by itself while its user writes; what comes with a proof has a wide limit, what comes without (no JavaScript, an
old phone, a proof that was used before) a narrower one. Nobody is shut out for having no JavaScript, and in either case
nothing shows before the owner of the address opened the link in the letter.
"""

import json

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from lib import proof_of_work
from publishing.actions import proofs

FREE, PROVEN, UNPROVEN = "post_free", "post_proven", "post_unproven"  # in ACCOUNT_RATE_LIMITS
CODE = "too_many"
TOO_MANY = _(
    "Dari jaringan internet Anda terlalu banyak kiriman dalam satu jam ini. Isian Anda tetap di sini. Tunggu sampai "
    "pemeriksaan di bawah selesai, lalu kirim lagi; bila tidak ada pemeriksaan, kirim lagi satu jam lagi."
)


TOO_OFTEN = _(
    "Alamat ini sudah dipakai berkali-kali dalam satu jam ini. Isian Anda tetap di sini; kirim lagi satu jam lagi."
)


def task(request, purpose: str, *, at) -> str:
    """The task for the page of a form, as JSON; empty while this network sent few."""
    if _within(request, FREE, dry_run=True):
        return ""
    return json.dumps(proof_of_work.challenge(purpose, work=settings.PROOF_WORK, at=at))


def admits(request, form, purpose: str, *, at) -> bool:
    """Whether this valid form of a visitor is taken: neither its address, if any, nor its network came too often.

    When not, `form` says why and `status` is 429. ACCOUNT_RATE_LIMITS has the limit per address under `purpose`.
    """
    address = form.cleaned_data["email"].strip().lower()
    if address and not _within(request, purpose, key=address):
        form.add_error(None, ValidationError(TOO_OFTEN, code=CODE))
        return False
    if _within(request, FREE):
        return True
    proven = proofs.spend(request.POST.get("proof", ""), purpose, at=at)
    if _within(request, PROVEN if proven else UNPROVEN):
        return True
    form.add_error(None, ValidationError(TOO_MANY, code=CODE))
    return False


def status(form) -> int:
    """200, 422 for a form that is refused, 429 for one that came too often."""
    if form.has_error(NON_FIELD_ERRORS, CODE):
        return 429
    return 422 if form.errors else 200


def _within(request, action: str, *, key: str | None = None, dry_run: bool = False) -> bool:
    usage = consume(request, app="allauth.account", action=action, key=key, limit_get=True, dry_run=dry_run)
    return usage is not None
