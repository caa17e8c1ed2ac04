"""Sessions of the office: prepared by one, published by another, moved with a reason, cancelled, counted."""

from django.db import transaction
from django.utils.translation import gettext as _

from lib.indonesian_text import instant
from participation.actions import registrations
from participation.models import Event, EventChange
from publishing.actions import publication

MOVABLE = {
    "starts_at": _("mulai"),
    "ends_at": _("selesai"),
    "place": _("tempat"),
    "address": _("alamat"),
    "district": _("kecamatan"),
    "online_url": _("tautan ikut dari rumah"),
}


class NotNow(Exception):
    """The event does not allow this any more, or not by this person; the words say why."""


def path(event: Event) -> str:
    return f"/acara/{event.slug}/"


def locked(event: Event) -> Event:
    return Event.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=event.pk)


@transaction.atomic(durable=True)
def prepare(event: Event, *, by, at) -> Event:
    """Keep a new or reworded event that is not public yet; `by` becomes the one who prepared it. Raises NotNow."""
    if event.pk and locked(event).published_at:
        raise NotNow(_("Acara ini sudah terbit. Ubah waktu atau tempatnya di halaman ubah jadwal."))
    event.prepared_by, event.prepared_at = by, at
    event.save()
    return event


@transaction.atomic(durable=True)
def publish(event: Event, *, by, at) -> Event:
    """Everybody may read it and register; it is news on every channel. Not by who prepared it. Raises NotNow."""
    event = locked(event)
    if event.published_at:
        return event
    if event.prepared_by_id == by.pk:
        raise NotNow(_("Acara ini Anda siapkan sendiri. Minta orang lain menerbitkannya."))
    if event.starts_at <= at:
        raise NotNow(_("Waktu acara sudah lewat. Perbaiki waktunya dulu."))
    event.published_by, event.published_at = by, at
    event.save(update_fields=["published_by", "published_at"])
    body = _("%(about)s\n\nWaktu: %(when)s\nTempat: %(place)s, %(address)s, Kecamatan %(district)s\nKursi: %(n)s") % {
        "about": event.about,
        "when": instant(event.starts_at, event.zone),
        "place": event.place,
        "address": event.address,
        "district": event.district,
        "n": event.capacity,
    }
    _news(event, "published", f"{event.get_kind_display()}: {event.title}", body, at)
    return event


@transaction.atomic(durable=True)
def move(event: Event, values: dict, *, reason: str, by, at) -> bool:
    """Time or place of a public event change; everybody registered and every channel is told. False when nothing did.

    Raises NotNow.
    """
    event = locked(event)
    if not event.published_at or event.cancelled_at or event.ends_at <= at:
        raise NotNow(_("Acara ini belum terbit, sudah batal, atau sudah selesai."))
    if values.get("starts_at", event.starts_at) <= at:
        raise NotNow(_("Waktu mulai yang baru sudah lewat."))
    moves = []
    for field, name in MOVABLE.items():
        old, new = getattr(event, field), values.get(field, getattr(event, field))
        if old != new:
            moves.append({"field": str(name), "old": _words(old, event), "new": _words(new, event)})
            setattr(event, field, new)
    if not moves:
        return False
    event.reminded_at = None
    event.save(update_fields=[*MOVABLE, "reminded_at"])
    change = EventChange.objects.create(event=event, changes=moves, reason=reason, by=by, at=at)
    lines = "\n".join(f"{one['field']}: {one['old']} → {one['new']}" for one in moves)
    body = _("%(title)s berubah.\n\n%(lines)s\n\nAlasan: %(reason)s") % {
        "title": event.title, "lines": lines, "reason": reason,
    }  # fmt: skip
    subject = _("Acara berubah: %(title)s") % {"title": event.title}
    _news(event, f"moved:{change.pk}", subject, body, at)
    registrations.tell_all(event, f"moved:{change.pk}", subject, body, at=at)
    return True


def _words(value, event: Event) -> str:
    return instant(value, event.zone) if hasattr(value, "astimezone") else str(value or "-")


@transaction.atomic(durable=True)
def cancel(event: Event, *, reason: str, by, at) -> None:
    """The event does not take place; everybody registered and every channel is told. Raises NotNow."""
    event = locked(event)
    if not event.published_at or event.cancelled_at or event.ends_at <= at:
        raise NotNow(_("Acara ini belum terbit, sudah batal, atau sudah selesai."))
    event.cancelled_by, event.cancelled_at, event.cancel_reason = by, at, reason
    event.save(update_fields=["cancelled_by", "cancelled_at", "cancel_reason"])
    subject = _("Acara batal: %(title)s") % {"title": event.title}
    body = _("%(title)s pada %(when)s batal.\n\nAlasan: %(reason)s") % {
        "title": event.title, "when": instant(event.starts_at, event.zone), "reason": reason,
    }  # fmt: skip
    _news(event, "cancelled", subject, body, at)
    registrations.tell_all(event, "cancelled", subject, body, at=at)


@transaction.atomic(durable=True)
def count(event: Event, *, attended: int, recording_url: str, by, at) -> None:
    """How many came, and where it can be seen again. Raises NotNow before it began."""
    event = locked(event)
    if not event.published_at or event.cancelled_at or at < event.starts_at:
        raise NotNow(_("Isi setelah acara mulai."))
    event.attended, event.recording_url, event.counted_by, event.counted_at = attended, recording_url, by, at
    event.save(update_fields=["attended", "recording_url", "counted_by", "counted_at"])


def _news(event: Event, what: str, subject: str, body: str, at) -> None:
    publication.publish(
        source=f"event:{event.pk}:{what}:news", subject=subject, body=body, url=path(event), at=at, for_all=True
    )
