"""The small page that always shows the newest version; the only public file that changes."""

from django.conf import settings
from django.template.loader import render_to_string

from ledger.vouching import Vouched
from lib.canonical import canonical
from selection.rendering.folder import write_whole


def write_pointer(announcement, vouched: Vouched) -> None:
    """Point /pengumuman/<number>/ to `announcement`: first the page, then current.json, each in one step.

    `vouched` says how far its entry in the record is; the page tells it in words and is written anew when it changes.
    """
    stage = announcement.stage
    place = settings.PUBLIC_ROOT / "pengumuman" / announcement.number
    versions = list(stage.announcements.public().order_by("-version"))
    context = {
        "instance": settings.INSTANCE,
        "demo": settings.DEMO,
        "announcement": announcement,
        "vouched": vouched,
        "versions": versions,
        "stage": stage,
        "recruitment": stage.recruitment,
        "zone": stage.recruitment.zone,
    }
    page = render_to_string("selection/announcement/pointer.html", context)
    write_whole(place / "index.html", page.encode())
    current = {"number": announcement.number, "version": announcement.version, "vouched": str(vouched)}
    write_whole(place / "current.json", canonical(current))
