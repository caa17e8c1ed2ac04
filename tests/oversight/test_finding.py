from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, ProgrammingError, connection, transaction

from accounts.roles import Role
from accounts.team_role import CannotActForTeam, as_team
from lib.canonical import canonical
from oversight.actions import answering, finding
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import Confirmation, Finding, Membership, Response
from tests.oversight.story import EVIDENCE, NOON, facts, sha256, together, told
from tests.parts import DAY, make_team, make_user
from tests.roles import working_as
from vacancies.models import Holiday


def test_a_member_writes_a_draft_that_takes_the_next_number_of_the_year(watch):
    first, second = watch.draft(), watch.draft()

    assert (first.number, second.number) == ("TMN-2026-1", "TMN-2026-2")
    assert (first.team, first.filed_by, first.state) == (watch.team, watch.oka, "draft")
    assert facts("finding.sent") == 0
    assert not Finding.objects.public(NOON + 99 * DAY).exists()


def test_two_drafts_at_once_take_two_numbers(watch):
    raised = together(watch.draft, watch.draft)

    assert raised == [None, None]
    assert set(Finding.objects.values_list("number", flat=True)) == {"TMN-2026-1", "TMN-2026-2"}


@pytest.mark.parametrize("stranger", ["pia", "rudi", "ova", "alya", "former"])
def test_nobody_but_a_current_member_files_a_finding(watch, stranger):
    people = {"pia": watch.story.pia, "rudi": watch.story.rudi, "ova": watch.ova}
    people["alya"] = make_user("alya@contoh.example", Role.APPLICANT)
    people["former"] = make_user("lama@tim.example", Role.OVERSEER)
    Membership.objects.create(
        team=watch.team,
        user=people["former"],
        role="overseer",
        affiliation="LSM",
        since=NOON - 9 * DAY,
        until=NOON - DAY,
    )

    with pytest.raises(NotAllowed):
        finding.draft(watch.stage, title="x", body="x", severity="minor", by=people[stranger], at=NOON)

    assert not Finding.objects.exists()


def test_a_membership_of_a_staff_account_speaks_for_nobody(watch):
    """A row that staff slipped in by SQL does not make staff a member."""
    Membership.objects.create(
        team=watch.team, user=watch.story.pia, role="overseer", affiliation="BKPSDM", since=NOON - DAY
    )

    with pytest.raises(NotAllowed):
        finding.draft(watch.stage, title="x", body="x", severity="minor", by=watch.story.pia, at=NOON)


def test_sending_freezes_the_evidence_tells_the_office_and_starts_the_clock(watch):
    Holiday.objects.create(date=datetime(2026, 11, 4).date(), name="Libur")

    sent = finding.send(watch.confirmed(), by=watch.omar, at=NOON)

    assert (sent.state, sent.sent_by, sent.sent_at) == ("sent", watch.omar, NOON)
    # Monday 2 November; the fifth working day without Wednesday's holiday is Tuesday of the week after, 16.00 WIB.
    assert sent.due_at == datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    assert sent.due_skipped == ["2026-11-04"]
    assert sent.evidence_digest == sha256(canonical(sent.statement()))
    assert facts("finding.sent") == 1
    assert told("finding:TMN-2026-1:sent") == {watch.story.pia.email, watch.story.rudi.email}


def test_a_finding_without_evidence_is_not_confirmed(watch):
    bare = watch.draft(evidence=[])

    with pytest.raises(NotReady):
        finding.confirm(bare, by=watch.oka, at=NOON)

    assert finding.add_evidence(bare, EVIDENCE, by=watch.oka, at=NOON).evidence == [EVIDENCE]
    assert finding.drop_evidence(bare, EVIDENCE, by=watch.oka, at=NOON).evidence == []


@pytest.mark.parametrize("item", [{"what": "x"}, EVIDENCE | {"source": " "}, EVIDENCE | {"expected": 4}])
def test_evidence_of_another_shape_is_refused(watch, item):
    with pytest.raises(NotReady):
        watch.draft(evidence=[item])


@pytest.mark.parametrize("step", ["confirmed", "sent"])
def test_a_confirmed_finding_is_not_rewritten_not_even_in_sql(watch, step):
    sent = getattr(watch, step)()

    with pytest.raises(NotAllowed):
        finding.rewrite(sent, title="Lain", body="Lain", severity="minor", by=watch.oka, at=NOON)
    with pytest.raises(NotAllowed):
        finding.add_evidence(sent, EVIDENCE, by=watch.oka, at=NOON)
    for change in ({"title": "Lain"}, {"evidence": []}, {"severity": "minor"}, {"evidence_digest": "0" * 64}):
        with pytest.raises(DatabaseError, match="frozen"):
            Finding.objects.filter(pk=sent.pk).update(**change)
    with pytest.raises(DatabaseError):
        Finding.objects.all().delete()


def test_a_draft_is_rewritten_by_a_colleague_but_not_by_another_team(watch):
    mine = watch.draft()
    other = make_user("lain@tim.example", Role.OVERSEER)
    make_team(other)

    finding.rewrite(mine, title="Lebih jelas", body="Isi", severity="minor", by=watch.omar, at=NOON)
    with pytest.raises(NotAllowed):
        finding.rewrite(mine, title="Diambil", body="Isi", severity="minor", by=other, at=NOON)

    mine.refresh_from_db()
    assert mine.title == "Lebih jelas"


def test_the_office_answers_and_the_team_is_told(watch):
    sent = watch.sent()

    response = answering.answer(sent, text="Kami hitung ulang.", by=watch.story.pia, at=NOON + DAY)

    sent.refresh_from_db()
    assert sent.state == "answered"
    assert facts("finding.answered") == 1
    assert told(f"finding:TMN-2026-1:answer:{response.pk}") == {watch.oka.email, watch.omar.email}


def test_a_member_never_answers_for_the_office_and_the_office_never_closes(watch):
    sent = watch.sent()
    double = make_user("dua@tim.example", Role.OVERSEER)
    double.groups.add(Group.objects.get(name=Role.PUBLISHER))  # staff slipped a role of theirs to the member

    for member in (watch.oka, double):
        with pytest.raises(NotAllowed):
            answering.answer(sent, text="Semua benar.", by=member, at=NOON)
    answering.answer(sent, text="Semua benar.", by=watch.story.pia, at=NOON)
    for act in (
        lambda: answering.close(sent, conclusion="Selesai.", by=watch.story.pia, at=NOON),
        lambda: answering.return_answer(sent, text="Kurang.", by=watch.story.rudi, at=NOON),
        lambda: finding.send(sent, by=watch.story.pia, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert Response.objects.count() == 1


def test_two_answers_at_once_leave_one(watch):
    sent = watch.sent()
    pia, rudi = watch.story.pia, watch.story.rudi

    raised = together(
        lambda: answering.answer(sent, text="Satu.", by=pia, at=NOON),
        lambda: answering.answer(sent, text="Dua.", by=rudi, at=NOON),
    )

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NotAllowed"]
    assert Response.objects.count() == 1


def test_two_sendings_at_once_leave_one(watch):
    mine = watch.confirmed()

    raised = together(*[lambda by=by: finding.send(mine, by=by, at=NOON) for by in (watch.oka, watch.omar)])

    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "NotAllowed"]
    assert facts("finding.sent") == 1


def test_one_member_does_not_send_and_does_not_count_twice(watch):
    mine = watch.draft()

    first = finding.confirm(mine, by=watch.oka, at=NOON)

    assert first.state == "draft"
    assert told(f"finding:TMN-2026-1:confirm:{finding.digest(first)[:16]}") == {watch.oka.email, watch.omar.email}
    with pytest.raises(NotAllowed):
        finding.confirm(mine, by=watch.oka, at=NOON)
    with pytest.raises(NotAllowed):
        finding.send(mine, by=watch.oka, at=NOON)
    with pytest.raises(DatabaseError, match="two members confirm"):
        Finding.objects.filter(pk=mine.pk).update(state="confirmed", confirmed_at=NOON, evidence_digest="0" * 64)
    assert finding.confirm(mine, by=watch.omar, at=NOON).state == "confirmed"
    assert facts("finding.confirmed") == 1


def test_what_was_confirmed_is_what_is_read_other_words_need_two_again(watch):
    mine = watch.draft()
    finding.confirm(mine, by=watch.oka, at=NOON)
    finding.rewrite(mine, title="Lain", body="Isi lain", severity="minor", by=watch.omar, at=NOON)

    assert finding.confirm(mine, by=watch.omar, at=NOON).state == "draft"
    confirmed = finding.confirm(mine, by=watch.oka, at=NOON)

    assert confirmed.state == "confirmed"
    assert confirmed.evidence_digest == sha256(canonical(confirmed.statement()))
    assert Confirmation.objects.count() == 3


def test_two_confirmations_at_once_are_two(watch):
    mine = watch.draft(severity="critical")

    raised = together(*[lambda by=by: finding.confirm(mine, by=by, at=NOON) for by in (watch.oka, watch.omar)])

    mine.refresh_from_db()
    assert raised == [None, None]
    assert (mine.state, watch.stage.holds.count()) == ("confirmed", 1)


def test_somebody_who_left_in_between_does_not_count(watch):
    mine = watch.draft()
    finding.confirm(mine, by=watch.omar, at=NOON)
    watch.team.memberships.filter(user=watch.omar).update(until=NOON + timedelta(hours=1))

    assert finding.confirm(mine, by=watch.oka, at=NOON + DAY).state == "draft"


def test_an_unconvincing_answer_goes_back_and_the_clock_starts_again(watch):
    sent = watch.sent()
    answering.answer(sent, text="Tidak ada masalah.", by=watch.story.pia, at=NOON + DAY)

    back = answering.return_answer(sent, text="Tunjukkan berkas nilainya.", by=watch.omar, at=NOON + 2 * DAY)

    sent.refresh_from_db()
    assert (sent.state, sent.due_at) == ("sent", datetime(2026, 11, 11, 9, 0, tzinfo=UTC))
    assert facts("finding.returned") == 1
    assert watch.story.pia.email in told(f"finding:TMN-2026-1:return:{back.pk}")
    answering.answer(sent, text="Ini berkasnya.", by=watch.story.pia, at=NOON + 3 * DAY)
    assert sent.responses.count() == 2


def test_the_team_closes_with_a_conclusion(watch):
    sent = watch.assessed()

    with pytest.raises(NotReady):
        answering.close(sent, conclusion=" ", by=watch.oka, at=NOON + 2 * DAY)
    closed = answering.close(sent, conclusion="Jawaban memadai.", by=watch.oka, at=NOON + 2 * DAY)

    assert (closed.state, closed.closed_by, closed.closed_at) == ("closed", watch.oka, NOON + 2 * DAY)
    assert facts("finding.closed") == 1
    assert told("finding:TMN-2026-1:closed") == {watch.story.pia.email, watch.story.rudi.email}


def test_a_finding_is_not_closed_before_it_is_answered(watch):
    with pytest.raises(NotAllowed):
        answering.close(watch.sent(), conclusion="Selesai.", by=watch.oka, at=NOON)


def test_the_whole_life_of_a_finding_works_as_the_web_role(watch):
    with working_as("portal_app"):
        sent = watch.sent()
        answering.answer(sent, text="Tidak.", by=watch.story.pia, at=NOON + DAY)
        answering.return_answer(sent, text="Kurang.", by=watch.omar, at=NOON + 2 * DAY)
        answering.answer(sent, text="Ini.", by=watch.story.pia, at=NOON + 3 * DAY)
        finding.publish_text(sent, title="Selisih", text="Dua nilai.", evidence=True, by=watch.oka, at=NOON + 3 * DAY)
        answering.assess(sent, adequate=False, text="Belum.", by=watch.omar, at=NOON + 4 * DAY)
        answering.escalate(sent, body="inspektorat", text="Belum.", by=watch.omar, at=NOON + 4 * DAY)
        answering.close(sent, conclusion="Diputus Inspektorat.", by=watch.oka, at=NOON + 9 * DAY)

        assert Finding.objects.get().state == "closed"


def test_the_role_is_given_back_after_the_block_and_after_an_error(watch):
    def role():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return cursor.fetchone()[0]

    with working_as("portal_app"):
        with transaction.atomic():
            with as_team():
                assert role() == "portal_team"
            assert role() == "portal_app"
            with pytest.raises(ZeroDivisionError), as_team():
                raise ZeroDivisionError
            assert role() == "portal_app"
        assert role() == "portal_app"


def test_the_role_needs_a_transaction(watch):
    with pytest.raises(transaction.TransactionManagementError), as_team():
        pass


@pytest.mark.parametrize("role", ["portal_work", "portal_seq"])
def test_worker_and_keeper_may_not_act_for_the_team(watch, role):
    with working_as(role), pytest.raises(CannotActForTeam), transaction.atomic(), as_team():
        pass


def test_without_taking_the_role_on_the_web_may_not_file(watch):
    """The twin: the same statement outside as_team() is refused by the database."""
    with working_as("portal_app"), pytest.raises(ProgrammingError, match="permission denied"):
        Finding.objects.create(
            number="TMN-2026-9", team=watch.team, stage=watch.stage, title="x", body="x", severity="minor",
            filed_by=watch.oka, filed_at=NOON,
        )  # fmt: skip
