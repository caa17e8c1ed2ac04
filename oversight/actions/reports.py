"""The reporter's side of a report: written without an account, found again by its code.

Runs under the web role, which may add sealed rows and read none: the way back is the function `report_thread`, which
shows the rows of one lookup. What is said below the view is sealed before it reaches the database.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from lib import sealing
from oversight.models import Report, ReportImage, ReportMessage, Team, TeamKey
from oversight.report_codes import ReporterKeys, keys_of
from oversight.report_states import ReportState

GONE = _("(Isinya sudah dihapus menurut batas waktu penyimpanan.)")
BROKEN = _("(Kotak ini tidak dapat dibuka: isinya rusak atau diganti orang di basis data.)")
IMAGE_STEP = 64 * 1024
MOST_MESSAGES = 200


class NoTeam(Exception):
    """No oversight team has a key yet: nothing can be reported here."""


class AlreadyReceived(Exception):
    """A report with this code is there: the form was sent twice."""


class UnknownCode(Exception):
    """No report belongs to this code."""


class ThreadOver(Exception):
    """The conversation holds as many messages as one may, or its content was erased."""


@dataclass(frozen=True)
class Said:
    """One message as its reporter may see it: her own words stay closed, to whoever finds the code, too."""

    number: int
    from_reporter: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """A report as its code shows it."""

    report_id: uuid.UUID
    team_id: int
    state: str
    topic: str
    received_at: datetime
    answered: bool
    said: list[Said]

    @property
    def state_label(self) -> str:
        return ReportState(self.state).label


def receiving_key() -> TeamKey | None:
    """The key that a report is sealed to now: of the first team that has one."""
    team = Team.objects.filter(report_keys__isnull=False).order_by("pk").first()
    return team.report_keys.select_related("team").order_by("number").last() if team else None


@transaction.atomic(durable=True)
def receive(code: str, *, topic: str, content: dict, images: list[bytes], at) -> None:
    """Take a report in under a fresh `code`. `content` holds kind, contact, recruitment and text; all of it is sealed.

    Only the topic and the hour stay readable. Raises NoTeam, AlreadyReceived.
    """
    key = receiving_key()
    if key is None:
        raise NoTeam
    keys = keys_of(code)
    report = Report(lookup=keys.lookup, reporter_key=keys.public, team=key.team, topic=topic, received_at=the_hour(at))
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        raise AlreadyReceived from None
    _add(report.pk, 1, key, content, images, at)


@transaction.atomic
def thread(code: str) -> Thread:
    """The conversation that belongs to `code`, the team's words opened with it. Raises UnknownCode."""
    keys = keys_of(code)
    return _thread(keys)


@transaction.atomic(durable=True)
def say(code: str, *, text: str, images: list[bytes], at) -> Thread:
    """The reporter adds a message; a report that was closed or waited for it is in hand again.

    Raises UnknownCode, ThreadOver.
    """
    keys = keys_of(code)
    found = _thread(keys)
    if len(found.said) >= MOST_MESSAGES or found.state == ReportState.ERASED:
        raise ThreadOver
    key = TeamKey.objects.filter(team_id=found.team_id).order_by("number").last()
    _add(found.report_id, found.said[-1].number + 1, key, {"text": text}, images, at)
    return _thread(keys)


def the_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def to_team(report_id, number: int) -> str:
    return f"report {report_id} message {number} to the team"


def to_reporter(report_id, number: int) -> str:
    return f"report {report_id} message {number} to the reporter"


def of_image(report_id, number: int, position: int) -> str:
    return f"report {report_id} message {number} image {position}"


def _add(report_id, number: int, key: TeamKey, content: dict, images: list[bytes], at) -> None:
    public = bytes(key.public)
    message = ReportMessage(
        report_id=report_id,
        number=number,
        from_reporter=True,
        team_key=key,
        sealed_for_team=sealing.seal(json.dumps(content).encode(), public, to_team(report_id, number)),
        at=the_hour(at),
    )
    message.save(force_insert=True)
    for position, image in enumerate(images, 1):
        sealed = sealing.seal(image, public, of_image(report_id, number, position), step=IMAGE_STEP)
        ReportImage(message=message, position=position, sealed=sealed).save(force_insert=True)


def _thread(keys: ReporterKeys) -> Thread:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM report_thread(%s)", [keys.lookup])
        rows = cursor.fetchall()
    if not rows:
        raise UnknownCode
    report_id, team_id, state, topic, received_at, first_answer_at = rows[0][:6]
    said = [
        Said(number, from_reporter, "" if from_reporter else _opened(report_id, number, sealed, keys), at)
        for number, from_reporter, sealed, at in (row[6:] for row in rows)
    ]
    return Thread(report_id, team_id, state, topic, received_at, first_answer_at is not None, said)


def _opened(report_id, number: int, sealed: bytes, keys: ReporterKeys) -> str:
    if not sealed:
        return GONE
    try:
        return json.loads(sealing.unseal(bytes(sealed), keys.private, to_reporter(report_id, number)))["text"]
    except sealing.CannotOpen:
        return BROKEN
