"""News about vacancies for an address without an account: a saved search, a digest, a reminder, and the way out."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from lib.indonesian_text import instant, number
from publishing.actions import consenting, publication, subscribing
from publishing.models import Subscriber
from vacancies.listing import Listing
from vacancies.models import Clarification, ClosingReminder, Revision, SavedSearch
from vacancies.registration import Status
from vacancies.sentence import query_of, sentence

HOUR_OF_DIGESTS = time(7, 0)
REMINDED_BEFORE = timedelta(days=3)
MOST_SEARCHES = 20  # per address
SHOWN = 15  # vacancies in a letter; the link shows the others
A_ROUND = 200  # letters per ring


class TooMany(Exception):
    """The address has as many searches as it may have."""


@transaction.atomic(durable=True)
def ask(address: str, query: QueryDict, *, cadence: str, at) -> SavedSearch:
    """Keep a search for an address; nothing is sent but the question whether its owner wants it, once a day.

    Asking again for the same changes nothing. Raises TooMany.
    """
    subscriber = subscribing.take_in(address, at=at)
    found = _keep(subscriber, query, cadence, at)
    if found.confirmed_at is None:
        _question(subscriber, at)
    return found


def _keep(subscriber: Subscriber, query: QueryDict, cadence: str, at) -> SavedSearch:
    listing = Listing(query, at)
    kept = urlencode(query_of(listing))
    found = subscriber.searches.filter(query=kept).first()
    if found is None:
        if subscriber.searches.count() >= MOST_SEARCHES:
            raise TooMany
        found = SavedSearch.objects.create(
            subscriber=subscriber, query=kept, words=sentence(listing)[:500], cadence=cadence, made_at=at, seen_at=at
        )
    return found


@transaction.atomic(durable=True)
def ask_consent(address: str, query: QueryDict, *, cadence: str, by, at) -> None:
    """A letter with a code about a search that the officer `by` would enter for a person. No search is kept yet."""
    consenting.ask(
        address,
        _consent_to(query, cadence, by, at),
        subject=_("Kode persetujuan kabar lowongan"),
        body=_(
            "Petugas akan mendaftarkan alamat ini untuk kabar: %(words)s. Bila Anda setuju, sebutkan kode ini kepada "
            "petugas: {code}. Bila tidak, abaikan surat ini: tidak ada kabar yang dikirim, dan alamat ini terhapus dalam "
            "7 hari."
        )
        % {"words": consenting.plain(sentence(Listing(query, at)))},
        at=at,
    )


@transaction.atomic(durable=True)
def begin_agreed(address: str, query: QueryDict, code: str, *, cadence: str, by, at) -> SavedSearch:
    """The search begins, once the person told the officer the code of the letter about it.

    Whatever else waits for this address goes on waiting. Raises consenting.WrongCode, TooMany.
    """
    subscriber = consenting.agreed(address, _consent_to(query, cadence, by, at), code, at=at)
    found = _keep(subscriber, query, cadence, at)
    if found.confirmed_at is None or found.cadence != cadence:
        found.cadence = cadence  # somebody else may have asked for another
        _begin(found, at)
    return found


def _consent_to(query: QueryDict, cadence: str, by, at) -> str:
    return consenting.purpose("alert-consent", by, urlencode(query_of(Listing(query, at))), cadence)


def _question(subscriber: Subscriber, at) -> None:
    made = publication.publish(
        source=f"alert:question:{subscriber.pk}:{at:%Y-%m-%d}",
        subject=_("Aktifkan kabar lowongan"),
        body=_(
            "Ada yang meminta kabar lowongan untuk alamat surel ini. Bila itu Anda, buka tautan di bawah lalu tekan "
            "Aktifkan. Bila bukan, abaikan surat ini: tidak ada kabar yang dikirim, dan alamat ini terhapus dalam 7 hari."
        ),
        url="",
        at=at,
        personal=True,
    )
    subscribing.write_to(subscriber, made, at=at)


@transaction.atomic(durable=True)
def confirm(subscriber: Subscriber, *, at) -> int:
    """The owner of the address wants all that was asked for; returns how many searches begin."""
    subscribing.confirm(subscriber, at=at)
    waiting = list(subscriber.searches.select_for_update(no_key=True).filter(confirmed_at=None))
    for one in waiting:
        _begin(one, at)
    return len(waiting)


def _begin(search: SavedSearch, at) -> None:
    search.confirmed_at, search.seen_at, search.due_at = at, at, next_turn(search.cadence, at)
    search.save(update_fields=["cadence", "confirmed_at", "seen_at", "due_at"])


@transaction.atomic(durable=True)
def change(search: SavedSearch, *, cadence: str, at) -> None:
    """The letters of a search come in another rhythm from now on."""
    search = SavedSearch.objects.select_for_update(no_key=True).get(pk=search.pk)
    search.cadence = cadence
    if search.confirmed_at:
        search.due_at = next_turn(cadence, at)
    search.save(update_fields=["cadence", "due_at"])


@transaction.atomic(durable=True)
def drop(search: SavedSearch) -> None:
    """No more letters about this search."""
    search.delete()


@transaction.atomic(durable=True)
def forget(subscriber: Subscriber) -> None:
    """Nothing is known about this address any more."""
    subscriber.searches.all().delete()
    subscribing.forget(subscriber)


def next_turn(cadence: str, at: datetime) -> datetime:
    """When the next digest is due: tomorrow at seven, or the seventh day from now at seven, on the portal's clock."""
    days = 1 if cadence == SavedSearch.Cadence.DAILY else 7
    local = at.astimezone(timezone.get_default_timezone())
    return datetime.combine(local.date() + timedelta(days=days), HOUR_OF_DIGESTS, local.tzinfo)


def send_digests(at) -> int:
    """A letter for each search that is due and has news; returns how many. Any number of processes may run it."""
    written = 0
    due = SavedSearch.objects.filter(due_at__lte=at)
    for pk in due.order_by("due_at", "pk").values_list("pk", flat=True)[:A_ROUND]:
        with transaction.atomic(durable=True):
            search = due.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
            if search is None:
                continue
            written += _digest(search, at)
            search.seen_at, search.due_at = at, next_turn(search.cadence, at)
            search.save(update_fields=["seen_at", "due_at"])
    return written


def _digest(search: SavedSearch, at) -> bool:
    listing = Listing(QueryDict(search.query), at)
    since = Q(created_at__gt=search.seen_at) | Q(recruitment__published_at__gt=search.seen_at)
    fresh = listing.dress(listing.found.filter(since).order_by("position", "pk"))
    fresh = [one for one in fresh if one.registration.status != Status.CLOSED]
    changed = _changes(listing, search.seen_at, at)
    if not fresh and not changed:
        return False
    parts = [_("Kabar untuk pencarian Anda: %(words)s") % {"words": search.words}]
    if fresh:
        parts.append(_("Lowongan baru (%(n)s):") % {"n": number(len(fresh))})
        parts += [_line(one) for one in fresh[:SHOWN]]
    if changed:
        parts.append(_("Yang berubah:"))
        parts += changed[:SHOWN]
    subject = (
        _("%(n)s lowongan baru untuk Anda") % {"n": number(len(fresh))}
        if fresh
        else _("Lowongan yang Anda ikuti berubah")
    )
    _letter(search, f"digest:{at:%Y-%m-%d}", subject, parts, at)
    return True


def _line(formation) -> str:
    stage = formation.registration.stage
    until = ""
    if stage:
        until = _(" Tutup %(at)s.") % {"at": instant(stage.closes_at, formation.registration.recruitment.zone)}
    return f"- {formation.position}, {formation.place}.{until}\n  {settings.SITE_URL}/lowongan/{formation.slug}/"


def _changes(listing: Listing, since, at) -> list[str]:
    """What changed in the vacancies of a search, and what was answered about them, in words."""
    inside = Q(formation__in=listing.found) | Q(formation=None, recruitment__in=listing.found.values("recruitment"))
    window = Q(at__gt=since, at__lte=at) & inside
    revisions = Revision.objects.filter(window).exclude(changes=[]).select_related("recruitment", "formation")
    answers = Clarification.objects.filter(window).select_related("recruitment")
    found = []
    for one in revisions.order_by("at", "pk"):
        moves = "; ".join(f"{each['field']}: {each['old']} → {each['new']}" for each in one.changes[:5])
        what = one.formation.position if one.formation else one.recruitment.name
        found.append(f"- {what}. {one.summary}. {moves}")
    found += [f"- {one.recruitment.name}. {one.question} {one.answer[:300]}" for one in answers.order_by("at", "pk")]
    return found


def remind_closing(at) -> int:
    """A letter for each confirmed search whose registrations close within three days; once for each closing time."""
    soon = {
        pk: one
        for pk, one in Listing(QueryDict(), at).registrations.items()
        if one.status == Status.OPEN and one.stage.closes_at <= at + REMINDED_BEFORE
    }
    if not soon:
        return 0
    written = 0
    searches = SavedSearch.objects.filter(confirmed_at__isnull=False)
    for one in soon.values():
        told = ClosingReminder.objects.filter(stage=one.stage, closes_at=one.stage.closes_at).values("search")
        for search in searches.exclude(pk__in=told)[:A_ROUND]:
            written += _remind(search, one, at)
    return written


@transaction.atomic(durable=True)
def _remind(search: SavedSearch, registration, at) -> bool:
    stage = registration.stage
    made = ClosingReminder(search=search, stage=stage, closes_at=stage.closes_at)
    ClosingReminder.objects.bulk_create([made], ignore_conflicts=True)
    found = Listing(QueryDict(search.query), at).found.filter(recruitment=registration.recruitment).count()
    if not found:
        return False
    closes = instant(stage.closes_at, registration.recruitment.zone)
    parts = [
        _("Pendaftaran %(name)s ditutup %(at)s. Ada %(n)s lowongan untuk pencarian Anda: %(words)s")
        % {"name": registration.recruitment.name, "at": closes, "n": number(found), "words": search.words}
    ]
    key = f"closing:{stage.pk}:{stage.closes_at:%Y-%m-%dT%H:%M:%S}"
    _letter(search, key, _("Pendaftaran segera ditutup: %(name)s") % {"name": registration.recruitment.name}, parts, at)
    return True


def _letter(search: SavedSearch, what: str, subject: str, parts: list[str], at) -> None:
    url = f"/lowongan/?{search.query}" if search.query else "/lowongan/"
    made = publication.publish(
        source=f"alert:{search.pk}:{what}",
        subject=subject,
        body="\n\n".join(parts),
        url=url[:300],
        at=at,
        personal=True,
    )
    subscribing.write_to(search.subscriber, made, at=at)


def sweep(at) -> int:
    """Forget addresses whose owner never answered; returns how many."""
    swept = 0
    for one in subscribing.unanswered(at)[:A_ROUND]:
        forget(one)
        swept += 1
    return swept
