"""An event, for tests that need one."""

from datetime import timedelta

from participation.actions import events
from participation.models import Event


def an_event(pia, rudi, *, at, published: bool = True, **fields) -> Event:
    """A session in three days with ten seats, prepared by `pia` and published by `rudi`."""
    values = {
        "slug": "sosialisasi", "title": "Sosialisasi CPNS", "about": "Syarat dan jadwal.",
        "starts_at": at + timedelta(days=3), "ends_at": at + timedelta(days=3, hours=2), "place": "Balai Kelurahan",
        "address": "Jalan Melati 1", "district": "Kota Lama", "capacity": 10,
    } | fields  # fmt: skip
    made = events.prepare(Event(**values), by=pia, at=at)
    return events.publish(made, by=rudi, at=at) if published else made
