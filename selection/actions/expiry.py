"""Personal data whose time is over goes by itself, night by night."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from selection import retention
from selection.actions import erasure
from selection.models import Answers, Application, Document, Erasure, Opening
from vacancies.models import Recruitment

AT_ONCE = 500  # participants of a mirrored selection in one erasure: they have no account that tells them apart


def erase_expired(at, *, most: int = 5000) -> int:
    """Erase what is past its time; returns of how many applications. `most` bounds one night's work.

    Answers about health go first, then drafts that were never sent, then whole files. Person and account go with
    the last file of whoever has not signed in for as long.
    """
    _erase_health(at)
    _erase_idle_accounts(at)
    done = 0
    for refs, whole in _expired(at, most):
        made = Erasure.objects.create(applications=refs, whole=whole, reason=Erasure.Reason.EXPIRED, asked_at=at)
        erasure.erase(made, at=at)
        done += len(refs)
    return done


def _erase_health(at) -> None:
    for one in Recruitment.objects.all():
        ended = retention.ended_at(one, at)
        if ended and ended + retention.HEALTH <= at:
            Answers.objects.filter(application__recruitment=one, accommodation__isnull=False).update(accommodation=None)


@transaction.atomic(durable=True)
def _erase_idle_accounts(at) -> None:
    """Accounts that never applied and are not used any more hold an address and nothing else."""
    idle = _idle(at).filter(applications=None, person=None, is_active=True, groups=None)
    erasure.forget_accounts(list(idle.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)))


def _idle(at):
    since = at - retention.files()
    used = Q(last_login__gt=since) | Q(date_joined__gt=since)
    return User.objects.filter(is_staff=False, is_superuser=False, made_by_team=False).exclude(used)


def _expired(at, most: int) -> list[tuple[list[str], bool]]:
    """Numbers of applications to erase, by owner, and whether the owner goes with them."""
    owned, ownerless = defaultdict(list), []
    for one in _remembered(_past(at)).order_by("pk")[:most]:
        if one.user_id:
            owned[one.user_id].append(one)
        else:
            ownerless.append(one.ref)
    idle = set(_idle(at).filter(pk__in=owned).values_list("pk", flat=True))
    found = []
    for owner, applications in sorted(owned.items()):
        keys = [one.pk for one in applications]
        others = _remembered(Application.objects.filter(user=owner)).exclude(pk__in=keys).exists()
        found.append(([one.ref for one in applications], owner in idle and not others))
    chunks = range(0, len(ownerless), AT_ONCE)
    return found + [(ownerless[start : start + AT_ONCE], True) for start in chunks]


def _past(at):
    """Applications whose time is over: sent ones of recruitments that ended long ago, others when nobody could send."""
    sent, unsent = [], []
    for one in Recruitment.objects.all():
        ended, closed = retention.ended_at(one, at), retention.registration_closed_at(one, at)
        if ended and ended + retention.files() <= at:
            sent.append(one.pk)
        if closed and closed + retention.DRAFTS <= at:
            unsent.append(one.pk)
    return Application.objects.filter(
        Q(submitted_at__isnull=False, recruitment__in=sent) | Q(submitted_at=None, recruitment__in=unsent)
    )


def _remembered(applications):
    """Those of which something personal is left."""
    own = {"application": OuterRef("pk")}
    left = Q(person__isnull=False) | ~Q(salt="") | Q(once_key__isnull=False)
    left |= Q(national_number__isnull=False) & ~Q(national_number__startswith=erasure.FORGOTTEN)
    for model in (Answers, Opening, Document):
        left |= Q(Exists(model.objects.filter(**own)))
    return applications.filter(left)
