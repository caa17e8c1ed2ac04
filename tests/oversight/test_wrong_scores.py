"""A finding about wrong scores: the correction file and the result that follows from it come in force together or not at all."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from ledger.actions import record
from oversight import comparison
from oversight.actions import re_review
from oversight.actions.standing import NotAllowed
from selection.actions import announcement, ranking, scores
from selection.models import Announcement, OutcomeSet, Score, ScoreBatch
from selection.queries import current_set
from tests.oversight.story import DUE, NOON, facts, together
from tests.selection.objecting import without_triggers
from tests.selection.test_objection_decision import sign_in

HOUR = timedelta(hours=1)
REASON = "Nilai dua peserta tertukar dalam berkas."


@pytest.fixture
def story(watch):
    """Announced; the scores of the first and the last one were exchanged in the file."""
    watch.story.score(p0=109, p11=120).rank().prepare().approve()
    announcement.announce_due(DUE)
    watch.story.watch = watch
    return watch.story


def correction(story, by=None) -> ScoreBatch:
    file = io.BytesIO(story.lines().encode())
    return scores.stage_file(story.stage, file, file_name="koreksi.csv", by=by or story.pia, at=DUE, reason=REASON)


def under_review(story) -> tuple[ScoreBatch, OutcomeSet]:
    finding = story.watch.sent(at=DUE)
    batch = correction(story)
    return batch, re_review.start(finding, by=story.pia, at=DUE + HOUR, reason=REASON, batch=batch)


def in_force(story) -> tuple:
    return current_set(story.stage).pk, Score.objects.count(), story.stage.batches.filter(state="approved").count()


def test_a_wrong_score_file_ends_in_a_corrected_version(story):
    finding = story.watch.sent(at=DUE)
    before = in_force(story)
    batch = correction(story)

    shadow = re_review.start(finding, by=story.pia, at=DUE + HOUR, reason=REASON, batch=batch)

    assert in_force(story) == before, "everybody is compared before anything is in force"
    assert shadow.batches[-1] == batch.pk
    moved = {one["p"]: (one["old_code"], one["new_code"]) for one in ranking.compare(story.set, shadow)}
    first, last = (story.people[n].participant_number for n in (0, 11))
    assert (moved[first], moved[last]) == (("P", "P/L"), ("P/L", "P"))
    approved = facts("scores.approved")
    re_review.apply(shadow, by=story.rudi, at=DUE + HOUR)
    batch.refresh_from_db()
    assert (batch.state, batch.decided_by) == ("approved", story.rudi)
    assert current_set(story.stage) == shadow
    assert facts("scores.approved") == approved + 1
    assert facts("finding.reviewed") == 1
    story.prepare(reason=REASON, at=DUE + HOUR).approve(at=DUE + HOUR)
    announcement.announce_due(DUE + 2 * HOUR)
    second = Announcement.objects.get(version=2)
    assert second.outcome_set == shadow
    assert comparison.of_announcement(second).agrees, "what the waiting rows said is what the scores in force say"


def test_cancelled_as_a_whole_it_leaves_everything_as_it_was(story):
    before = in_force(story)
    batch, shadow = under_review(story)

    re_review.cancel(shadow, by=story.pia, at=DUE + HOUR)

    batch.refresh_from_db()
    shadow.refresh_from_db()
    assert (batch.state, shadow.state) == ("refused", "cancelled")
    assert in_force(story) == before
    finding = shadow.findings.get()
    again = re_review.start(finding, by=story.pia, at=DUE + HOUR, reason=REASON, batch=correction(story))
    assert again.version == shadow.version + 1, "and it may be begun once more, with the same file"


def test_it_is_applied_by_another_person_who_may_approve_scores(story):
    batch, shadow = under_review(story)
    story.watch.ova.groups.set(story.pia.groups.all())

    with pytest.raises(NotAllowed, match="petugas pengesah"):
        re_review.apply(shadow, by=story.watch.ova, at=DUE + HOUR)
    story.pia.groups.set(story.rudi.groups.all())
    with pytest.raises(ranking.SamePerson):
        re_review.apply(shadow, by=User.objects.get(pk=story.pia.pk), at=DUE + HOUR)

    batch.refresh_from_db()
    assert batch.state == "staged"


def test_who_brought_the_file_does_not_apply_it_even_if_another_computed(story):
    finding = story.watch.sent(at=DUE)
    shadow = re_review.start(finding, by=story.pia, at=DUE, reason=REASON, batch=correction(story, by=story.rudi))
    before = in_force(story)

    with pytest.raises(scores.Undecidable, match="mengunggah"):
        re_review.apply(shadow, by=story.rudi, at=DUE + HOUR)

    assert in_force(story) == before


def test_the_file_is_not_decided_by_itself_not_even_in_sql(story):
    batch, shadow = under_review(story)

    for act in (scores.approve, scores.refuse):
        with pytest.raises(scores.Undecidable, match="bagian dari kaji ulang"):
            act(batch, by=story.rudi, at=DUE + HOUR)
    with pytest.raises(DatabaseError, match="decided together"), transaction.atomic():
        scores.put_in_force(batch, by=story.rudi, at=DUE + HOUR)
    for state in ("applied", "cancelled"):
        with pytest.raises(DatabaseError, match="decided together"), transaction.atomic():
            ranking.settle(shadow, state, by=story.rudi, at=DUE + HOUR)

    with transaction.atomic():
        without_triggers("selection_outcomeset")
        ranking.settle(
            shadow, "applied", by=story.rudi, at=DUE + HOUR
        )  # the twin: a result in force without its scores
        assert current_set(story.stage) == shadow
        assert story.stage.batches.get(pk=batch.pk).state == "staged"
        transaction.set_rollback(True)
    with transaction.atomic():
        without_triggers("selection_scorebatch")
        scores.put_in_force(
            batch, by=story.rudi, at=DUE + HOUR
        )  # the twin: scores in force, the old result beside them
    assert current_set(story.stage) == story.set


def power_cut(*_args, **_more):
    raise RuntimeError("power cut")


def test_a_crash_between_scores_and_result_leaves_neither(story, monkeypatch):
    batch, shadow = under_review(story)
    before = in_force(story), facts("scores.approved"), facts("finding.reviewed")

    for place, name in ((ranking, "settle"), (record, "append"), (re_review, "_record_end")):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, power_cut)
            with pytest.raises(RuntimeError, match="power cut"):
                re_review.apply(shadow, by=story.rudi, at=DUE + HOUR)
        assert (in_force(story), facts("scores.approved"), facts("finding.reviewed")) == before, name

    with monkeypatch.context() as patched:
        patched.setattr(ranking, "settle", power_cut)
        with transaction.atomic():  # the twin: the same acts with a commit each, and power lost between them
            without_triggers("selection_scorebatch")
            scores.put_in_force(batch, by=story.rudi, at=DUE + HOUR)
        with pytest.raises(RuntimeError), transaction.atomic():
            ranking.put_in_force(shadow, by=story.rudi, at=DUE + HOUR)
    assert in_force(story) != before[0], "scores in force that the result in force does not follow"


def test_a_second_re_review_at_once_is_refused(story):
    finding = story.watch.sent(at=DUE)
    other = story.watch.sent(at=DUE)
    batch = correction(story)

    raised = together(
        lambda: re_review.start(finding, by=story.pia, at=DUE, reason=REASON, batch=batch),
        lambda: re_review.start(other, by=story.rudi, at=DUE, reason=REASON),
    )

    assert [type(one) for one in raised if one] == [ranking.CannotRank]
    assert story.stage.outcome_sets.filter(state="shadow").count() == 1
    with pytest.raises(DatabaseError, match="one_shadow_per_stage"), transaction.atomic():
        OutcomeSet.objects.create(stage=story.stage, version=99, rulepack="x", rulepack_digest="0", made_at=NOON)


def test_two_who_apply_and_cancel_at_once_get_one_whole_end(story):
    batch, shadow = under_review(story)

    raised = together(
        lambda: re_review.apply(shadow, by=story.rudi, at=DUE + HOUR),
        lambda: re_review.cancel(shadow, by=story.pia, at=DUE + HOUR),
    )

    assert [type(one) for one in raised if one] == [ranking.NotAShadow]
    batch.refresh_from_db()
    shadow.refresh_from_db()
    assert (shadow.state, batch.state) in {("applied", "approved"), ("cancelled", "refused")}
    assert facts("finding.reviewed") == 1


def test_a_file_approved_while_the_shadow_is_computed_is_in_one_of_them_alone(story):
    finding = story.watch.sent(at=DUE)
    batch = correction(story)

    raised = together(
        lambda: re_review.start(finding, by=story.pia, at=DUE, reason=REASON, batch=batch),
        lambda: scores.approve(batch, by=story.rudi, at=DUE),
    )

    assert {type(one) for one in raised if one} in ({ranking.CannotRank}, {scores.Undecidable})
    batch.refresh_from_db()
    assert (batch.state == "staged") == story.stage.outcome_sets.filter(state="shadow").exists()


def test_office_people_find_it_on_their_pages(story, client):
    finding = story.watch.sent(at=timezone.now())
    sign_in(client, story.pia)
    page = reverse("finding_answer", args=[finding.number])
    assert "Unggah berkas koreksi dahulu" in client.get(page).content.decode()
    batch = correction(story)
    assert "Hitung dengan berkas yang menunggu" in client.get(page).content.decode()

    client.post(reverse("review_start", args=[finding.number]), {"reason": REASON, "with_file": "1"})

    shadow = story.stage.outcome_sets.get(state="shadow")
    sign_in(client, story.rudi)
    told = client.get(reverse("review_shadow", args=[shadow.pk])).content.decode()
    assert "juga mengesahkan berkasnya" in told
    assert story.people[0].participant_number in told
    told = client.get(reverse("score_batch", args=[batch.pk])).content.decode()
    assert "bagian dari kaji ulang" in told
    assert "Sahkan nilai" not in told
    client.post(reverse("review_shadow", args=[shadow.pk]), {"decision": "apply"})
    assert current_set(story.stage) == shadow
