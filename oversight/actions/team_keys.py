"""Who can open reports: each member has a key under a passphrase, and is given the team's key by another member.

The server never stores a private key that it could open: the member's lies under the passphrase, the team's is sealed
to members. A new member makes a key (first step) and is given the team's by somebody who has it (second step).
"""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.actions import record
from lib import sealing
from oversight import rules
from oversight.models import MemberKey, Membership, Team, TeamKey, TeamKeyShare

SHORTEST = 20  # characters of a passphrase: four ordinary words
MEGABYTES, ROUNDS = 64, 3  # asked a few times a day, so that guessing may cost more than at the sign-in


class NotAllowed(Exception):
    """This person may not do this to the keys of the team."""


class NotPossible(Exception):
    """Something is missing or wrong; the message says what."""


class WrongPassphrase(Exception):
    """The passphrase does not open this member's key."""


@transaction.atomic(durable=True)
def make_member_key(*, passphrase: str, by, at) -> MemberKey:
    """A key for the member, under a passphrase of their own; from now on it is the one that counts.

    Raises NotAllowed, NotPossible for a passphrase that is too short.
    """
    membership = _member(by, at)
    if len(passphrase) < SHORTEST:
        raise NotPossible(_("Pilih kalimat sandi paling sedikit 20 huruf, misalnya empat kata yang tidak berhubungan."))
    private, salt = sealing.new_private(), secrets.token_bytes(16)
    wrapped = sealing.lock(private, _from_words(passphrase, salt), _context(membership))
    with as_team():
        return MemberKey.objects.create(
            membership=membership, public=sealing.public_of(private), salt=salt, wrapped=wrapped, made_at=at
        )


@transaction.atomic
def open_member_key(*, passphrase: str, by, at) -> bytes:
    """The member's private key. Raises NotAllowed, NotPossible without a key, WrongPassphrase."""
    membership = _member(by, at)
    with as_team():
        key = membership.keys.order_by("pk").last()
    if key is None:
        raise NotPossible(_("Anda belum punya kunci. Pilih kalimat sandi dahulu."))
    try:
        return sealing.unlock(bytes(key.wrapped), _from_words(passphrase, bytes(key.salt)), _context(membership))
    except sealing.CannotOpen:
        raise WrongPassphrase from None


@transaction.atomic(durable=True)
def make_team_key(*, private: bytes, by, at) -> TeamKey:
    """A new key of the team; every member who could read before can read on, nobody else.

    The first key goes to its maker alone, who then gives it to the others. Members whose term is over lose what was
    sealed to them. The public record says which key it is. Locks the team. Raises NotAllowed, NotPossible.
    """
    membership = _member(by, at)
    with as_team():
        team = Team.objects.select_for_update(no_key=True).get(pk=membership.team_id)
        mine = _key_of(membership, private)
        newest = current(team)
        if newest and not newest.shares.filter(member_key=mine).exists():
            raise NotAllowed(_("Kunci tim hanya diganti oleh anggota yang dapat membukanya."))
        TeamKeyShare.objects.filter(team_key__team=team).exclude(
            member_key__membership__in=team.memberships.current(at)
        ).delete()
        readers = [share.member_key for share in _shares(newest)] if newest else [mine]
        team_private = sealing.new_private()
        made = TeamKey.objects.create(
            team=team,
            number=newest.number + 1 if newest else 1,
            public=sealing.public_of(team_private),
            made_by=by,
            made_at=at,
        )
        TeamKeyShare.objects.bulk_create(_share(made, team_private, reader, by, at) for reader in readers)
    record.append("report.key", at=at, number=made.number, digest=made.digest)
    return made


@transaction.atomic(durable=True)
def give(member: Membership, *, private: bytes, by, at) -> int:
    """Give another member of my team every team key that I can open; returns how many were given.

    Raises NotAllowed, NotPossible when that member has not made a key yet.
    """
    membership = _member(by, at)
    with as_team():
        mine = _key_of(membership, private)
        reader = (
            MemberKey.objects.filter(membership__in=membership.team.memberships.current(at), membership=member)
            .order_by("pk")
            .last()
        )
        if reader is None:
            raise NotPossible(_("Anggota ini belum memilih kalimat sandi."))
        have = reader.shares.values_list("team_key", flat=True)
        wanted = TeamKeyShare.objects.filter(member_key=mine).exclude(team_key__in=have).select_related("team_key")
        given = [_share(one.team_key, _opened(one, private), reader, by, at) for one in wanted]
        TeamKeyShare.objects.bulk_create(given)
    return len(given)


def current(team: Team) -> TeamKey | None:
    """The key to which reports for `team` are sealed now."""
    return team.report_keys.order_by("number").last()


@transaction.atomic
def overview(membership: Membership, *, at) -> dict:
    """Who has made a key and who can open what is sealed now: what the page of keys shows."""
    with as_team():
        newest = current(membership.team)
        given = set(newest.shares.values_list("member_key", flat=True)) if newest else set()
        members = []
        for one in membership.team.memberships.current(at).select_related("user").order_by("since", "pk"):
            key = one.keys.order_by("pk").last()
            members.append({"member": one, "key": key, "reads": bool(key) and key.pk in given})
        keys = list(membership.team.report_keys.select_related("made_by").order_by("-number"))
    mine = next((one for one in members if one["member"].pk == membership.pk), None)
    return {"members": members, "mine": mine, "team_key": newest, "team_keys": keys}


def team_privates(membership: Membership, private: bytes) -> dict[int, bytes]:
    """The private team keys that a member can open, by the key's id. Asked inside `as_team()`."""
    mine = _key_of(membership, private)
    return {one.team_key_id: _opened(one, private) for one in mine.shares.select_related("team_key", "member_key")}


def _shares(key: TeamKey):
    return key.shares.select_related("member_key")


def _share(key: TeamKey, team_private: bytes, reader: MemberKey, by, at) -> TeamKeyShare:
    sealed = sealing.seal(team_private, bytes(reader.public), _share_context(key, reader), step=64)
    return TeamKeyShare(team_key=key, member_key=reader, sealed=sealed, given_by=by, given_at=at)


def _opened(share: TeamKeyShare, private: bytes) -> bytes:
    return sealing.unseal(bytes(share.sealed), private, _share_context(share.team_key, share.member_key))


def _share_context(key: TeamKey, reader: MemberKey) -> str:
    return f"team {key.team_id} key {key.number} {key.digest} for {bytes(reader.public).hex()}"


def _key_of(membership: Membership, private: bytes) -> MemberKey:
    """The row of an opened key; NotAllowed when it is not the member's own."""
    found = membership.keys.filter(public=sealing.public_of(private)).order_by("pk").last()
    if found is None:
        raise NotAllowed(_("Kunci ini bukan milik Anda."))
    return found


def _from_words(passphrase: str, salt: bytes) -> bytes:
    return sealing.slow(" ".join(passphrase.split()), salt, megabytes=MEGABYTES, rounds=ROUNDS)


def _context(membership: Membership) -> str:
    return f"key of member {membership.pk}"


def _member(by, at) -> Membership:
    membership = rules.membership_of(by, at)
    if membership is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang dapat melakukan ini."))
    return membership
