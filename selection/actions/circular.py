"""A message to many applicants: written, tried out, approved by a second person, handed to its mailing."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import MD5, Cast, Concat
from django.utils.translation import gettext as _

from lib.canonical import canonical
from lib.statement_time import allow_minutes
from publishing.actions import mailing as mailings
from publishing.actions import publication
from publishing.models import Publication
from publishing.rendering.letter import letter
from selection import circular_audience
from selection.models import Circular

SAMPLES = 10
LONGEST_AHEAD = timedelta(days=14)  # the people are those of the approval: later they would be others
WORDS = ("stage", "subject", "body", "send_at", "window_from", "window_until")


class NotPossible(Exception):
    """The message is approved or discarded already, or nobody would get it."""


class NotAllowed(Exception):
    """Whoever wrote a message or tried it out does not approve it."""


class Changed(Exception):
    """Text or people are not those that were tried out."""


@transaction.atomic(durable=True)
def write(recruitment, *, by, at, **words) -> Circular:
    """A draft; nobody gets it before a dry run and a second person. Raises NotPossible for a time it cannot keep."""
    _check(recruitment, words, at)
    return Circular.objects.create(recruitment=recruitment, written_by=by, written_at=at, **words)


@transaction.atomic(durable=True)
def rewrite(circular: Circular, *, by, at, **words) -> Circular:
    """Other words, people or hours; the dry run is void. Locks the message."""
    found = _open(circular)
    _check(found.recruitment, words, at)
    for name in WORDS:
        setattr(found, name, words[name])
    found.written_by, found.written_at = by, at
    found.digest, found.people, found.left_out, found.samples = "", 0, {}, []
    found.tried_by = found.tried_at = None
    found.save()
    return found


@transaction.atomic(durable=True)
def try_out(circular: Circular, *, by, at) -> Circular:
    """The dry run: counts, who is left out, ten people by lot, each letter really written; sends nothing. Locks the message.

    Raises NotPossible when nobody would get it, or when it would tell who passed before the result is announced.
    """
    allow_minutes()
    found = _open(circular)
    audience = _audience(found)
    if not audience.people:
        raise NotPossible(_("Tidak ada yang akan menerima pesan ini. Periksa pilihan penerimanya."))
    digest = digest_of(found, audience)
    lot = MD5(Concat(Value(digest), Cast("pk", TextField())))
    chosen = list(circular_audience.users(found.recruitment, found.stage).order_by(lot, "pk")[:SAMPLES])
    for user in chosen:
        letter(as_publication(found), user.email, "<uji@contoh.invalid>").message()
    found.digest, found.people, found.left_out = digest, audience.people, audience.left_out
    found.samples, found.tried_by, found.tried_at = [one.pk for one in chosen], by, at
    found.save()
    return found


@transaction.atomic(durable=True)
def approve(circular: Circular, *, digest: str, by, at) -> Circular:
    """A second person approves the dry run that `digest` names; its letters are queued in the same transaction.

    Counts again: the letters go to exactly the people of the dry run. Locks the message. Raises NotAllowed for whoever
    wrote or tried it, Changed when text or people are not those that were tried out.
    """
    allow_minutes()
    found = _open(circular)
    if by.pk in (found.written_by_id, found.tried_by_id):
        raise NotAllowed(_("Yang menulis atau menguji tidak boleh mengesahkan. Minta rekan lain."))
    if not found.digest or found.digest != digest:
        raise Changed(_("Pesan ini berubah sejak Anda membukanya. Baca lagi dahulu."))
    audience = _audience(found)
    if digest_of(found, audience) != found.digest:
        words = _("Penerimanya berubah sejak uji coba: dulu %(then)s orang, sekarang %(now)s. Jalankan uji coba lagi.")
        raise Changed(words % {"then": found.people, "now": audience.people})
    words = as_publication(found)
    published = publication.publish(source=words.source, subject=words.subject, body=words.body, url=words.url, at=at)
    found.mailing = mailings.begin(
        published, zone=found.recruitment.time_zone, window=(found.window_from, found.window_until), at=at
    )
    people = circular_audience.users(found.recruitment, found.stage)
    queued = publication.queue_for(published, people, at=max(at, found.send_at), mailing=found.mailing)
    if queued != found.people:
        raise Changed(_("Penerimanya berubah saat Anda mengesahkan. Jalankan uji coba lagi."))
    found.approved_digest, found.approved_by, found.approved_at = digest, by, at
    found.save()
    return found


@transaction.atomic(durable=True)
def discard(circular: Circular, *, at) -> Circular:
    """A draft that nobody wants any more. Locks the message."""
    found = _open(circular)
    found.discarded_at = at
    found.save(update_fields=["discarded_at"])
    return found


def digest_of(circular: Circular, audience: circular_audience.Audience) -> str:
    """SHA-256 in hex over all that the second person agrees to: words, hours, channels, counts, and who exactly."""
    about = {
        "subject": circular.subject,
        "body": circular.body,
        "recruitment": circular.recruitment_id,
        "stage": circular.stage_id,
        "send_at": circular.send_at.isoformat(),
        "window": [circular.window_from.isoformat(), circular.window_until.isoformat()],
        "channels": audience.channels,
        "left_out": audience.left_out,
        "people": audience.people_digest,
    }
    return hashlib.sha256(canonical(about)).hexdigest()


def as_publication(circular: Circular) -> Publication:
    """What the letters will be about, unsaved: samples and letters have the same words."""
    return Publication(
        source=f"circular:{circular.pk}",
        subject=circular.subject,
        body=f"{_('Kepada pelamar %(name)s') % {'name': circular.recruitment.name}}\n\n{circular.body}",
        url=f"/seleksi/{circular.recruitment.slug}/",
    )


def _open(circular: Circular) -> Circular:
    """The message, locked, while it may still change."""
    found = (
        Circular.objects.select_for_update(no_key=True, of=("self",))
        .select_related("recruitment", "stage__recruitment")
        .get(pk=circular.pk)
    )
    if found.approved_at or found.discarded_at:
        raise NotPossible(_("Pesan ini sudah disahkan atau dibuang."))
    return found


def _check(recruitment, words: dict, at) -> None:
    if words["stage"] and words["stage"].recruitment_id != recruitment.pk:
        raise NotPossible(_("Tahap itu milik pengadaan lain."))
    if words["send_at"] > at + LONGEST_AHEAD:
        raise NotPossible(_("Paling lama 14 hari ke depan. Sesudah itu penerimanya mungkin sudah lain."))


def _audience(circular: Circular) -> circular_audience.Audience:
    if circular.stage and not circular_audience.is_told(circular.stage):
        raise NotPossible(_("Peserta tahap ini belum diumumkan. Pesan menunggu pengumumannya."))
    return circular_audience.count(circular.recruitment, circular.stage)
