"""The timetable of a vacancy as iCalendar (RFC 5545)."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from vacancies.models import Formation, Stage


def stages_of(formation: Formation, address: str) -> bytes:
    """One event per stage, and one per announcement, in the recruitment's zone."""
    recruitment = formation.recruitment
    calendar = Calendar()
    calendar.add("prodid", "-//Jabatan Terbuka//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{formation.position}, {recruitment.name}")
    for stage in recruitment.stages.prefetch_related("changes").order_by("order"):
        _add(calendar, stage, "", stage.name_public, stage.opens_at, stage.closes_at, address)
        if stage.announce_at:
            end = stage.announce_at + timedelta(minutes=30)
            _add(calendar, stage, "-pengumuman", f"Pengumuman {stage.name_public}", stage.announce_at, end, address)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _add(calendar: Calendar, stage: Stage, key: str, name: str, start: datetime, end: datetime, address: str) -> None:
    """One event. Its number of changes and its stamp grow with the schedule, so that calendars take the newer one."""
    recruitment, changes = stage.recruitment, list(stage.changes.all())
    event = Event()
    event.add("uid", f"tahap-{stage.pk}{key}@{recruitment.slug}.jabatan-terbuka")
    event.add("dtstamp", max([recruitment.published_at, *(one.at for one in changes)]))
    event.add("sequence", len(changes))
    event.add("summary", f"{name}: {recruitment.name}")
    event.add("dtstart", start.astimezone(recruitment.zone))
    event.add("dtend", end.astimezone(recruitment.zone))
    event.add("url", address)
    calendar.add_component(event)
