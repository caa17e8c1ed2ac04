"""A test that counts: sealed with its seats, opened by two officers, and nothing in between for anybody to read."""

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exams.actions import local_box, tested_components
from exams.actions import sitting as sittings
from exams.actions.live_sessions import components_of
from exams.models import Blueprint, BlueprintPart, ExamSession, LocalTest, Resit, Seat
from ledger.actions import record
from lib import draw
from lib.codes import random_code
from selection.queries import participants
from vacancies.models import Stage

CODE_LENGTH = 8


class NotPossible(Exception):
    """The words say why, and what to do."""


@transaction.atomic(durable=True)
def seal(session: ExamSession, *, seconds: int, parts: list[dict], begins_at, door_closes_at, seats_per_room: int,
         own_devices: bool, extra: dict[str, int], by, at) -> LocalTest:  # fmt: skip
    """Make the session of a stage a test of ours: format, items, rooms and seats stand from here on. Locks the stage.

    `parts`: component, topic, count, worth, scores_as. `extra`: seconds by participant number, for those who are
    entitled to more time. What the parts measure comes from tests alone from here on. Seats go to the participants
    whom no session of the stage has seated yet, in an order that is drawn; a session that nobody opened in its time
    seated nobody, and whoever was granted a resit is seated again. The commitment over items and key goes to the public record. Raises NotPossible.
    """
    stage = (
        Stage.objects.select_for_update(no_key=True, of=("self",))
        .select_related("recruitment")
        .get(pk=session.stage_id)
    )
    session = ExamSession.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
    if session.opened_at or LocalTest.objects.filter(pk=session.pk).exists():
        raise NotPossible(_("Sesi ini sudah dibuka atau sudah punya ujian. Buat sesi baru."))
    if begins_at <= at or door_closes_at <= begins_at:
        raise NotPossible(_("Ujian mulai setelah sekarang, dan pintu ditutup setelah ujian mulai."))
    blueprint = _format(session, seconds, parts)
    try:
        tested_components.take(stage, tested_components.measured(blueprint), at=at)
    except tested_components.NotFree as error:
        raise NotPossible(str(error)) from error
    pool = sittings.pool_of_bank(blueprint)
    try:
        sittings.drawn_from(pool, blueprint, secrets.token_hex(32))
    except sittings.TooFewItems as error:
        raise NotPossible(_("Soal rahasia yang siap pakai belum cukup: %(what)s.") % {"what": error}) from error
    inside, commitment = local_box.packed(blueprint, pool, secrets.token_hex(32))
    test = LocalTest.objects.create(
        session=session, blueprint=blueprint, begins_at=begins_at, door_closes_at=door_closes_at,
        own_devices=own_devices, items=len(pool), commitment=commitment,
    )  # fmt: skip
    local_box.close(test, inside)
    seats = _seats(test, session, seats_per_room, extra, at)
    record.append(
        "exam.sealed", at=at, **names(session), items=len(pool), seats=len(seats),
        extra=sum(one.extra_seconds > 0 for one in seats), digest=commitment,
    )  # fmt: skip
    return test


def names(session: ExamSession) -> dict:
    """How the public record names a session."""
    return {"recruitment": session.stage.recruitment.slug, "stage": session.stage.slug, "session": session.slug}


def _format(session: ExamSession, seconds: int, parts: list[dict]) -> Blueprint:
    known = {one["key"] for one in components_of(session.stage)}
    for one in parts:
        if (one["scores_as"] or one["component"]) not in known:
            words = _("Komponen nilai %(name)s tidak ada di tahap ini. Pakai: %(known)s.")
            raise NotPossible(words % {"name": one["scores_as"] or one["component"], "known": ", ".join(sorted(known))})
    if len({(one["component"], one["scores_as"]) for one in parts}) > len({one["component"] for one in parts}):
        raise NotPossible(_("Satu komponen soal masuk ke satu komponen nilai saja."))
    made = Blueprint.objects.create(
        slug=f"ujian-{session.slug}", name=session.name, seconds=seconds, practice=False, offered=False
    )
    try:
        with transaction.atomic():
            BlueprintPart.objects.bulk_create(
                BlueprintPart(blueprint=made, place=place, **one) for place, one in enumerate(parts)
            )
    except IntegrityError as error:
        raise NotPossible(_("Setiap bagian berbeda, dengan 1 sampai 200 soal.")) from error
    return made


def _seats(test: LocalTest, session: ExamSession, per_room: int, extra: dict[str, int], at) -> list[Seat]:
    others = LocalTest.objects.living(at).filter(session__stage=session.stage)
    taken = Seat.objects.filter(test__in=others).exclude(resits__resit__state=Resit.State.GRANTED)
    waiting = participants(session.stage).filter(state="submitted").exclude(exam_seats__in=taken)
    people = dict(waiting.values_list("participant_number", "pk"))
    if not people:
        raise NotPossible(_("Semua peserta tahap ini sudah punya kursi."))
    if strange := sorted(extra.keys() - people.keys()):
        raise NotPossible(_("Nomor ini tidak menunggu kursi di tahap ini: %(n)s.") % {"n": ", ".join(strange)[:200]})
    order = draw.drawn(secrets.token_hex(32), people, per_room * len(session.rooms))
    if left := sorted(extra.keys() - set(order)):
        raise NotPossible(_("Tambah kursi: peserta %(n)s tidak kebagian.") % {"n": ", ".join(left)[:200]})
    return Seat.objects.bulk_create(
        Seat(
            test=test, application_id=people[number], room=session.rooms[place % len(session.rooms)],
            number=place // len(session.rooms) + 1, extra_seconds=extra.get(number, 0),
        )
        for place, number in enumerate(order)
    )  # fmt: skip


@transaction.atomic(durable=True)
def unseal(test: LocalTest, *, by, at) -> LocalTest:
    """One of two officers opens the test, in the hour before it begins; with the second it is open. Locks the test.

    With the second the database makes the seed, the codes of the seats exist, and everybody may watch the session.
    Raises NotPossible.
    """
    found = LocalTest.objects.select_for_update(no_key=True, of=("self",)).get(pk=test.pk)
    session = ExamSession.objects.select_for_update(no_key=True, of=("self",)).get(pk=test.pk)
    if found.second_at:
        raise NotPossible(_("Ujian ini sudah dibuka."))
    if found.first_by_id is None:
        found.first_by, found.first_at = by, at
        found.save(update_fields=["first_by", "first_at"])
        return found
    if found.first_by_id == by.pk:
        raise NotPossible(_("Anda sudah membuka bagian Anda. Petugas lain membuka bagian kedua."))
    found.second_by, found.second_at, found.seed = by, at, "-"
    try:
        with transaction.atomic():
            found.save(update_fields=["second_by", "second_at", "seed"])
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == "local_test_opened_in_time":
            raise NotPossible(_("Ujian dibuka dalam satu jam sebelum mulai, sampai pintunya ditutup.")) from error
        raise
    found.refresh_from_db()
    if session.opened_at is None:
        session.opened_by = by if session.made_by_id != by.pk else found.first_by
        session.opened_at = at
        session.save(update_fields=["opened_by", "opened_at"])
    seats = list(found.seats.all())
    for seat in seats:
        seat.code = random_code(CODE_LENGTH)
    Seat.objects.bulk_update(seats, ["code"], batch_size=500)
    record.append("exam.opened", at=at, **names(session))
    return found
