"""The small page that always shows the newest version; the only public file that changes."""

from django.conf import settings
from django.template.loader import render_to_string

from ledger.vouching import Vouched
from lib.canonical import canonical
from selection import objection_window
from selection.models import Attestation
from selection.queries import passes_taken_away
from selection.rendering.folder import write_whole
from vacancies.models import Stage


def current(announcement, vouched: Vouched, official: int) -> dict:
    """What a pointer says, by which a stale one is known: version, who vouches, newest signed document, a date that may move."""
    found = {
        "number": announcement.number,
        "version": announcement.version,
        "vouched": str(vouched),
        "official": official,
    }
    stage = announcement.stage
    if stage.objection_days and stage.answer_counts == Stage.Counting.WORKING:
        first = stage.announcements.public().order_by("version").first()
        found["answered_by"] = objection_window.of(stage, first.public_at).answered_by.isoformat()
    return found


def write_pointer(announcement, vouched: Vouched) -> None:
    """Point /pengumuman/<number>/ to `announcement`: first the page, then current.json, each in one step.

    `vouched` says how far its entry in the record is; the page tells it in words, with the officially signed documents
    beside it, and is written anew when either changes.
    """
    stage = announcement.stage
    place = settings.PUBLIC_ROOT / "pengumuman" / announcement.number
    official = list(
        Attestation.objects.public()
        .filter(number=announcement.number)
        .select_related("announcement", "supersedes", "superseded_by")
        .order_by("-serial")
    )
    versions = list(stage.announcements.public().order_by("-version"))
    context = {
        "instance": settings.INSTANCE,
        "demo": settings.DEMO,
        "announcement": announcement,
        "vouched": vouched,
        "digest": announcement.files_digest(),
        "redacted": len(announcement.redacted()),
        "versions": versions,
        "official": official,
        "signed": next((one for one in official if one.announcement_id == announcement.pk), None),
        "stage": stage,
        "recruitment": stage.recruitment,
        "zone": stage.recruitment.zone,
        **_windows(announcement, versions),
    }
    page = render_to_string("selection/announcement/pointer.html", context)
    write_whole(place / "index.html", page.encode())
    newest = official[0].serial if official else 0
    write_whole(place / "current.json", canonical(current(announcement, vouched, newest)))


def _windows(announcement, versions: list) -> dict:
    """The window that the first version opened, and the new one of those whose announced pass this version took away."""
    stage = announcement.stage
    if not stage.objection_days:
        return {}
    found = {"window": objection_window.of(stage, versions[-1].public_at)}
    if announcement.supersedes_id and passes_taken_away(announcement).exists():
        found["window_of_reversed"] = objection_window.of(stage, announcement.public_at)
    return found
