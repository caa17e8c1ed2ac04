"""The team's side of a report: read with the opened key, answered to the code, closed with a reason.

Answering needs no opened key: words are sealed to the reporter's public key and to the team's own. Everything runs
as `portal_team`.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import FileAccess
from accounts.roles import Role
from accounts.team_role import as_team
from lib import sealing
from oversight import report_states, rules
from oversight.actions import finding as findings
from oversight.actions import reading, team_keys
from oversight.actions.reports import BROKEN, GONE, MOST_MESSAGES, of_image, the_hour, to_reporter, to_team
from oversight.models import Membership, Report, ReportImage, ReportMessage
from oversight.report_states import ReportState


class NotAllowed(Exception):
    """Not a member, or a report of another team."""


class NotReady(Exception):
    """Something is missing, or the report is past that step."""


@dataclass(frozen=True)
class Opened:
    """One message as members read it; `content` is None where nobody of this sitting holds the key."""

    number: int
    from_reporter: bool
    by: str
    at: datetime
    content: dict | None
    images: list[int]


@transaction.atomic
def reports_of(membership: Membership, *, state: str = "") -> list[Report]:
    """The reports for the team, the waiting ones first, then the newest."""
    with as_team():
        found = Report.objects.filter(team=membership.team_id).select_related("finding")
        if state:
            found = found.filter(state=state)
        order = list(ReportState)
        return sorted(found.order_by("-received_at")[:500], key=lambda one: order.index(one.state) == len(order) - 1)


@transaction.atomic
def report_of(membership: Membership, pk) -> Report | None:
    """One report for this member's team."""
    with as_team():
        return Report.objects.filter(team=membership.team_id, pk=pk).select_related("finding").first()


@transaction.atomic(durable=True)
def read(report: Report, *, private: bytes, by, at) -> list[Opened]:
    """The conversation, opened with the member's key; that it was read is written down. Raises NotAllowed."""
    membership = _member(report, by, at)
    with as_team():
        privates = team_keys.team_privates(membership, private)
        messages = report.messages.select_related("by").prefetch_related("images").order_by("number")
        found = [_opened(report, one, privates.get(one.team_key_id)) for one in messages]
        if any(one.content is not None for one in found):
            _write_down(report, membership, at)
    return found


@transaction.atomic
def image(report: Report, number: int, position: int, *, private: bytes, by, at) -> bytes | None:
    """One picture of a message as JPEG; None where it is not there or the key is missing. Raises NotAllowed."""
    membership = _member(report, by, at)
    with as_team():
        privates = team_keys.team_privates(membership, private)
        one = ReportImage.objects.filter(message__report=report, message__number=number, position=position)
        one = one.select_related("message").first()
    key = privates.get(one.message.team_key_id) if one else None
    if not key or not one.sealed:
        return None
    try:
        return sealing.unseal(bytes(one.sealed), key, of_image(report.pk, number, position))
    except sealing.CannotOpen:
        return None


@transaction.atomic(durable=True)
def answer(report: Report, *, text: str, by, at, then: str = ReportState.IN_HAND) -> ReportMessage:
    """Say something to the reporter; after it the report is in hand, waits for the reporter, or is closed.

    Locks the report. Raises NotAllowed, NotReady for an empty text or a report that is closed.
    """
    membership = _member(report, by, at)
    if not text.strip():
        raise NotReady(_("Tulis pesannya dahulu."))
    with as_team():
        report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
        if report.state in report_states.OVER or (
            report.state != then and not report_states.allows(report.state, then)
        ):
            raise NotReady(_("Laporan ini sudah selesai. Pelapor dapat membukanya lagi dengan menulis pesan."))
        number = report.messages.count() + 1
        if number > MOST_MESSAGES:
            raise NotReady(_("Percakapan ini sudah penuh."))
        key = team_keys.current(membership.team)
        content = json.dumps({"text": text.strip()}).encode()
        said = ReportMessage.objects.create(
            report=report,
            number=number,
            from_reporter=False,
            team_key=key,
            sealed_for_team=sealing.seal(content, bytes(key.public), to_team(report.pk, number)),
            sealed_for_reporter=sealing.seal(content, bytes(report.reporter_key), to_reporter(report.pk, number)),
            by=by,
            at=the_hour(at),
        )
        report.state = then
        report.first_answer_at = report.first_answer_at or the_hour(at)
        report.closed_at = the_hour(at) if then == ReportState.CLOSED else None
        report.save(update_fields=["state", "first_answer_at", "closed_at"])
    return said


@transaction.atomic(durable=True)
def draft_finding(report: Report, stage, *, by, at):
    """A draft finding about `stage` that this report led to. It takes over nothing of what was reported.

    Locks the report. Raises NotAllowed, NotReady when the report led to one already.
    """
    _member(report, by, at)
    with as_team():
        report = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
        if report.finding_id:
            raise NotReady(_("Laporan ini sudah menjadi temuan."))
        report.finding = findings.write_draft(
            stage, title=_("Temuan dari pemeriksaan tim"), body=_("Tulis di sini apa yang tim periksa sendiri."),
            severity="minor", by=by, at=at,
        )  # fmt: skip
        report.save(update_fields=["finding"])
    return report.finding


def _opened(report: Report, one: ReportMessage, key: bytes | None) -> Opened:
    content = None
    if key and not one.sealed_for_team:
        content = {"text": GONE}
    elif key:
        content = _content(report, one, key)
    by = "" if one.from_reporter else str(one.by)
    return Opened(one.number, one.from_reporter, by, one.at, content, [each.position for each in one.images.all()])


def _content(report: Report, one: ReportMessage, key: bytes) -> dict:
    try:
        return json.loads(sealing.unseal(bytes(one.sealed_for_team), key, to_team(report.pk, one.number)))
    except sealing.CannotOpen:
        return {"text": BROKEN}


def _write_down(report: Report, membership: Membership, at) -> None:
    FileAccess.objects.create(
        subject=f"laporan {report.ref}", by=membership.user, role=Role.OVERSEER, purpose=reading.REPORT, at=at
    )


def _member(report: Report, by, at) -> Membership:
    membership = rules.membership_of(by, at)
    if membership is None or membership.team_id != report.team_id:
        raise NotAllowed(_("Laporan ini hanya untuk anggota tim pengawas."))
    return membership
