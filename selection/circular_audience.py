"""Who gets a message to many applicants, who does not, and why: counted by the same rows that the letters are made of."""

from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from publishing.actions.publication import MAIL
from publishing.models import Channel
from selection.models import Announcement, Application
from selection.queries import current_set, participants, previous_result
from selection.states import State

REACHED = (State.SUBMITTED, State.CLOSED)
REASONS = {
    "draft": _("lamarannya belum dikirim"),
    "withdrawn": _("menarik diri"),
    "excluded": _("dikeluarkan dari seleksi"),
    "no_account": _("tidak punya akun di portal ini"),
    "inactive": _("akunnya tidak aktif"),
    "twice": _("lamaran kedua orang yang sama, satu surat cukup"),
}

PEOPLE = "SELECT encode(sha256(convert_to(coalesce(string_agg(id::text, ',' ORDER BY id), ''), 'UTF8')), 'hex') FROM u"


@dataclass(frozen=True)
class Audience:
    """How many people get a letter on each channel, how many applications are left out by reason, and who, as a hash."""

    channels: dict[str, int]
    left_out: dict[str, int]
    people_digest: str

    @property
    def people(self) -> int:
        return self.channels.get(MAIL, 0)


def is_told(stage) -> bool:
    """Whether it is public who takes part in `stage`: a letter must not tell a result before its announcement."""
    earlier = previous_result(stage)
    found = earlier and current_set(earlier)
    return not found or Announcement.objects.public().filter(outcome_set=found).exists()


def applications(recruitment, stage) -> QuerySet:
    """Everybody who comes into question, reached or not."""
    return participants(stage) if stage else Application.objects.filter(recruitment=recruitment)


def users(recruitment, stage) -> QuerySet:
    """The accounts that get the letter, each once."""
    reached = applications(recruitment, stage).filter(state__in=REACHED, user__isnull=False)
    return User.objects.filter(is_active=True, pk__in=reached.values("user"))


def count(recruitment, stage) -> Audience:
    """The audience as it is now. One statement counts, one hashes the sorted keys of the accounts."""
    reached = Q(state__in=REACHED)
    with_account = reached & Q(user__isnull=False, user__is_active=True)
    found = applications(recruitment, stage).aggregate(
        people=Count("user", filter=with_account, distinct=True),
        letters=Count("pk", filter=with_account),
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
        excluded=Count("pk", filter=Q(state=State.EXCLUDED)),
        no_account=Count("pk", filter=reached & Q(user=None)),
        inactive=Count("pk", filter=reached & Q(user__is_active=False)),
    )
    people, letters = found.pop("people"), found.pop("letters")
    left_out = {reason: n for reason, n in (found | {"twice": letters - people}).items() if n}
    channels = Channel.objects.filter(code=MAIL, enabled=True).values_list("code", flat=True)
    return Audience(dict.fromkeys(channels, people), left_out, _people_digest(users(recruitment, stage)))


def _people_digest(found: QuerySet) -> str:
    try:
        keys, parameters = found.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        keys, parameters = "SELECT 0 AS id WHERE false", ()
    with connection.cursor() as cursor:
        cursor.execute(f"WITH u AS ({keys}) {PEOPLE}", parameters)
        return cursor.fetchone()[0]
