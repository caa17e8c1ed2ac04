"""Conflicts of interest: a member declares one, the secretariat may note it too; a colleague ends it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from oversight import rules
from oversight.actions.standing import NotAllowed, NotReady, member
from oversight.models import Interest, Membership
from oversight.models.interest import TARGETS


@transaction.atomic(durable=True)
def declare(membership: Membership, *, by, at, **about) -> Interest:
    """Somebody in the team has an interest in `about`: one of agency, recruitment, formation.

    Said by the member or by the secretariat. From now on the member has no say there. Raises NotAllowed,
    NotReady unless exactly one thing is named.
    """
    mine = member(by, at)
    if mine.team_id != membership.team_id or not (membership.user_id == by.pk or rules.may_appoint(mine)):
        raise NotAllowed(_("Anda menyatakan benturan kepentingan Anda sendiri. Untuk anggota lain: sekretariat."))
    if sum(about.get(name) is not None for name in TARGETS) != 1:
        raise NotReady(_("Pilih satu saja: instansi, pengadaan, atau formasi."))
    with as_team():
        return Interest.objects.create(membership=membership, declared_by=by, since=at, **about)


@transaction.atomic(durable=True)
def end(interest: Interest, *, by, at) -> Interest:
    """The interest is over; the secretariat says so, never of its own. Raises NotAllowed."""
    mine = member(by, at)
    with as_team():
        found = Interest.objects.select_for_update(no_key=True, of=("self",)).select_related("membership")
        interest = found.get(pk=interest.pk)
        if interest.membership.team_id != mine.team_id or not rules.may_appoint(mine):
            raise NotAllowed(_("Hanya sekretariat tim pengawas yang mengakhiri benturan kepentingan."))
        if interest.membership.user_id == by.pk:
            raise NotAllowed(_("Benturan kepentingan Anda diakhiri anggota sekretariat lain."))
        if interest.until:
            raise NotAllowed(_("Benturan kepentingan ini sudah berakhir."))
        interest.until, interest.ended_by = at, by
        interest.save(update_fields=["until", "ended_by"])
    return interest
