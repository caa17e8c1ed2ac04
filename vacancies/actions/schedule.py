"""The dates of a stage move, and everybody can see from when to when, why and by whom."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from lib.indonesian_text import instant
from publishing.actions import publication
from vacancies.models import Revision, ScheduleChange, Stage


class NotMovable(Exception):
    """These dates cannot be; the message says what to do."""


@transaction.atomic(durable=True)
def change_stage(
    stage: Stage,
    *,
    by,
    at: datetime,
    reason: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    announce_at: datetime | None = None,
) -> list[ScheduleChange]:
    """The stage has these dates; a date that is None stays. Locks the stage, as closing and submitting do.

    In a published recruitment each moved date becomes a public ScheduleChange with `reason`, a line in
    the history of the recruitment and a fact in the record; the planned dates stay what was published
    first. Before that the plan itself moves and nothing is told. Raises NotMovable: no reason, a stage
    that is closed, a date that has passed or would lie in the past, an order that cannot be.
    """
    stage = Stage.objects.select_related("recruitment").select_for_update(of=("self",), no_key=True).get(pk=stage.pk)
    asked = {"opens_at": opens_at, "closes_at": closes_at, "announce_at": announce_at}
    moved = {name: new for name, new in asked.items() if new is not None and new != getattr(stage, name)}
    if not moved:
        return []
    told = stage.recruitment.published_at is not None
    old = {name: getattr(stage, name) for name in moved}
    _check(stage, moved, at=at, reason=reason, told=told)
    for name, new in moved.items():
        setattr(stage, name, new)
        if not told:
            setattr(stage, f"planned_{name}", new)
    stage.save(update_fields=[*moved, *([] if told else [f"planned_{name}" for name in moved])])
    return _tell(stage, old, moved, by=by, at=at, reason=reason.strip()) if told else []


def postpone(stage: Stage, *, by_days: timedelta, by, at: datetime, reason: str) -> list[ScheduleChange]:
    """The end of a public `stage`, and every date of the stages after it, lie `by_days` later. One news for all.

    Inside the transaction of whoever holds the lock of `stage`; the later ones are locked here, in their order.
    """
    changes, moves = [], []
    later = stage.recruitment.stages.select_for_update(of=("self",), no_key=True).filter(
        order__gt=stage.order, closed_at=None
    )
    for one in [stage, *later.order_by("order")]:
        one.recruitment = stage.recruitment
        names = ["closes_at", "announce_at"] if one is stage else list(ScheduleChange.NAMES)
        old = {name: getattr(one, name) for name in names if getattr(one, name)}
        moved = {name: value + by_days for name, value in old.items()}
        for name, value in moved.items():
            setattr(one, name, value)
        one.save(update_fields=list(moved))
        changes += _write_down(one, old, moved, by=by, at=at, reason=reason)
        moves.append(_in_words(one, moved))
    _publish(stage, "; ".join(moves), source=changes[0], at=at, reason=reason)
    return changes


def _check(stage: Stage, moved: dict, *, at: datetime, reason: str, told: bool) -> None:
    after = {name: moved.get(name, getattr(stage, name)) for name in ScheduleChange.NAMES}
    if told and not reason.strip():
        raise NotMovable(_("Tulis alasan perubahan jadwal. Publik akan membacanya."))
    if stage.closed_at and moved.keys() & {"opens_at", "closes_at"}:
        raise NotMovable(_("Tahap ini sudah ditutup. Tanggal mulai dan selesainya tidak berubah lagi."))
    if told and "opens_at" in moved and stage.opens_at <= at:
        raise NotMovable(_("Tahap ini sudah mulai. Tanggal mulainya tidak berubah lagi."))
    if told and any(new <= at for new in moved.values()):
        raise NotMovable(_("Pilih waktu yang belum lewat."))
    if after["closes_at"] <= after["opens_at"]:
        raise NotMovable(_("Waktu selesai harus sesudah waktu mulai."))
    if after["announce_at"] and after["announce_at"] < after["closes_at"]:
        raise NotMovable(_("Pengumuman hasil paling cepat saat tahap selesai. Ubah juga waktu pengumumannya."))


def _tell(stage: Stage, old: dict, moved: dict, *, by, at: datetime, reason: str) -> list[ScheduleChange]:
    changes = _write_down(stage, old, moved, by=by, at=at, reason=reason)
    _publish(stage, _in_words(stage, moved), source=changes[0], at=at, reason=reason)
    return changes


def _write_down(stage: Stage, old: dict, moved: dict, *, by, at: datetime, reason: str) -> list[ScheduleChange]:
    """What everybody can see of moved dates: the changes, a line in the history, a fact for each in the record."""
    recruitment = stage.recruitment
    changes = ScheduleChange.objects.bulk_create(
        ScheduleChange(stage=stage, field=name, old=old[name], new=new, reason=reason, by=by, at=at)
        for name, new in moved.items()
    )
    Revision.objects.create(
        recruitment=recruitment,
        summary=_("Jadwal diubah: %(stage)s") % {"stage": stage.name_public},
        changes=[
            {
                "field": str(ScheduleChange.NAMES[name]),
                "old": instant(old[name], recruitment.zone) if old[name] else "–",
                "new": instant(new, recruitment.zone),
            }
            for name, new in moved.items()
        ],
        reason=reason,
        by=by,
        at=at,
    )
    for name, new in moved.items():
        record.append(
            "schedule.changed",
            at=at,
            recruitment=recruitment.slug,
            stage=stage.slug,
            field=name,
            old=record.instant(old[name]) if old[name] else None,
            new=record.instant(new),
            reason=reason,
        )
    return changes


def _in_words(stage: Stage, moved: dict) -> str:
    """The new dates of a stage in a sentence."""
    zone = stage.recruitment.zone
    return f"{stage.name_public}: " + ", ".join(
        f"{str(ScheduleChange.NAMES[name]).lower()} {instant(new, zone)}" for name, new in moved.items()
    )


def _publish(stage: Stage, moves: str, *, source: ScheduleChange, at: datetime, reason: str) -> None:
    recruitment = stage.recruitment
    publication.publish(
        source=f"schedule:{source.pk}",
        subject=_("Jadwal berubah: %(stage)s, %(name)s") % {"stage": stage.name_public, "name": recruitment.name},
        body=_("Jadwal baru. %(moves)s. Alasan: %(reason)s") % {"moves": moves, "reason": reason},
        url=f"/seleksi/{recruitment.slug}/",
        at=at,
        for_all=True,
    )
