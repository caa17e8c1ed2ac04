"""An event as schema.org Event, for search engines; says nothing that the page does not show."""

from django.conf import settings

from participation.models import Event

SCHEMA = "https://schema.org"
OFFLINE, MIXED = f"{SCHEMA}/OfflineEventAttendanceMode", f"{SCHEMA}/MixedEventAttendanceMode"


def describe(event: Event) -> dict:
    """The Event; a move keeps it scheduled, a cancelled one says so."""
    address = f"{settings.SITE_URL}/acara/{event.slug}/"
    place = {
        "@type": "Place",
        "name": event.place,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": event.address,
            "addressLocality": event.district,
            "addressCountry": "ID",
        },
    }
    room = {"@type": "VirtualLocation", "url": event.online_url}
    return {
        "@context": SCHEMA,
        "@type": "Event",
        "name": event.title,
        "description": event.about,
        "url": address,
        "startDate": event.starts_at.astimezone(event.zone).isoformat(),
        "endDate": event.ends_at.astimezone(event.zone).isoformat(),
        "eventStatus": f"{SCHEMA}/EventCancelled" if event.cancelled_at else f"{SCHEMA}/EventScheduled",
        "eventAttendanceMode": MIXED if event.online_url else OFFLINE,
        "location": [place, room] if event.online_url else place,
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": event.capacity,
        "organizer": {"@type": "GovernmentOrganization", "name": settings.INSTANCE["office"], "url": settings.SITE_URL},
    }
