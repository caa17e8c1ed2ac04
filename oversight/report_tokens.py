"""What a form of /lapor/ carries instead of a session: a sealed token in the page itself.

There is no cookie that another site could use, so that nothing has to be guarded against it. The token says that the
form came from here and when, and holds the code closed: a form that is sent twice is one report with one code, and a
page does not spell out the code that a reply needs.
"""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from lib import sealing

WRITING_SECONDS = 12 * 3600
TALKING_SECONDS = 2 * 3600


class Stale(Exception):
    """The form is too old, or not from here."""


def issue(purpose: str, code: str, *, at) -> str:
    """A token for one form; `at` is when the form was shown."""
    return _box().encrypt_at_time(json.dumps([purpose, code]).encode(), int(at.timestamp())).decode()


def code_in(token: str, purpose: str, *, seconds: int, at) -> str:
    """The code in a token of this purpose that is younger than `seconds`. Raises Stale."""
    try:
        found, code = json.loads(_box().decrypt_at_time(token.encode(), seconds, int(at.timestamp())))
    except (InvalidToken, ValueError):
        raise Stale from None
    if found != purpose:
        raise Stale
    return code


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sealing.derived(settings.SECRET_KEY.encode(), "form of a report")))
