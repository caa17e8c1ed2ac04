"""Who enters the team's room."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from oversight import rules


def members_only(view):
    """Only accounts with a membership that runs today; it stands at `request.membership`."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        request.membership = rules.membership_of(request.user, timezone.now())
        if request.membership is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
