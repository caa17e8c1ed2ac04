"""Scores as they are on the screens: a delivery is taken as a whole, once, or not at all."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from exams import live_rows, live_slips
from exams.actions.live_sessions import components_of
from exams.live_rows import Problem, Refused
from exams.models import ExamSession, LiveDelivery, LiveRow
from ledger.actions import record
from selection.actions.batches import root_of
from selection.models import LiveScore
from selection.queries import participants
from vacancies.models import Stage

AHEAD = timedelta(minutes=2)  # clocks of a test room may run this much before ours


class OutOfTurn(Exception):
    """The sequence was used by another delivery, or the session takes nothing now."""


@transaction.atomic(durable=True)
def receive(session: ExamSession, raw: bytes, *, at, key=None, by=None, sequence=None) -> tuple[LiveDelivery, bool]:
    """Keep what the delivery says that is new; (delivery, whether it is a new one). Locks the stage, then the session.

    The same bytes again change nothing and get the same answer. A row that is there already is passed over; a row
    older than what its participant has, or another value at the same time, refuses the delivery. The record gets one
    root over what is new, in the same transaction. Raises Refused with rows, OutOfTurn.
    """
    Stage.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.stage_id)
    session = ExamSession.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    digest = hashlib.sha256(raw).hexdigest()
    if before := LiveDelivery.objects.filter(session=session, sha256=digest).first():
        return before, False
    if not session.is_open:
        raise OutOfTurn(_("Sesi ini belum dibuka atau sudah ditutup."))
    last = LiveDelivery.objects.filter(session=session).aggregate(last=Max("sequence"))["last"] or 0
    if sequence is not None and sequence <= last:
        raise OutOfTurn(_("Urutan %(n)s sudah lewat. Kirim dengan urutan yang lebih besar.") % {"n": sequence})
    stage = session.stage
    keys, rows = live_rows.read(raw, components=components_of(stage), rooms=session.rooms, zone=stage.recruitment.zone)
    new = _new(session, keys, rows, at)
    turn = sequence or last + 1
    bound = live_slips.commitments(session, keys, new)
    made = LiveDelivery.objects.create(
        session=session, sequence=turn, sha256=digest, rows=len(new), same=len(rows) - len(new), key=key, by=by,
        received_at=at, fact=_recorded(session, turn, bound, at) if new else None,
    )  # fmt: skip
    scores = LiveScore.objects.bulk_create(
        LiveScore(stage=stage, application_id=person, components=keys, values=list(row.values), shown_at=row.shown_at)
        for person, row in new
    )
    LiveRow.objects.bulk_create(
        LiveRow(delivery=made, score=score, room=row.room, index=index, commitment=commitment)
        for index, (score, (_person, row), commitment) in enumerate(zip(scores, new, bound, strict=True))
    )
    return made, True


def _recorded(session: ExamSession, turn: int, bound: list[str], at):
    """The fact that these scores were shown: a root over salted commitments, and no score."""
    return record.append(
        "scores.shown", at=at, recruitment=session.stage.recruitment.slug, stage=session.stage.slug,
        session=session.slug, delivery=turn, rows=len(bound), root=root_of(bound),
    )  # fmt: skip


def _new(session: ExamSession, keys: list[str], rows: list[live_rows.Row], at) -> list[tuple[int, live_rows.Row]]:
    """(application, row) for each row that is not there already. Raises Refused."""
    given = {row.number for row in rows}
    people = {}
    found = participants(session.stage).filter(Q(participant_number__in=given) | Q(national_number__in=given))
    for pk, number, national in found.values_list("pk", "participant_number", "national_number"):
        people |= {number: pk, national: pk}
    newest = {
        one.application_id: one
        for one in LiveScore.objects.filter(stage=session.stage_id, application__in=set(people.values()))
        .order_by("application_id", "-shown_at")
        .distinct("application_id")
    }
    problems, kept, seen = [], [], {}
    for row in rows:
        person = people.get(row.number)
        before = newest.get(person)
        if person is None:
            problems.append(Problem(row.row, "nomor", _("Nomor ini bukan peserta tahap ini.")))
        elif (first := seen.setdefault(person, row.row)) != row.row:
            problems.append(Problem(row.row, "nomor", _("Peserta ini sudah ada di baris %(row)s.") % {"row": first}))
        elif row.shown_at < session.opened_at:
            problems.append(Problem(row.row, "waktu", _("Waktu ini sebelum sesi dibuka.")))
        elif row.shown_at > at + AHEAD:
            problems.append(Problem(row.row, "waktu", _("Waktu ini belum terjadi. Periksa jam komputer ujian.")))
        elif before and before.shown_at == row.shown_at and _same(before, keys, row):
            continue
        elif before and before.shown_at >= row.shown_at:
            problems.append(
                Problem(row.row, "waktu", _("Peserta ini sudah punya nilai yang sama baru atau lebih baru."))
            )
        else:
            kept.append((person, row))
    if problems:
        raise Refused(problems)
    return kept


def _same(before: LiveScore, keys: list[str], row: live_rows.Row) -> bool:
    return dict(zip(before.components, before.values, strict=True)) == dict(zip(keys, row.values, strict=True))
