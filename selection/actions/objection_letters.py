"""Who decides objections hears what waits: once on a working day, in numbers and dates, and nothing of anybody."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from lib import working_days
from lib.indonesian_text import instant
from publishing.actions import publication
from publishing.models import Publication
from selection.models import Objection
from selection.objection_states import ObjectionState
from vacancies.models import Holiday

MORNING = 8  # o'clock
SOON = timedelta(days=2)  # before the answer is due
SOURCE = "objections-waiting:"


def tell_waiting(at) -> int:
    """A letter to those who decide, on the morning of a working day when something is new or running out.

    Where nobody decides objections, the letter goes to whoever approves announcements. Returns how many letters.
    """
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = local.date()
    if local.hour < MORNING or not working_days.is_one(today, set(Holiday.objects.values_list("date", flat=True))):
        return 0
    source = f"{SOURCE}{today}"
    told = Publication.objects.filter(source__startswith=SOURCE).order_by("-created_at")
    if told.filter(source=source).exists():
        return 0
    last = told.first()
    counted = standing(at, since=last.created_at if last else None)
    if not (counted["new"] or counted["soon"] or counted["overdue"]):
        return 0
    return _tell(source, counted, at)


def standing(at, *, since=None) -> dict:
    """What waits for a decision: how many, how many of them new since `since`, running out, late, or half decided."""
    waiting = list(Objection.objects.waiting().select_related("stage__recruitment").order_by("due_at"))
    return {
        "waiting": len(waiting),
        "new": sum(since is None or one.filed_at > since for one in waiting),
        "second": sum(one.state == ObjectionState.PROPOSED for one in waiting),
        "soon": sum(at <= one.due_at <= at + SOON for one in waiting),
        "overdue": sum(one.due_at < at for one in waiting),
        "next": next((one for one in waiting if one.due_at >= at), None),
    }


@transaction.atomic(durable=True)
def _tell(source: str, counted: dict, at) -> int:
    lines = [_("%(waiting)s sanggah menunggu putusan, %(new)s di antaranya baru.") % counted]
    if counted["second"]:
        lines.append(_("%(second)s menunggu orang kedua.") % counted)
    if counted["overdue"]:
        lines.append(_("%(overdue)s sudah lewat batas jawaban.") % counted)
    if counted["soon"]:
        lines.append(_("%(soon)s harus dijawab dalam dua hari.") % counted)
    if one := counted["next"]:
        lines.append(_("Batas jawaban terdekat: %(when)s.") % {"when": instant(one.due_at, one.stage.recruitment.zone)})
    lines.append(_("Isinya hanya terbuka di meja sanggah. Sanggah atas hasil yang ikut Anda nilai diputus orang lain."))
    made = publication.publish(
        source=source,
        subject=_("Sanggah menunggu putusan: %(waiting)s") % counted,
        body="\n".join(lines),
        url="/kelola/sanggah/",
        at=at,
    )
    staff = User.objects.filter(is_active=True, made_by_team=False)
    judges = staff.filter(groups__name=Role.ADJUDICATOR)
    return publication.queue_for(made, judges if judges.exists() else staff.filter(groups__name=Role.PUBLISHER), at=at)
