"""The team hears when it has to show its value for the draw of a training."""

from accounts.models import User
from oversight.models import Membership
from publishing.actions import publication
from workforce.actions import training_draw
from workforce.models import Party, TrainingRound


def tell_due(at) -> None:
    """A letter to every member for each open round that waits for the team. May run again: once per member."""
    waiting = TrainingRound.objects.filter(
        parties__contains=[Party.TEAM], training__draw=None, training__cancelled_at=None, due_at__gt=at
    )
    for one in waiting.exclude(reveals__secret__party=Party.TEAM).select_related("training"):
        letter = training_draw.letter_of(one, party=Party.TEAM, url="/pengawasan/ruang/pelatihan/", at=at)
        members = User.objects.filter(is_active=True, memberships__in=Membership.objects.current(at)).distinct()
        publication.queue_for(letter, members, at=at)
