"""Telling something once: a publication, and a delivery for each person."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from publishing.models import Mailing, Publication

MAIL = "mail"


def publish(
    *,
    source: str,
    subject: str,
    body: str,
    url: str,
    at,
    opened: bool = True,
    for_all: bool = False,
    personal: bool = False,
) -> Publication:
    """The publication of `source`, made in the transaction of whatever it tells about.

    A second call for the same source returns the first one: nothing is told twice. Not `opened` yet
    means that nobody hears of it before it is opened. `for_all` sends it to the outside channels too; `personal` is a
    letter to one address without account, whose words go with the address.
    """
    made = Publication(
        source=source,
        subject=subject[:200],
        body=body,
        url=url,
        for_all=for_all,
        personal=personal,
        created_at=at,
        opened_at=at if opened else None,
    )
    Publication.objects.bulk_create([made], ignore_conflicts=True)
    return Publication.objects.get(source=source)


def queue_for(publication: Publication, users: QuerySet, *, at, mailing: Mailing | None = None) -> int:
    """A queued mail for each of `users`, set-based; people who have theirs already are passed over.

    As part of `mailing` the letters obey its hours, its pause and its stop.
    """
    try:
        ids, parameters = users.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO publishing_delivery
                (publication_id, mailing_id, channel_id, recipient_id, state, due_at, attempts, proof, failure)
            SELECT %s, %s, c.id, u.id, 'queued', %s, 0, '', '' FROM ({ids}) u
            JOIN publishing_channel c ON c.code = %s AND c.enabled
            ON CONFLICT (publication_id, channel_id, recipient_id) DO NOTHING""",
            [publication.pk, mailing and mailing.pk, at, *parameters, MAIL],
        )
        return cursor.rowcount
