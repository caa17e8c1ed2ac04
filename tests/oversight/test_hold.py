from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError

from accounts.roles import Role
from oversight.actions import hold
from selection.actions import announcement
from selection.actions.settlement import unsettled
from selection.models import Announcement, DelayNotice, Hold
from tests.oversight.story import DUE, NOON, facts, together, told
from tests.parts import DAY, make_stage, make_user
from tests.roles import working_as

REASON = "Daftar tidak cocok dengan nilai."
ALMOST = DUE - timedelta(hours=2)


def place(watch, by=None, at=ALMOST):
    return hold.place(watch.stage, reason=REASON, by=by or watch.oka, at=at)


def test_a_hold_stops_the_announcement_and_everybody_can_read_why(watch):
    watch.story.ready()

    placed = place(watch)

    assert announcement.announce_due(DUE) == 0
    assert not Announcement.objects.exists()
    assert DelayNotice.objects.get().unsettled == ["Tim pengawas menahan pengumuman tahap ini."]
    assert placed.lapses_at == ALMOST + timedelta(hours=24)
    assert facts("hold.placed") == 1
    assert told(f"hold:{placed.pk}:placed") == {watch.story.pia.email, watch.story.rudi.email}


def test_without_the_hold_the_same_stage_is_announced(watch):
    watch.story.ready()

    assert announcement.announce_due(DUE) == 1


def test_an_unconfirmed_hold_lapses_after_a_day_and_the_stage_publishes_itself(watch):
    watch.story.ready()
    place(watch)

    assert announcement.announce_due(ALMOST + timedelta(hours=23, minutes=59)) == 0
    assert announcement.announce_due(ALMOST + timedelta(hours=24)) == 1


def test_a_second_member_makes_it_stand(watch):
    watch.story.ready()
    placed = place(watch)

    hold.confirm(placed, by=watch.omar, at=ALMOST + timedelta(hours=1))

    assert announcement.announce_due(ALMOST + 9 * DAY) == 0
    assert facts("hold.confirmed") == 1
    assert watch.story.pia.email in told(f"hold:{placed.pk}:confirmed")


def test_the_first_member_does_not_confirm_not_even_in_sql(watch):
    placed = place(watch)

    with pytest.raises(hold.NotAllowed):
        hold.confirm(placed, by=watch.oka, at=ALMOST)
    with pytest.raises(DatabaseError, match="hold_second_member"):
        Hold.objects.filter(pk=placed.pk).update(confirmed_by=watch.oka, confirmed_at=ALMOST)


def test_a_lapsed_hold_is_not_confirmed_and_its_author_does_not_place_the_next(watch):
    placed = place(watch)
    later = ALMOST + timedelta(hours=25)

    with pytest.raises(hold.NotAllowed):
        hold.confirm(placed, by=watch.omar, at=later)
    with pytest.raises(hold.NotAllowed):
        place(watch, at=later)

    assert place(watch, by=watch.omar, at=later).placed_by == watch.omar


@pytest.mark.parametrize("stranger", ["pia", "rudi", "ova", "alya"])
def test_nobody_but_a_member_places_or_confirms(watch, stranger):
    by = {"pia": watch.story.pia, "rudi": watch.story.rudi, "ova": watch.ova}.get(stranger)
    by = by or make_user("alya@contoh.example", Role.APPLICANT)
    placed = place(watch)

    with pytest.raises(hold.NotAllowed):
        hold.confirm(placed, by=by, at=ALMOST)
    with pytest.raises(hold.NotAllowed):
        place(watch, by=by)

    assert Hold.objects.count() == 1


def test_an_announced_stage_is_held_no_more_but_its_correction_can_be(watch):
    watch.story.ready()
    announcement.announce_due(DUE)
    later = DUE + timedelta(hours=3)

    with pytest.raises(hold.NothingToHold):
        place(watch, at=later)
    watch.story.correct(p0=70)
    place(watch, at=later)

    assert announcement.announce_due(later) == 0


def test_a_stage_without_a_result_is_not_held(watch):
    silent = make_stage(watch.story.recruitment, "filing", 9)

    with pytest.raises(hold.NothingToHold):
        hold.place(silent, reason=REASON, by=watch.oka, at=NOON)
    with pytest.raises(hold.NothingToHold):
        hold.place(watch.stage, reason="  ", by=watch.oka, at=NOON)


def test_two_holds_at_once_leave_one(watch):
    raised = together(lambda: place(watch), lambda: place(watch, by=watch.omar))

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NothingToHold"]
    assert Hold.objects.count() == 1


def test_in_the_second_it_is_due_a_stage_is_announced_or_held_never_both(watch):
    watch.story.ready()

    raised = together(lambda: place(watch, at=DUE), lambda: announcement.announce_due(DUE))

    assert raised[1] is None
    assert Hold.objects.count() + Announcement.objects.count() == 1


def test_the_team_lifts_its_own_hold(watch):
    watch.story.ready()
    placed = place(watch)

    lifted = hold.lift(placed, reason="Sudah diperbaiki.", by=watch.omar, at=ALMOST)

    assert (lifted.lifted_as, lifted.lifted_by) == ("team", watch.omar)
    assert announcement.announce_due(DUE) == 1
    assert facts("hold.lifted") == 1


def test_the_override_official_lifts_in_public_and_the_team_is_told(watch):
    placed = hold.confirm(place(watch), by=watch.omar, at=ALMOST)

    hold.lift(placed, reason="Putusan pengadilan nomor 1.", by=watch.ova, at=ALMOST)

    placed.refresh_from_db()
    assert (placed.lifted_as, placed.lift_reason) == ("override", "Putusan pengadilan nomor 1.")
    assert "hold" not in [issue.code for issue in unsettled(watch.stage, ALMOST)]
    assert told(f"hold:{placed.pk}:overridden") == {watch.oka.email, watch.omar.email}


def test_nobody_else_lifts_and_never_without_a_reason(watch):
    placed = place(watch)

    for by in (watch.story.pia, watch.story.rudi):
        with pytest.raises(hold.NotAllowed):
            hold.lift(placed, reason="Terbitkan saja.", by=by, at=ALMOST)
    with pytest.raises(hold.NotAllowed):
        hold.lift(placed, reason=" ", by=watch.ova, at=ALMOST)

    placed.refresh_from_db()
    assert placed.lifted_at is None


def test_two_liftings_at_once_leave_one(watch):
    placed = place(watch)

    raised = together(
        *[lambda by=by: hold.lift(placed, reason="Selesai.", by=by, at=ALMOST) for by in (watch.omar, watch.ova)]
    )

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NotAllowed"]
    assert facts("hold.lifted") == 1


def test_a_hold_is_never_rewritten(watch):
    placed = place(watch)

    for change in ({"reason": "Lain"}, {"lapses_at": ALMOST}, {"placed_by": watch.omar}):
        with pytest.raises(DatabaseError, match="never rewritten"):
            Hold.objects.filter(pk=placed.pk).update(**change)
    hold.lift(placed, reason="Selesai.", by=watch.omar, at=ALMOST)
    with pytest.raises(DatabaseError, match="never rewritten"):
        Hold.objects.filter(pk=placed.pk).update(lift_reason="Lain")
    with pytest.raises(DatabaseError):
        Hold.objects.all().delete()


def test_a_hold_works_as_the_web_role(watch):
    with working_as("portal_app"):
        first = hold.confirm(place(watch), by=watch.omar, at=ALMOST)
        hold.lift(first, reason="Selesai.", by=watch.omar, at=ALMOST)
        hold.lift(place(watch), reason="Diputus pejabat.", by=watch.ova, at=ALMOST)

        assert sorted(Hold.objects.values_list("lifted_as", flat=True)) == ["override", "team"]


def test_the_web_role_alone_neither_places_nor_lifts_as_the_team(watch):
    """The twin: the same changes without the team's role are refused by the database."""
    placed = place(watch)
    lifted = {"lifted_by": watch.ova, "lifted_at": ALMOST, "lift_reason": "x"}

    with working_as("portal_app"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            Hold.objects.create(
                stage=watch.stage, reason="x", placed_by=watch.oka, placed_at=ALMOST, lapses_at=ALMOST + DAY
            )
        with pytest.raises(ProgrammingError, match="permission denied"):
            Hold.objects.filter(pk=placed.pk).update(confirmed_by=watch.omar, confirmed_at=ALMOST)
        with pytest.raises(DatabaseError, match="overrides it in public"):
            Hold.objects.filter(pk=placed.pk).update(**lifted, lifted_as="team")
        assert Hold.objects.filter(pk=placed.pk).update(**lifted, lifted_as="override") == 1
