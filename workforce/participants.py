"""Who takes part in what a panel scores."""

from django.utils.translation import gettext as _

from accounts.models import FileAccess
from accounts.roles import Role
from selection.queries import participants
from workforce import components


def everybody(recruitment) -> list:
    """The applications of the first ranked stage, by participant number: those whom the check of papers let through."""
    stages = components.ranked_stages(recruitment)
    return of_stage(stages[0]) if stages else []


def of_stage(stage) -> list:
    """The applications that take part in `stage`, by participant number."""
    return list(participants(stage).select_related("person", "formation").order_by("participant_number"))


def names_shown(applications, *, by, at) -> None:
    """Write down, for each owner to see, that a member of the panel read who takes part."""
    FileAccess.objects.bulk_create(
        FileAccess(
            person_id=one.person_id,
            subject=one.ref,
            by=by,
            role=Role.ASSESSOR,
            unit=by.public_label,
            purpose=_("Membaca nama peserta untuk menyatakan benturan kepentingan"),
            at=at,
        )
        for one in applications
    )
