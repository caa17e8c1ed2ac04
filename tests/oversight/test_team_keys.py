"""Passphrases open members' keys, members' keys open the team's, and the server alone opens nothing."""

from datetime import timedelta

import pytest

from oversight import sitting
from oversight.actions import membership, report_desk, team_keys
from oversight.models import MemberKey, Membership, TeamKeyShare
from tests.oversight.reporting import PASSPHRASE, a_team_key, handed_in, of_code, opened_key, texts
from tests.parts import DAY, NOON


def member(watch, user) -> Membership:
    return watch.team.memberships.get(user=user)


def test_a_wrong_passphrase_opens_nothing(watch):
    team_keys.make_member_key(passphrase=PASSPHRASE, by=watch.oka, at=NOON)

    with pytest.raises(team_keys.WrongPassphrase):
        team_keys.open_member_key(passphrase=PASSPHRASE + "x", by=watch.oka, at=NOON)
    with pytest.raises(team_keys.NotPossible):
        team_keys.open_member_key(passphrase=PASSPHRASE, by=watch.omar, at=NOON)
    assert team_keys.open_member_key(passphrase=f"  {PASSPHRASE}  ", by=watch.oka, at=NOON)


def test_a_short_passphrase_is_refused(watch):
    with pytest.raises(team_keys.NotPossible):
        team_keys.make_member_key(passphrase="pendek", by=watch.oka, at=NOON)
    assert not MemberKey.objects.exists()


def test_a_new_member_reads_after_two_steps_also_what_came_before(watch):
    _key, private = a_team_key(watch.oka)
    report = of_code(handed_in(text="lama"))

    with pytest.raises(team_keys.NotPossible):
        team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON)
    omars = opened_key(watch.omar, passphrase="sandi omar yang lain sekali")
    assert report_desk.read(report, private=omars, by=watch.omar, at=NOON)[0].content is None
    assert team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON) == 1

    assert texts(report, omars, watch.omar) == ["lama"]
    assert team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON) == 0


def test_a_forgotten_passphrase_is_a_new_key_that_has_to_be_given_again(watch):
    _key, private = a_team_key(watch.oka)
    report = of_code(handed_in(text="masih ada"))
    opened_key(watch.omar)
    team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON)

    again = opened_key(watch.omar, passphrase="sandi baru yang lebih mudah")

    assert report_desk.read(report, private=again, by=watch.omar, at=NOON)[0].content is None
    team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON)
    assert texts(report, again, watch.omar) == ["masih ada"]


def test_after_a_rotation_who_left_reads_nothing_new_and_who_stayed_reads_all(watch):
    _key, private = a_team_key(watch.oka)
    omars = opened_key(watch.omar)
    team_keys.give(member(watch, watch.omar), private=private, by=watch.oka, at=NOON)
    before = of_code(handed_in(text="sebelum"))
    Membership.objects.filter(user=watch.omar).update(until=NOON + DAY)
    later = NOON + 2 * DAY

    made = team_keys.make_team_key(private=private, by=watch.oka, at=later)
    after = of_code(handed_in(text="sesudah", at=later))

    assert made.number == 2
    assert texts(before, private, watch.oka, at=later) == ["sebelum"]
    assert texts(after, private, watch.oka, at=later) == ["sesudah"]
    assert not TeamKeyShare.objects.filter(member_key__membership__user=watch.omar).exists()
    with pytest.raises(report_desk.NotAllowed):
        report_desk.read(before, private=omars, by=watch.omar, at=later)


def test_only_who_can_open_the_key_replaces_it(watch):
    a_team_key(watch.oka)
    omars = opened_key(watch.omar)

    with pytest.raises(team_keys.NotAllowed):
        team_keys.make_team_key(private=omars, by=watch.omar, at=NOON)
    with pytest.raises(team_keys.NotAllowed):
        team_keys.make_team_key(private=omars, by=watch.oka, at=NOON)
    assert watch.team.report_keys.count() == 1


def test_the_office_has_no_part_in_keys(watch):
    _key, private = a_team_key(watch.oka)

    for stranger in (watch.ova, watch.story.pia):
        with pytest.raises(team_keys.NotAllowed):
            team_keys.make_member_key(passphrase=PASSPHRASE, by=stranger, at=NOON)
        with pytest.raises(team_keys.NotAllowed):
            team_keys.make_team_key(private=private, by=stranger, at=NOON)
    with pytest.raises(team_keys.NotAllowed):
        team_keys.give(member(watch, watch.omar), private=private, by=watch.ova, at=NOON)


def test_a_sitting_ends_after_fifteen_minutes_and_belongs_to_one_session(watch):
    oka, omar = member(watch, watch.oka), member(watch, watch.omar)
    half = sitting.begin(oka, b"p" * 32, session_key="s1", at=NOON)

    assert sitting.resume(oka, half, session_key="s1", at=NOON + timedelta(minutes=14)).private == b"p" * 32
    for who, session, at in (
        (oka, "s1", NOON + timedelta(minutes=15)),
        (oka, "s2", NOON),
        (omar, "s1", NOON),
    ):
        with pytest.raises(sitting.Locked):
            sitting.resume(who, half, session_key=session, at=at)
    sitting.end(half)
    with pytest.raises(sitting.Locked):
        sitting.resume(oka, half, session_key="s1", at=NOON)


def test_wrong_passphrases_are_counted(watch):
    oka = member(watch, watch.oka)
    sitting.forget_tries(oka)

    for _ in range(sitting.TRIES):
        sitting.count_try(oka)
    with pytest.raises(sitting.TooManyTries):
        sitting.count_try(oka)
    sitting.forget_tries(oka)
    sitting.count_try(oka)
    sitting.forget_tries(oka)


def test_the_secretariat_ends_a_term_and_with_it_the_desk(watch):
    _key, private = a_team_key(watch.oka)
    report = of_code(handed_in())
    Membership.objects.filter(user=watch.omar).update(role=Membership.Role.SECRETARIAT)

    membership.end(member(watch, watch.oka), by=watch.omar, at=NOON + DAY)

    with pytest.raises(report_desk.NotAllowed):
        report_desk.read(report, private=private, by=watch.oka, at=NOON + 2 * DAY)
