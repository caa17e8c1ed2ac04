"""A member with a declared conflict of interest has no say there: not in the actions, not in SQL."""

import pytest
from django.db import DatabaseError, connection

from accounts.roles import Role
from oversight import rules
from oversight.actions import answering, finding, hold, interest
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import Assessment, Confirmation, Interest, Membership
from selection.models import Hold
from tests.oversight.story import NOON
from tests.parts import DAY, make_agency, make_formation, make_team, make_user
from tests.roles import working_as
from tests.selection.story import Stage

LATER = NOON + DAY


@pytest.fixture
def nia(watch):
    """The secretariat of the team."""
    user = make_user("nia@tim.example", Role.SECRETARIAT)
    Membership.objects.create(team=watch.team, user=user, role="secretariat", affiliation="LSM", since=NOON - 30 * DAY)
    return user


def of(watch, user) -> Membership:
    return watch.team.memberships.get(user=user)


def about(watch) -> dict:
    """Everything an interest may be about that touches the stage."""
    recruitment = watch.stage.recruitment
    unit = watch.story.formation.unit
    return {
        "the recruitment": {"recruitment": recruitment},
        "its agency": {"agency": recruitment.agency},
        "a unit that has a post in it": {"agency": unit},
        "what the unit belongs to": {"agency": unit.parent or recruitment.agency},
        "a position": {"formation": watch.story.formation},
    }


@pytest.mark.parametrize(
    "thing",
    ["the recruitment", "its agency", "a unit that has a post in it", "what the unit belongs to", "a position"],
)
def test_an_interest_touches_every_stage_it_is_about(watch, thing):
    interest.declare(of(watch, watch.omar), by=watch.omar, at=NOON, **about(watch)[thing])

    assert rules.has_interest(watch.omar, watch.stage, LATER)
    assert not rules.has_interest(watch.oka, watch.stage, LATER)


def test_an_interest_elsewhere_touches_nothing(watch):
    elsewhere = Stage(3, cast=(watch.story.pia, watch.story.rudi))
    for thing in (
        {"recruitment": elsewhere.recruitment},
        {"agency": make_agency("Dinas lain", watch.stage.recruitment.agency)},
        {"formation": make_formation(elsewhere.recruitment)},
    ):
        interest.declare(of(watch, watch.omar), by=watch.omar, at=NOON, **thing)

    assert not rules.has_interest(watch.omar, watch.stage, LATER)


@pytest.fixture
def partial(watch):
    """Omar has said that he has an interest in the stage's recruitment."""
    return interest.declare(of(watch, watch.omar), by=watch.omar, at=NOON, recruitment=watch.stage.recruitment)


def test_who_has_an_interest_confirms_holds_and_lifts_nothing(watch, partial, nia):
    one = watch.draft()
    finding.confirm(one, by=watch.oka, at=LATER)

    for act in (
        lambda: finding.confirm(one, by=watch.omar, at=LATER),
        lambda: hold.place(watch.stage, reason="x", by=watch.omar, at=LATER),
    ):
        with pytest.raises((NotAllowed, hold.NotAllowed), match="benturan kepentingan"):
            act()
    placed = hold.place(watch.stage, reason="x", by=watch.oka, at=LATER)
    for act in (
        lambda: hold.confirm(placed, by=watch.omar, at=LATER),
        lambda: hold.lift(placed, reason="x", by=watch.omar, at=LATER),
    ):
        with pytest.raises(hold.NotAllowed, match="benturan kepentingan"):
            act()
    assert finding.confirm(one, by=nia, at=LATER).state == "confirmed"


def test_who_has_an_interest_assesses_returns_escalates_and_closes_nothing(watch):
    one = watch.answered()
    interest.declare(of(watch, watch.omar), by=watch.omar, at=LATER, recruitment=watch.stage.recruitment)

    for act in (
        lambda: answering.assess(one, adequate=True, text="x", by=watch.omar, at=LATER + DAY),
        lambda: answering.return_answer(one, text="x", by=watch.omar, at=LATER + DAY),
    ):
        with pytest.raises(NotAllowed, match="benturan kepentingan"):
            act()
    answering.assess(one, adequate=False, text="x", by=watch.oka, at=LATER + DAY)
    for act in (
        lambda: answering.escalate(one, body="bkn", text="x", by=watch.omar, at=LATER + DAY),
        lambda: answering.close(one, conclusion="x", by=watch.omar, at=LATER + DAY),
    ):
        with pytest.raises(NotAllowed, match="benturan kepentingan"):
            act()


def test_the_database_refuses_it_too(watch, partial):
    one, placed = watch.draft(), hold.place(watch.stage, reason="x", by=watch.oka, at=LATER)

    for statement in (
        lambda: Confirmation.objects.create(finding=one, by=watch.omar, digest="0" * 64, at=LATER),
        lambda: Assessment.objects.create(finding=one, adequate=True, text="x", by=watch.omar, at=LATER),
        lambda: Hold.objects.create(
            stage=watch.stage, reason="x", placed_by=watch.omar, placed_at=LATER, lapses_at=LATER + DAY
        ),
        lambda: Hold.objects.filter(pk=placed.pk).update(confirmed_by=watch.omar, confirmed_at=LATER),
        lambda: Hold.objects.filter(pk=placed.pk).update(
            lifted_by=watch.omar, lifted_at=LATER, lifted_as="team", lift_reason="x"
        ),
    ):
        with pytest.raises(DatabaseError, match="interest in the matter"):
            statement()


def test_without_the_triggers_the_same_statements_pass(watch, partial):
    """The twin."""
    one = watch.draft()
    connection.cursor().execute(
        "ALTER TABLE oversight_confirmation DISABLE TRIGGER USER; ALTER TABLE selection_hold DISABLE TRIGGER USER"
    )

    Confirmation.objects.create(finding=one, by=watch.omar, digest="0" * 64, at=LATER)
    Hold.objects.create(stage=watch.stage, reason="x", placed_by=watch.omar, placed_at=LATER, lapses_at=LATER + DAY)


def test_only_the_official_overrides_a_hold_not_even_in_sql(watch):
    placed = hold.place(watch.stage, reason="x", by=watch.oka, at=LATER)
    lifted = {"lifted_at": LATER, "lifted_as": "override", "lift_reason": "x"}

    with working_as("portal_app"):
        for by in (watch.story.pia, watch.story.rudi, watch.oka):
            with pytest.raises(DatabaseError, match="only the official"):
                Hold.objects.filter(pk=placed.pk).update(lifted_by=by, **lifted)
        assert Hold.objects.filter(pk=placed.pk).update(lifted_by=watch.ova, **lifted) == 1


def test_a_member_declares_and_a_colleague_of_the_secretariat_ends_it(watch, partial, nia):
    with pytest.raises(NotAllowed):
        interest.end(partial, by=watch.omar, at=LATER)
    own = interest.declare(of(watch, nia), by=nia, at=NOON, recruitment=watch.stage.recruitment)
    with pytest.raises(NotAllowed):
        interest.end(own, by=nia, at=LATER)

    interest.end(partial, by=nia, at=LATER)

    assert not rules.has_interest(watch.omar, watch.stage, LATER)
    assert rules.has_interest(watch.omar, watch.stage, LATER - DAY / 2), "what was, was"
    with pytest.raises(DatabaseError, match="ended once"):
        Interest.objects.filter(pk=partial.pk).update(until=LATER + DAY)


def test_nobody_else_declares_for_a_member_and_it_is_about_one_thing(watch, nia):
    stranger = make_user("lain@tim.example", Role.OVERSEER)
    make_team(stranger)
    target = {"recruitment": watch.stage.recruitment}

    for by in (watch.oka, stranger, watch.story.pia):
        with pytest.raises(NotAllowed):
            interest.declare(of(watch, watch.omar), by=by, at=NOON, **target)
    with pytest.raises(NotReady):
        interest.declare(of(watch, watch.omar), by=watch.omar, at=NOON)
    assert interest.declare(of(watch, watch.omar), by=nia, at=NOON, **target).declared_by == nia


def test_it_works_as_the_web_role_and_everybody_reads_it(watch, client):
    with working_as("portal_app"):
        interest.declare(of(watch, watch.omar), by=watch.omar, at=NOON, recruitment=watch.stage.recruitment)
        page = client.get("/pengawasan/").content.decode()

    assert "Omar" in page and watch.stage.recruitment.name in page
