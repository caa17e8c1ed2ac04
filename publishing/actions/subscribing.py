"""Addresses that asked for news: taken in, confirmed by their owner, forgotten."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q

from accounts.encrypted import address_index
from publishing.actions.publication import MAIL
from publishing.models import Channel, Delivery, Publication, Subscriber

UNANSWERED = timedelta(days=7)  # an address whose owner never answered is forgotten after this


def take_in(address: str, *, at) -> Subscriber:
    """The subscriber with this address, made if there is none. Runs in the caller's transaction."""
    address = address.strip().lower()
    made = Subscriber(address=address, address_index=address_index(address), made_at=at)
    Subscriber.objects.bulk_create([made], ignore_conflicts=True)
    return Subscriber.objects.select_for_update(no_key=True).get(address_index=made.address_index)


def confirm(subscriber: Subscriber, *, at) -> None:
    """The owner of the address said yes. Runs in the caller's transaction."""
    Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None).update(confirmed_at=at)


def write_to(subscriber: Subscriber, publication: Publication, *, at) -> None:
    """Queue a letter; once per publication and address."""
    channel = Channel.objects.filter(code=MAIL, enabled=True).first()
    if channel:
        letter = Delivery(publication=publication, channel=channel, subscriber=subscriber, due_at=at)
        Delivery.objects.bulk_create([letter], ignore_conflicts=True)


def write_to_all(subscribers, publication: Publication, *, at) -> None:
    """Queue a letter to each of these subscribers (their keys); once per publication and address."""
    channel = Channel.objects.filter(code=MAIL, enabled=True).first()
    if channel:
        letters = [
            Delivery(publication=publication, channel=channel, subscriber_id=one, due_at=at) for one in subscribers
        ]
        Delivery.objects.bulk_create(letters, ignore_conflicts=True, batch_size=1000)


def forget(subscriber: Subscriber) -> None:
    """Delete the address, every letter to it, and the words of letters written to it alone.

    What hangs on it elsewhere goes first, by the caller.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_subscriber(%s)", [subscriber.pk])


def unanswered(at):
    """Addresses whose owner did not answer within a week."""
    return Subscriber.objects.filter(Q(confirmed_at=None), made_at__lte=at - UNANSWERED)
