"""The small page that always shows the newest version; the only public file that changes."""

from django.conf import settings
from django.template.loader import render_to_string

from lib.canonical import canonical
from selection.rendering.folder import write_whole


def write_pointer(announcement) -> None:
    """Point /pengumuman/<number>/ to `announcement`: first the page, then current.json, each in one step."""
    stage = announcement.stage
    place = settings.PUBLIC_ROOT / "pengumuman" / announcement.number
    versions = list(stage.announcements.public().order_by("-version"))
    context = {
        "instance": settings.INSTANCE,
        "demo": settings.DEMO,
        "announcement": announcement,
        "versions": versions,
        "stage": stage,
        "recruitment": stage.recruitment,
        "zone": stage.recruitment.zone,
    }
    page = render_to_string("selection/announcement/pointer.html", context)
    write_whole(place / "index.html", page.encode())
    write_whole(place / "current.json", canonical({"number": announcement.number, "version": announcement.version}))
