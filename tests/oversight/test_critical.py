"""A confirmed critical finding stops the next publication of its stage by itself."""

import pytest
from django.db import DatabaseError

from oversight.actions import answering, clocks, finding, hold
from oversight.actions.standing import NotAllowed
from selection.actions import announcement
from selection.models import Announcement, Hold
from tests.oversight.story import DUE, NOON, facts, together, told
from tests.parts import DAY

BEFORE = DUE - 2 * DAY


def test_the_second_confirmation_holds_the_stage_for_good(watch):
    watch.story.ready()

    one = watch.confirmed(severity="critical", at=BEFORE)

    placed = Hold.objects.get()
    assert one.hold == placed
    assert (placed.placed_by, placed.confirmed_by, placed.confirmed_at) == (watch.oka, watch.omar, BEFORE)
    assert placed.reason == "Temuan kritis TMN-2026-1, dikonfirmasi dua anggota tim pengawas."
    assert announcement.announce_due(DUE + 30 * DAY) == 0, "no lapse after a day"
    assert (facts("hold.placed"), facts("hold.confirmed")) == (1, 1)
    assert told(f"hold:{placed.pk}:confirmed") == {watch.story.pia.email, watch.story.rudi.email}


@pytest.mark.parametrize("severity", ["minor", "major"])
def test_a_lesser_finding_holds_nothing(watch, severity):
    watch.story.ready()

    watch.confirmed(severity=severity, at=BEFORE)

    assert not Hold.objects.exists()
    assert announcement.announce_due(DUE) == 1


def test_one_members_critical_draft_holds_nothing(watch):
    watch.story.ready()
    watch.draft(severity="critical")

    assert announcement.announce_due(DUE) == 1


def test_a_stage_that_published_is_held_for_its_correction(watch):
    watch.story.ready()
    announcement.announce_due(DUE)
    watch.confirmed(severity="critical", at=DUE + DAY)

    watch.story.correct(p0=70)

    assert announcement.announce_due(DUE + 2 * DAY) == 0
    assert Announcement.objects.count() == 1


def test_only_the_official_lifts_it_against_the_team_in_public(watch):
    watch.story.ready()
    one = watch.confirmed(severity="critical", at=BEFORE)

    for by in (watch.story.pia, watch.story.rudi):
        with pytest.raises(hold.NotAllowed):
            hold.lift(one.hold, reason="Terbitkan.", by=by, at=BEFORE)
    with pytest.raises(hold.NotAllowed):
        hold.lift(one.hold, reason=" ", by=watch.ova, at=BEFORE)
    hold.lift(one.hold, reason="Putusan pengadilan nomor 1.", by=watch.ova, at=BEFORE)

    assert announcement.announce_due(DUE) == 1
    assert told(f"hold:{one.hold_id}:overridden") == {watch.oka.email, watch.omar.email}


def test_closing_the_finding_ends_its_hold(watch):
    watch.story.ready()
    one = watch.assessed(severity="critical", at=BEFORE)

    answering.close(one, conclusion="Sudah cocok.", by=watch.oka, at=BEFORE + DAY)

    placed = Hold.objects.get()
    assert (placed.lifted_as, placed.lift_reason) == ("team", "Temuan TMN-2026-1 selesai.")
    assert announcement.announce_due(DUE) == 1


def test_in_the_second_it_is_due_a_stage_is_announced_or_held_by_a_finding_never_neither(watch):
    watch.story.ready()
    one = watch.draft(severity="critical")
    finding.confirm(one, by=watch.oka, at=BEFORE)

    raised = together(lambda: finding.confirm(one, by=watch.omar, at=DUE), lambda: announcement.announce_due(DUE))

    assert raised == [None, None]
    assert Hold.objects.count() == 1
    frozen = Announcement.objects.first()
    assert frozen is None or frozen.frozen_at <= DUE


def test_the_hold_of_a_finding_is_not_exchanged_for_another(watch):
    one = watch.confirmed(severity="critical", at=BEFORE)
    other = Hold.objects.create(stage=watch.stage, reason="x", placed_by=watch.oka, placed_at=NOON, lapses_at=NOON)

    with pytest.raises(DatabaseError, match="frozen"):
        type(one).objects.filter(pk=one.pk).update(hold=other)


# --- Handing it on -----------------------------------------------------------------------------
def test_an_inadequate_answer_goes_to_a_body_above_once_each(watch):
    one = watch.answered()
    answering.assess(one, adequate=False, text="Tidak menjawab.", by=watch.omar, at=NOON + 2 * DAY)

    made = answering.escalate(one, body="inspektorat", text="Tidak dijawab.", by=watch.oka, at=NOON + 3 * DAY)
    answering.escalate(one, body="ombudsman", text="Tidak dijawab.", by=watch.oka, at=NOON + 4 * DAY)

    one.refresh_from_db()
    assert one.state == "escalated" and len(made.digest) == 64
    assert facts("finding.escalated") == 2
    assert watch.story.pia.email in told("finding:TMN-2026-1:escalated:inspektorat")
    with pytest.raises(NotAllowed):
        answering.escalate(one, body="inspektorat", text="Lagi.", by=watch.oka, at=NOON + 4 * DAY)
    assert answering.close(one, conclusion="Diputus.", by=watch.oka, at=NOON + 9 * DAY).state == "closed"


def test_an_unanswered_finding_is_handed_on_only_when_it_is_overdue(watch):
    one = watch.sent()

    with pytest.raises(NotAllowed):
        answering.escalate(one, body="bkn", text="Tidak dijawab.", by=watch.oka, at=NOON + DAY)
    with pytest.raises(NotAllowed):
        answering.escalate(watch.answered(), body="bkn", text="Belum dinilai.", by=watch.oka, at=NOON + 2 * DAY)
    clocks.publish_overdue(NOON + 20 * DAY)

    assert answering.escalate(one, body="bkn", text="Tidak dijawab.", by=watch.oka, at=NOON + 20 * DAY).finding == one
