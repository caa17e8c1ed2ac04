"""Letters to people with an application that are not about a result: each a duty of its own, beside the announcements."""

from lib import duties
from selection.actions import clarification_letters, reminders

DUTIES = (reminders.remind_drafts, clarification_letters.tell_due)


def keep(at) -> None:
    """Remind drafts, and tell applicants what was answered. One that fails stops no other."""
    duties.run(DUTIES, at)
