"""Events as iCalendar (RFC 5545): one, or all."""

from collections.abc import Iterable

from django.conf import settings
from icalendar import Calendar
from icalendar import Event as Entry

from participation.models import Event


def calendar_of(events: Iterable[Event], name: str) -> bytes:
    """`events` with their changes prefetched. A move raises the number, so that calendars take the newer one."""
    calendar = Calendar()
    calendar.add("prodid", "-//Jabatan Terbuka//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_entry(event))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _entry(event: Event) -> Entry:
    changes = list(event.changes.all())
    moments = [event.published_at, *(one.at for one in changes)]
    if event.cancelled_at:
        moments.append(event.cancelled_at)
    entry = Entry()
    entry.add("uid", f"acara-{event.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}")
    entry.add("dtstamp", max(moments))
    entry.add("sequence", len(moments) - 1)
    entry.add("summary", event.title)
    entry.add("description", event.about)
    entry.add("location", f"{event.place}, {event.address}")
    entry.add("dtstart", event.starts_at.astimezone(event.zone))
    entry.add("dtend", event.ends_at.astimezone(event.zone))
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    entry.add("url", f"{settings.SITE_URL}/acara/{event.slug}/")
    return entry
