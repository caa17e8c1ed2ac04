"""What waits at a desk, for the page that leads there."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from selection.actions.objection_letters import standing

register = template.Library()


@register.simple_tag
def objections_standing() -> str:
    """How many objections wait and how many run out, in one sentence; empty while none waits."""
    counted = standing(timezone.now())
    if not counted["waiting"]:
        return ""
    said = [_("%(waiting)s menunggu putusan") % counted]
    if counted["soon"]:
        said.append(_("%(soon)s harus dijawab dalam dua hari") % counted)
    if counted["overdue"]:
        said.append(_("%(overdue)s lewat batas") % counted)
    return ", ".join(said) + "."
