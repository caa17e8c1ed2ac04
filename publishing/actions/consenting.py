"""Consent by the code of a letter: what an officer enters for a person counts once the person told the code.

The code goes to the person's own address and is worth nothing for others. `ask` and `agreed` are for what is not kept
before (a case, a vote, a search): their code names the very words and the officer who wrote them, and holds on the day
it was sent and the day after (UTC). What waits as a row of its own (a contribution, a question, a seat) has a letter of
its own and asks `check`.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.encrypted import address_index
from publishing.actions import publication, subscribing
from publishing.models import Subscriber


class WrongCode(ValidationError):
    """The code is not the one that was sent for these words."""

    def __init__(self):
        super().__init__(_("Kode ini tidak cocok. Minta orangnya membacakan surat terbaru."))


def purpose(kind: str, by, *words: str) -> str:
    """Names these words, written by this officer, without holding them: other words have another code."""
    named = salted_hmac("consent-by-code", "\x1f".join([str(by.pk), *words]), algorithm="sha256")
    return f"{kind}:{named.hexdigest()}"


@transaction.atomic
def ask(address: str, what: str, *, subject: str, body: str, at) -> None:
    """A letter with the code to the person's address, once a day for these words. `body` says {code} where it stands."""
    subscriber = subscribing.take_in(address, at=at)
    source = _of_day(what, subscriber, at)
    made = publication.publish(source=source, subject=subject, body=body, url="", at=at, personal=True)
    subscribing.write_to(subscriber, made, at=at)


@transaction.atomic
def agreed(address: str, what: str, code: str, *, at) -> Subscriber:
    """Whose address it is: who read the letter and agreed owns it from now on. Raises WrongCode."""
    found = Subscriber.objects.filter(address_index=address_index(address.strip().lower())).first()
    if found is None:
        raise WrongCode
    check(found, code, *(_of_day(what, found, day) for day in (at, at - timedelta(days=1))))
    subscribing.confirm(found, at=at)
    return found


def check(subscriber: Subscriber, code: str, *sources: str) -> None:
    """The code of the letter to this address about one of these sources. Raises WrongCode."""
    if not any(constant_time_compare(subscriber.code(source), code.strip()) for source in sources):
        raise WrongCode


def plain(words: str) -> str:
    """Somebody's words inside the body of a letter, in which braces mean something."""
    return words.replace("{", "(").replace("}", ")")


def _of_day(what: str, subscriber: Subscriber, at) -> str:
    return f"{what}:{subscriber.pk}:{at:%Y-%m-%d}"
