"""Who is in the team: its secretariat takes people on and ends their terms. The office has no part in it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.team_role import as_team
from oversight import rules
from oversight.actions.telling import tell_members
from oversight.models import Membership, Team


class NotAllowed(Exception):
    """This person may not change the team, or the term is over already."""


class NotPossible(Exception):
    """The team would be left without a secretariat, or this person cannot be a member."""


@transaction.atomic(durable=True)
def found(*, name: str, mandate: str, contact: str, email: str, person: str, affiliation: str, at) -> Membership:
    """A new team with its first secretariat; everybody else is taken on by that secretariat.

    Done once, at the server, on the word of the body that gives the mandate. Raises NotPossible when the
    team exists or the address has an account.
    """
    if Team.objects.filter(name__iexact=name).exists():
        raise NotPossible(_("Tim dengan nama ini sudah ada."))
    with as_team():
        team = Team.objects.create(name=name, mandate=mandate, contact=contact)
    return _take_on(team, email, person, affiliation, Membership.Role.SECRETARIAT, None, at)


@transaction.atomic(durable=True)
def appoint(*, email: str, person: str, affiliation: str, role: str, by, at, until=None) -> Membership:
    """The secretariat takes somebody on, until `until` or until the term is ended.

    The account is new and the team's own: who works for the office or has applied for a post keeps that
    account apart. The person is told by mail how to choose a password. Raises NotAllowed, NotPossible.
    """
    mine = _secretariat(by, at)
    if until and until <= at:
        raise NotPossible(_("Masa tugas berakhir sebelum dimulai. Periksa tanggalnya."))
    return _take_on(mine.team, email, person, affiliation, role, until, at)


def _take_on(team: Team, email: str, person: str, affiliation: str, role: str, until, at) -> Membership:
    email = User.objects.normalize_email(email).lower()
    if User.objects.filter(email__iexact=email).exists():
        raise NotPossible(_("Alamat e-mail ini sudah punya akun di portal. Anggota tim memakai alamat tersendiri."))
    with as_team():
        user = User(email=email, name=person, requires_second_factor=True, made_by_team=True)
        user.set_unusable_password()  # the person chooses one by the reset link
        user.save()
        made = Membership.objects.create(
            team=team, user=user, role=role, affiliation=affiliation, since=at, until=until
        )
    tell_members(
        Membership.objects.filter(pk=made.pk),
        source=f"membership:{made.pk}:begun",
        subject=_("Anda anggota %(team)s") % {"team": team.name},
        body=_(
            "Akun Anda di portal sudah dibuat. Buka tautan di bawah, tulis alamat e-mail ini, lalu pilih kata sandi. "
            "Setelah masuk Anda memasang kode kedua."
        ),
        url="/akun/sandi/lupa/",
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def end(membership: Membership, *, by, at) -> Membership:
    """The secretariat ends a term; what the person did stays. Locks the team.

    Raises NotAllowed for others and for a term that is over, NotPossible for the last secretariat.
    """
    mine = _secretariat(by, at)
    with as_team():
        Team.objects.select_for_update(no_key=True).get(pk=mine.team_id)
        membership = mine.team.memberships.current(at).filter(pk=membership.pk).first()
        if membership is None:
            raise NotAllowed(_("Masa tugas ini sudah berakhir."))
        others = mine.team.memberships.current(at).exclude(pk=membership.pk)
        if membership.role == Membership.Role.SECRETARIAT and not others.secretariat().exists():
            raise NotPossible(_("Tim perlu sekretariat. Angkat penggantinya dahulu."))
        membership.until = at
        membership.save(update_fields=["until"])
    return membership


def _secretariat(by, at) -> Membership:
    membership = rules.membership_of(by, at)
    if membership is None or not rules.may_appoint(membership):
        raise NotAllowed(_("Hanya sekretariat tim pengawas yang mengubah keanggotaan."))
    return membership
