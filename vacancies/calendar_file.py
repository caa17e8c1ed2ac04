"""The timetable of a vacancy as iCalendar (RFC 5545)."""

from datetime import timedelta

from icalendar import Calendar, Event

from vacancies.models import Formation


def stages_of(formation: Formation, address: str) -> bytes:
    """One event per stage, and one per announcement, in the recruitment's zone."""
    recruitment = formation.recruitment
    calendar = Calendar()
    calendar.add("prodid", "-//Jabatan Terbuka//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{formation.position}, {recruitment.name}")
    for stage in recruitment.stages.order_by("order"):
        _add(calendar, f"{stage.pk}", stage.name_public, stage.opens_at, stage.closes_at, recruitment, address)
        if stage.announce_at:
            end = stage.announce_at + timedelta(minutes=30)
            name = f"Pengumuman {stage.name_public}"
            _add(calendar, f"{stage.pk}-pengumuman", name, stage.announce_at, end, recruitment, address)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _add(calendar, key, name, start, end, recruitment, address) -> None:
    event = Event()
    event.add("uid", f"tahap-{key}@{recruitment.slug}.jabatan-terbuka")
    event.add("dtstamp", recruitment.published_at)
    event.add("summary", f"{name}: {recruitment.name}")
    event.add("dtstart", start.astimezone(recruitment.zone))
    event.add("dtend", end.astimezone(recruitment.zone))
    event.add("url", address)
    calendar.add_component(event)
