"""Coming to an event without an account: asked, confirmed by the owner of the address, seated or waiting, forgotten."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib.indonesian_text import instant
from participation.models import Event, Registration
from publishing.actions import consenting, publication, subscribing
from publishing.actions.publication import MAIL
from publishing.models import Subscriber

MINE = "/acara/saya/{token}/"  # the letter puts the reader's own token in
REMINDED_BEFORE = timedelta(days=1)
A_ROUND = 200
State = Registration.State


class Closed(Exception):
    """The event takes no registrations (any more)."""


class NoRoom(Exception):
    """There are not as many free seats as asked for."""


def _locked(event_id: int) -> Event:
    """Seats are given in one queue per event; without this lock the constraint would refuse, not queue."""
    return Event.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=event_id)


@transaction.atomic(durable=True)
def ask(event: Event, address: str, *, people: int, at, helped_by=None) -> Registration:
    """Keep that an address wants to come, and ask its owner by letter, once a day and event. Raises Closed.

    Asking again changes nothing. With `helped_by` the letter carries a code, which the owner tells the officer.
    """
    if not event.takes_registrations(at):
        raise Closed
    subscriber = subscribing.take_in(address, at=at)
    made, _new = Registration.objects.get_or_create(
        event=event, subscriber=subscriber, defaults={"people": people, "asked_at": at, "helped_by": helped_by}
    )
    if made.state == State.ASKED:
        subscribing.write_to(subscriber, _code_letter(event, at) if helped_by else _question(event, at), at=at)
    return made


def _question(event: Event, at):
    return publication.publish(
        source=f"event:{event.pk}:asked:{at:%Y-%m-%d}",
        subject=_("Pastikan pendaftaran: %(title)s") % {"title": event.title},
        body=_(
            "Ada yang mendaftarkan alamat surel ini untuk %(title)s, %(when)s. Bila itu Anda, buka tautan di bawah lalu "
            "tekan Pastikan. Bila bukan, abaikan surat ini: alamat ini terhapus dalam 7 hari."
        )
        % {"title": event.title, "when": instant(event.starts_at, event.zone)},
        url=MINE,
        at=at,
    )


def _code_letter(event: Event, at):
    return publication.publish(
        source=f"event:{event.pk}:code:{at:%Y-%m-%d}",
        subject=_("Kode pendaftaran: %(title)s") % {"title": event.title},
        body=_(
            "Petugas akan mendaftarkan Anda untuk %(title)s, %(when)s. Bila Anda setuju, sebutkan kode ini kepada "
            "petugas: {code}. Bila tidak, abaikan surat ini: alamat ini terhapus dalam 7 hari."
        )
        % {"title": event.title, "when": instant(event.starts_at, event.zone)},
        url=MINE,
        at=at,
    )


@transaction.atomic(durable=True)
def consent(registration: Registration, code: str, *, at) -> Registration:
    """The owner of the address told the officer the code of today's letter. Raises consenting.WrongCode, Closed."""
    consenting.check(registration.subscriber, code, f"event:{registration.event_id}:code:{at:%Y-%m-%d}")
    return _confirm(registration, at)


@transaction.atomic(durable=True)
def confirm(registration: Registration, *, at) -> Registration:
    """The owner of the address comes: a seat if there is one and nobody waits, else the queue. Raises Closed."""
    return _confirm(registration, at)


def _confirm(registration: Registration, at) -> Registration:
    event = _locked(registration.event_id)
    found = Registration.objects.select_for_update(no_key=True).select_related("subscriber").get(pk=registration.pk)
    if found.state != State.ASKED:
        return found
    if not event.takes_registrations(at):
        raise Closed
    subscribing.confirm(found.subscriber, at=at)
    waits = event.registrations.filter(state=State.WAITING).exists()
    found.state = State.SEATED if found.people <= event.free and not waits else State.WAITING
    found.confirmed_at = at
    found.save(update_fields=["state", "confirmed_at"])
    return found


@transaction.atomic(durable=True)
def change(registration: Registration, *, people: int, at) -> None:
    """Another number of people comes. Raises NoRoom, Closed."""
    event = _locked(registration.event_id)
    found = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    if not event.takes_registrations(at):
        raise Closed
    if found.state == State.SEATED and people - found.people > event.free:
        raise NoRoom
    found.people = people
    found.save(update_fields=["people"])
    _move_up(_locked(event.pk), at)


@transaction.atomic(durable=True)
def leave(registration: Registration, *, at) -> None:
    """The address does not come; the row is gone, and who waited longest moves up."""
    event = _locked(registration.event_id)
    event.registrations.filter(pk=registration.pk).delete()
    _move_up(_locked(event.pk), at)
    forget_if_idle([registration.subscriber_id])


def _move_up(event: Event, at) -> int:
    """Seats for who waits longest, as long as they fit, with a letter; strictly in their order."""
    moved, free = 0, event.free
    if not event.takes_registrations(at):
        return 0
    queue = event.registrations.filter(state=State.WAITING).order_by("confirmed_at", "pk").select_related("subscriber")
    for one in queue:
        if one.people > free:
            break
        one.state = State.SEATED
        one.save(update_fields=["state"])
        free -= one.people
        moved += 1
        letter = publication.publish(
            source=f"event:{event.pk}:moved-up:{at:%Y-%m-%d}",
            subject=_("Anda dapat kursi: %(title)s") % {"title": event.title},
            body=_("Ada kursi kosong. Sekarang Anda terdaftar untuk %(title)s, %(when)s, di %(place)s.")
            % {"title": event.title, "when": instant(event.starts_at, event.zone), "place": event.place},
            url=MINE,
            at=at,
        )
        subscribing.write_to(one.subscriber, letter, at=at)
    return moved


def tell_all(event: Event, what: str, subject: str, body: str, *, at, seated_only: bool = False) -> int:
    """A letter to every confirmed registration of `event`, once for `what`. Runs in the caller's transaction."""
    made = publication.publish(source=f"event:{event.pk}:{what}", subject=subject, body=body, url=MINE, at=at)
    states = ["seated"] if seated_only else ["seated", "waiting"]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO publishing_delivery (publication_id, channel_id, subscriber_id, state, due_at, attempts, proof, failure)
            SELECT %s, c.id, r.subscriber_id, 'queued', %s, 0, '', '' FROM participation_registration r
            JOIN publishing_channel c ON c.code = %s AND c.enabled
            WHERE r.event_id = %s AND r.state = ANY(%s)
            ON CONFLICT (publication_id, channel_id, subscriber_id) DO NOTHING""",
            [made.pk, at, MAIL, event.pk, states],
        )
        return cursor.rowcount


def move_up_due(at) -> int:
    """Where an address was forgotten or a seat became free otherwise, the queue moves; returns how many moved."""
    moved = 0
    waiting = Event.objects.filter(registrations__state=State.WAITING, starts_at__gt=at, cancelled_at=None)
    for pk in waiting.distinct().values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            moved += _move_up(_locked(pk), at)
    return moved


def remind_due(at) -> int:
    """A letter the day before to everybody seated; once for each starting time."""
    told = 0
    due = Event.objects.published().filter(
        reminded_at=None, cancelled_at=None, starts_at__gt=at, starts_at__lte=at + REMINDED_BEFORE
    )
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            event = _locked(pk)
            if event.reminded_at:
                continue
            lines = [_("%(title)s mulai %(when)s.") % {
                "title": event.title, "when": instant(event.starts_at, event.zone)
            }, f"{event.place}, {event.address}", event.entrance, event.transport, event.online_url]  # fmt: skip
            lines.append(
                _("Tidak jadi datang? Lepaskan kursi Anda lewat tautan di bawah, agar orang lain dapat datang.")
            )
            told += tell_all(
                event,
                f"reminder:{event.starts_at:%Y-%m-%dT%H:%M}",
                _("Besok: %(title)s") % {"title": event.title},
                "\n\n".join(line for line in lines if line),
                at=at,
                seated_only=True,
            )
            event.reminded_at = at
            event.save(update_fields=["reminded_at"])
    return told


def forget_due(at) -> int:
    """Some days after an event nobody's data is left but the counts; returns how many events were cleaned."""
    over = Event.objects.filter(forgotten_at=None, ends_at__lte=at - timedelta(days=settings.EVENT_KEPT_DAYS))
    cleaned = 0
    for pk in over.order_by("ends_at", "pk").values_list("pk", flat=True)[:A_ROUND]:
        with transaction.atomic(durable=True):
            event = _locked(pk)
            if event.forgotten_at:
                continue
            gone = set(event.registrations.values_list("subscriber_id", flat=True))
            event.registered = event.taken
            event.forgotten_at = at
            event.save(update_fields=["registered", "forgotten_at"])
            event.registrations.all().delete()
        with transaction.atomic(durable=True):
            forget_if_idle(gone)
        cleaned += 1
    return cleaned


def forget_if_idle(ids) -> int:
    """Forget those of the addresses `ids` on which nothing hangs any more but letters."""
    idle = Subscriber.objects.filter(pk__in=ids)
    for relation in Subscriber._meta.related_objects:
        if relation.related_model._meta.label != "publishing.Delivery":
            idle = idle.exclude(
                pk__in=relation.related_model.objects.filter(**{f"{relation.field.name}__in": ids}).values(
                    relation.field.attname
                )
            )
    forgotten = 0
    for one in idle:
        subscribing.forget(one)
        forgotten += 1
    return forgotten
