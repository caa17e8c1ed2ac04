"""The code by which a reporter comes back: shown once, kept as a keyed hash.

Made from the form's own random token, so that a form sent twice shows the same code and files one case.
"""

import hashlib
import hmac
import re
import secrets

from django.conf import settings
from django.core import signing

from lib.codes import ALPHABET

LENGTH = 16  # 79 bits
WRITING_SECONDS = 4 * 3600
MINE_SECONDS = 1800
FORM, MINE = "case form", "case of who typed its code"


def new_token() -> str:
    """What a new form carries."""
    return signing.dumps(secrets.token_hex(16), salt=FORM)


def code_of(token: str) -> str:
    """The code that the form with this token leads to. Raises signing.BadSignature, also for a form that is too old."""
    nonce = signing.loads(token, salt=FORM, max_age=WRITING_SECONDS)
    number = int.from_bytes(_keyed(f"case-code:{nonce}"))
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))


def code_hash(code: str) -> str:
    """What is kept of a code."""
    return _keyed(f"case-kept:{code}").hex()


def normal(typed: str) -> str | None:
    """The code as it was given out, from what a person typed; None where it cannot be one."""
    code = re.sub(r"[\s\-.]", "", typed).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def in_groups(code: str) -> str:
    """K7M4-92QX-…: easier to copy by hand."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def _keyed(words: str) -> bytes:
    return hmac.new(settings.NIK_INDEX_KEY.encode(), words.encode(), hashlib.sha256).digest()
