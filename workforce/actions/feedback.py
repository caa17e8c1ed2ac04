"""Feedback from all sides (360): who is asked follows from the lines, everybody answers at once, one moment closes it.

Before the closing a draft is bound to its rater, and the pages say so. `close_due` calls the database's own
`close_feedback()`, after which nobody can say who answered what, or who answered at all (docs/adr/0026).
"""

import hashlib
import hmac
from datetime import timedelta
from random import SystemRandom

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from lib.codes import random_code
from lib.indonesian_text import long_date
from publishing.actions.publication import publish, queue_for
from workforce.models import (
    AppraisalYear,
    Employee,
    FeedbackDraft,
    FeedbackRater,
    FeedbackReply,
    FeedbackRound,
    ReportingLine,
    Side,
)

MOST = 10  # peers and subordinates asked about one person, drawn at random
SHORTEST, LONGEST = 5, 60  # days
REMINDED = timedelta(days=3)  # before the closing
CODES = 30  # papers for one person's visitors
LENGTH = 12
chance = SystemRandom()


class NotPossible(Exception):
    """The survey stays as it is; the message says why."""


@transaction.atomic(durable=True)
def open_round(year: AppraisalYear, *, days: int, by, at) -> FeedbackRound:
    """Everybody with an account and a line is asked about: superior, peers, subordinates and the person answer.

    Who is asked follows from the lines alone, so that nobody picks their own judges. Everybody asked gets a letter.
    Raises NotPossible.
    """
    if year.closed_at:
        raise NotPossible(_("Tahun ini sudah ditutup."))
    if not SHORTEST <= days <= LONGEST:
        raise NotPossible(_("Survei berlangsung %(a)s sampai %(b)s hari.") % {"a": SHORTEST, "b": LONGEST})
    try:
        with transaction.atomic():
            made = FeedbackRound.objects.create(
                year=year, opened_by=by, opened_at=at, closes_at=at + timedelta(days=days)
            )
    except DatabaseError as error:
        raise NotPossible(_("Survei tahun ini sudah ada, atau survei lain belum ditutup.")) from error
    raters = _raters(made)
    chance.shuffle(raters)
    FeedbackRater.objects.bulk_create(raters, batch_size=1000)
    _tell(made, "open", _("Survei 360 dibuka"), at=at)
    return made


def _raters(made: FeedbackRound) -> list[FeedbackRater]:
    """Every pair of a person and somebody who knows their work. Three queries."""
    lines = ReportingLine.objects.standing().filter(employee__left_on=None, superior__left_on=None)
    above = dict(lines.values_list("employee", "superior"))
    below: dict[int, list[int]] = {}
    for employee, superior in above.items():
        below.setdefault(superior, []).append(employee)
    people = Employee.objects.serving().unshielded().filter(user__isnull=False)
    accounts = dict(people.filter(pk__in={*above, *below}).values_list("pk", "user"))
    found = []
    for pk in accounts:
        sides = {
            Side.SELF: [pk],
            Side.SUPERIOR: [above[pk]] if pk in above else [],
            Side.PEER: [one for one in below.get(above.get(pk), []) if one != pk],
            Side.SUBORDINATE: below.get(pk, []),
        }
        for side, them in sides.items():
            known = [one for one in them if one in accounts]
            for one in known if len(known) <= MOST else chance.sample(known, MOST):
                found.append(FeedbackRater(round=made, subject_id=pk, side=side, user_id=accounts[one]))
    return found


def digest(code: str) -> str:
    """How a code on paper is kept."""
    tidy = "".join(code.upper().replace("-", " ").split())
    return hmac.new(settings.NIK_INDEX_KEY.encode(), b"feedback:" + tidy.encode(), hashlib.sha256).hexdigest()


@transaction.atomic(durable=True)
def make_codes(made: FeedbackRound, subject: Employee, *, n: int, at) -> list[str]:
    """Codes on paper for people whom `subject` served, each for one answer, shown once. Raises NotPossible."""
    made = FeedbackRound.objects.select_for_update(no_key=True).get(pk=made.pk)
    if not is_open(made, at):
        raise NotPossible(_("Survei ini sudah ditutup."))
    if made.raters.filter(subject=subject, side=Side.SERVED).count() + n > CODES:
        raise NotPossible(_("Paling banyak %(n)s kode untuk satu orang.") % {"n": CODES})
    codes = [random_code(LENGTH) for _n in range(n)]
    FeedbackRater.objects.bulk_create(
        FeedbackRater(round=made, subject=subject, side=Side.SERVED, digest=digest(code)) for code in codes
    )
    return ["-".join(code[start : start + 4] for start in range(0, LENGTH, 4)) for code in codes]


def is_open(made: FeedbackRound, at) -> bool:
    """Whether answers are still taken: the closing may come a moment later, when the keeper rings."""
    return made.closed_at is None and at < made.closes_at


def by_code(code: str, at) -> FeedbackRater | None:
    """Whose paper `code` is, while the round is open."""
    found = FeedbackRater.objects.filter(digest=digest(code)).select_related("round__year", "subject__position").first()
    return found if found and is_open(found.round, at) else None


@transaction.atomic(durable=True)
def answer(rater: FeedbackRater, marks: list[int], *, at) -> None:
    """Keep the marks of `rater`, in place of earlier ones. Nothing says when. Raises NotPossible after the end."""
    if not is_open(FeedbackRound.objects.get(pk=rater.round_id), at):
        raise NotPossible(_("Survei ini sudah ditutup."))
    FeedbackDraft.objects.update_or_create(rater=rater, defaults={"marks": marks})


@transaction.atomic(durable=True)
def reply(made: FeedbackRound, employee: Employee, text: str, *, at) -> FeedbackReply:
    """The person's words stand beside the result. Raises NotPossible before it is there."""
    if made.closed_at is None:
        raise NotPossible(_("Hasilnya belum ada."))
    return FeedbackReply.objects.create(round=made, employee=employee, text=text.strip(), at=at)


def remind_due(at) -> int:
    """A letter to everybody asked, three days before the end: also to those who answered, so that it tells nothing."""
    done = 0
    for made in FeedbackRound.objects.filter(closed_at=None, closes_at__gt=at, closes_at__lte=at + REMINDED):
        with transaction.atomic(durable=True):
            done += _tell(made, "remind", _("Survei 360 segera ditutup"), at=at)
    return done


def close_due(at) -> int:
    """Close what is due. Returns how many. May run twice: the database closes a round once."""
    done = 0
    for pk in FeedbackRound.objects.filter(closed_at=None, closes_at__lte=at).values_list("pk", flat=True):
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SELECT close_feedback(%s, %s)", [pk, at])
            done += cursor.fetchone()[0]
    return done


def _tell(made: FeedbackRound, what: str, subject: str, *, at) -> int:
    """One letter for the whole round to each account that is asked; it names nobody who is answered about."""
    body = _(
        "Anda diminta menjawab survei tentang rekan kerja, paling lambat %(day)s. Semua yang diminta menerima surat ini, "
        "juga yang sudah menjawab. Sesudah ditutup tidak ada yang dapat mengetahui jawaban siapa."
    ) % {"day": long_date(timezone.localdate(made.closes_at))}
    told = publish(
        source=f"feedback:{made.pk}:{what}",
        subject=subject,
        body=body,
        url="/asn/saya/umpan-balik/",
        at=at,
    )
    return queue_for(told, User.objects.filter(pk__in=made.raters.filter(user__isnull=False).values("user")), at=at)
