"""A panel of an open selection: who may judge, sheets locked before they are compared, and the official's choice."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import FileAccess
from accounts.roles import Role
from ledger.models import Pending
from publishing.models import Publication
from selection.actions import scores
from selection.models import Hold, Outcome, ScoreBatch
from tests.parts import DAY, NOON, make_application, make_team, make_user
from tests.workforce.panels import OVER, PARTS, Selection
from workforce import participants, spread
from workforce.actions import choice, panel, sheets
from workforce.models import Choice, Conflict, Panel, PanelMember, PanelScore, ScoreSheet

pytestmark = pytest.mark.usefixtures("own_database")
REASON = "Rekam jejaknya di layanan kesehatan paling panjang dan rencananya paling terukur menurut panitia."


def refused(work) -> str:
    """The words of the database when it refuses `work`."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        work()
    return str(error.value)


def test_a_selection_goes_from_a_sealed_panel_to_a_choice_with_its_reason():
    story = Selection().judged()

    assert str(story.announcement.outcome_set.outcomes.get(application=story.people[1]).final) == "84.000"
    best = choice.best_of(story.panel)[0]
    assert {one.application_id for one in best.outcomes} == {one.pk for one in story.people[:3]}
    made = choice.choose(story.formation, story.numbers[0], reason=REASON, by=story.wali, at=OVER)

    assert made.application == story.people[0]
    assert Publication.objects.filter(source=f"choice:{made.pk}").count() == 1
    kinds = list(Pending.objects.values_list("kind", flat=True))
    assert (kinds.count("panel.sealed"), kinds.count("sheet.locked"), kinds.count("choice.made")) == (1, 16, 1)
    assert story.numbers[0] not in bytes(Pending.objects.get(kind="choice.made").body).decode()


def test_a_panel_is_sealed_by_another_and_only_as_the_rules_say():
    story = Selection(sealed=False)
    with pytest.raises(panel.NotPossible, match="Minta orang lain"):
        panel.seal(story.panel, by=story.pia, at=NOON)

    sixth = story.join("keenam@contoh.example")
    with pytest.raises(panel.NotPossible, match="5, 7, atau 9"):
        panel.seal(story.panel, by=story.rudi, at=NOON)
    panel.remove_member(sixth, reason="", by=story.pia, at=NOON)
    panel.remove_member(story.judges[4], reason="", by=story.pia, at=NOON)
    third = story.join("ketiga.dalam@contoh.example", inside=True)
    with pytest.raises(panel.NotPossible, match="45 persen"):
        panel.seal(story.panel, by=story.rudi, at=NOON)
    panel.remove_member(third, reason="", by=story.pia, at=NOON)
    story.join("luar@contoh.example")
    panel.remove_member(story.assessor, reason="", by=story.pia, at=NOON)
    with pytest.raises(panel.NotPossible, match="Asesmen kompetensi"):
        panel.seal(story.panel, by=story.rudi, at=NOON)
    story.join("asesor.baru@contoh.example", kind="assessor", chosen=["asesmen"])

    assert panel.seal(story.panel, by=story.rudi, at=NOON).sealed_at == NOON


def test_the_database_refuses_a_panel_that_is_too_small_or_sealed_by_its_writer():
    story = Selection(sealed=False)
    mine = Panel.objects.filter(pk=story.panel.pk)

    assert "panel_second_person" in refused(lambda: mine.update(sealed_at=NOON, sealed_by=story.pia))
    panel.remove_member(story.judges[0], reason="", by=story.pia, at=NOON)
    assert "5, 7 or 9" in refused(lambda: mine.update(sealed_at=NOON, sealed_by=story.rudi))


def test_nothing_of_a_sealed_panel_changes_but_somebody_leaves_and_another_takes_the_place():
    story = Selection()
    stranger = make_user("susulan@contoh.example", Role.ASSESSOR)
    row = {"panel": story.panel, "user": stranger, "kind": "panel", "name": "S", "post": "S", "components": list(PARTS),
           "added_by": story.pia, "added_at": NOON}  # fmt: skip

    assert "takes the place" in refused(lambda: PanelMember.objects.create(**row))
    assert "takes the place" in refused(lambda: PanelMember.objects.create(**row, replaces=story.judges[0]))
    assert "does not change" in refused(lambda: Panel.objects.filter(pk=story.panel.pk).update(shows_scores=True))
    assert "not deleted" in refused(lambda: story.judges[0].delete())
    assert "in no other way" in refused(lambda: PanelMember.objects.filter(pk=story.judges[0].pk).update(user=stranger))
    with pytest.raises(panel.NotPossible, match="alasan"):
        panel.remove_member(story.judges[0], reason=" ", by=story.rudi, at=NOON)

    panel.remove_member(story.judges[0], reason="Sakit.", by=story.rudi, at=NOON)
    fresh = panel.add_member(story.panel, email=stranger.email, kind="assessor", name="Susulan", post="Lembaga",
                             inside_office=False, chosen=["asesmen"], by=story.pia, at=NOON, replaces=story.judges[0])  # fmt: skip

    assert (fresh.kind, fresh.inside_office, fresh.components) == ("panel", True, story.judges[0].components)


@pytest.mark.parametrize("role", [Role.PREPARER, Role.PUBLISHER, Role.APPOINTING_OFFICIAL])
def test_who_prepares_approves_or_chooses_does_not_judge(role):
    story = Selection(sealed=False)
    make_user("rangkap@contoh.example", role, Role.ASSESSOR)

    with pytest.raises(panel.NotPossible, match="tidak dapat menilai"):
        panel.add_member(story.panel, email="rangkap@contoh.example", kind="panel", name="R", post="R",
                         inside_office=False, chosen=PARTS, by=story.pia, at=NOON)  # fmt: skip


def test_an_applicant_does_not_judge_the_own_selection():
    story = Selection(sealed=False)
    owner = story.people[0].user
    owner.groups.add(make_user("x@contoh.example", Role.ASSESSOR).groups.get())

    with pytest.raises(panel.NotPossible, match="melamar"):
        panel.add_member(story.panel, email=owner.email, kind="panel", name="R", post="R", inside_office=False,
                         chosen=PARTS, by=story.pia, at=NOON)  # fmt: skip


def test_nobody_scores_before_declaring_and_nobody_scores_whom_they_named():
    story = Selection()
    judge = story.judges[0]
    with pytest.raises(sheets.NotPossible, match="benturan"):
        story.fill(judge, story.paper, "makalah", ["1", "2", "3", "4"])
    assert "has declared" in refused(
        lambda: ScoreSheet.objects.create(member=judge, stage=story.paper, component="makalah", begun_at=NOON)
    )

    story.declare(j0=[story.numbers[0]])
    sheet = story.fill(judge, story.paper, "makalah", ["100", "50", "50", "50"])

    assert set(sheet.scores.values_list("application_id", flat=True)) == {one.pk for one in story.people[1:]}
    sheet = story.fill(story.judges[1], story.paper, "makalah", ["100", "50", "50", "50"], locked=False)
    Conflict.objects.create(member=story.judges[1], application=story.people[0], at=NOON)
    assert "does not score" in refused(lambda: sheet.scores.filter(application=story.people[0]).update(value=1))


def test_a_named_interest_takes_a_score_away_that_was_locked_before():
    story = Selection().declare()
    for one in story.judges:
        story.fill(one, story.paper, "makalah", ["100" if one == story.judges[0] else "50", "50", "50", "50"])
    assert sheets.mean(
        sheets.Sheets(story.recruitment.pk).values(story.paper, "makalah")[story.people[0].pk].values()
    ) == Decimal("60.00")

    panel.declare(story.judges[0], [story.numbers[0]], by=story.judges[0].user, at=NOON)

    assert sheets.mean(
        sheets.Sheets(story.recruitment.pk).values(story.paper, "makalah")[story.people[0].pk].values()
    ) == Decimal("50.00")


def test_a_locked_sheet_never_changes_and_its_correction_is_a_version_with_a_reason():
    story, elsewhere = Selection().declare(), Selection().people[0]
    sheet = story.fill(story.judges[0], story.paper, "makalah", ["90", "80", "70", "60"])

    assert "locked" in refused(lambda: sheet.scores.update(value=1))
    assert "locked" in refused(lambda: PanelScore.objects.create(sheet=sheet, application=elsewhere, value=1))
    assert "never changed" in refused(lambda: ScoreSheet.objects.filter(pk=sheet.pk).update(locked_at=None, digest=""))
    with pytest.raises(sheets.NotPossible, match="dikunci"):
        sheets.save(sheet, {}, by=story.judges[0].user)
    with pytest.raises(sheets.NotPossible, match="alasan"):
        sheets.begin(story.judges[0], story.paper, "makalah", by=story.judges[0].user, at=NOON)

    second = story.fill(story.judges[0], story.paper, "makalah", ["91", "80", "70", "60"], reason="Salah baca.")

    assert (second.version, second.digest != sheet.digest) == (2, True)
    assert sheets.Sheets(story.recruitment.pk).in_force(story.paper, "makalah") == [second]


def test_nobody_compares_before_everybody_locked_and_a_reopened_sheet_closes_it_again():
    story = Selection().declare()
    for one in story.judges[:4]:
        story.fill(one, story.paper, "makalah", ["90", "80", "70", "60"])
    story.fill(story.judges[4], story.paper, "makalah", ["50", "80", "70", "60"], locked=False)

    assert spread.compare(story.paper, "makalah", 15) is None
    with pytest.raises(sheets.NotPossible, match="1 lembar"):
        sheets.combine(story.paper, by=story.pia, at=NOON)

    sheets.lock(story.judges[4].sheets.get(), by=story.judges[4].user, at=NOON)
    lines = {one.application.pk: one for one in spread.compare(story.paper, "makalah", 15)}
    first = lines[story.people[0].pk]
    assert (first.mean, first.middle, first.spread) == (Decimal("82.00"), Decimal("90.00"), Decimal("40.00"))
    assert first.marked == {story.judges[4].pk}
    assert lines[story.people[1].pk].marked == frozenset()

    sheets.begin(story.judges[0], story.paper, "makalah", by=story.judges[0].user, at=NOON, reason="Salah.")
    assert spread.compare(story.paper, "makalah", 15) is None


WRONG = {"101": "paling tinggi", "-1": "angka 0 sampai 100", "80,555": "dua desimal", "delapan": "angka", "1e1": "angka",
         "８０": "angka", "NaN": "angka", "80.5.5": "angka"}  # fmt: skip


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_cell_is_refused_in_words_and_nothing_of_the_sheet_is_kept(typed):
    story = Selection().declare()
    member = story.judges[0]
    sheet = sheets.begin(member, story.paper, "makalah", by=member.user, at=NOON)

    with pytest.raises(sheets.Wrong) as error:
        sheets.save(sheet, dict(zip(story.numbers, ["90", typed, "70", "60"], strict=True)), by=member.user)

    assert WRONG[typed] in error.value.problems[story.numbers[1]]
    assert not sheet.scores.exists()


def test_commas_points_absence_and_half_filled_sheets():
    story = Selection().declare()
    member = story.judges[0]
    sheet = sheets.begin(member, story.paper, "makalah", by=member.user, at=NOON)

    assert sheets.save(sheet, dict(zip(story.numbers, ["80,5", "70.25", "-", ""], strict=True)), by=member.user) == 1
    kept = dict(sheet.scores.values_list("application_id", "value"))

    assert [kept.get(one.pk, "") for one in story.people] == [Decimal("80.50"), Decimal("70.25"), None, ""]
    with pytest.raises(sheets.NotPossible, match="1 peserta belum"):
        sheets.lock(sheet, by=member.user, at=NOON)


def test_assessors_who_disagree_about_presence_stop_the_file():
    story = Selection().declare()
    for place, one in enumerate(story.judges):
        story.fill(one, story.paper, "makalah", ["-" if place else "90", "80", "70", "60"])

    with pytest.raises(sheets.NotPossible, match="siapa yang hadir"):
        sheets.combine(story.paper, by=story.pia, at=NOON)


def test_a_score_file_of_ones_own_is_refused_by_the_database_and_the_twin_would_let_it_in():
    """A bribed preparer brings scores that no sheet says."""
    import io

    story = Selection().declare()
    for one in story.judges:
        story.fill(one, story.paper, "makalah", ["90", "80", "70", "60"])
    false = "No Peserta,makalah\n" + "\n".join(f"{p},99" for p in story.numbers) + "\n"

    def bring():
        return scores.stage_file(story.paper, io.BytesIO(false.encode()), file_name="x.csv", by=story.pia, at=NOON)

    with pytest.raises(DatabaseError, match="locked sheets"):
        bring()
    assert not ScoreBatch.objects.exists()

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER scores_come_from_sheets ON selection_scorebatch")
    assert bring().rows == 4


def test_another_persons_sheet_is_nobody_elses():
    story = Selection().declare()
    sheet = story.fill(story.judges[0], story.paper, "makalah", ["90", "80", "70", "60"], locked=False)
    other = story.judges[1].user

    for act in (
        lambda: sheets.begin(story.judges[0], story.paper, "makalah", by=other, at=NOON),
        lambda: sheets.save(sheet, {story.numbers[0]: "1"}, by=other),
        lambda: sheets.lock(sheet, by=other, at=NOON),
    ):
        with pytest.raises(sheets.NotPossible, match="bukan lembar Anda"):
            act()
    with pytest.raises(sheets.NotPossible, match="dinilai orang lain"):
        sheets.begin(story.judges[0], story.last, "asesmen", by=story.judges[0].user, at=NOON)


def test_whoever_reads_the_names_is_written_down_for_the_owners():
    story = Selection()

    participants.names_shown(participants.everybody(story.recruitment), by=story.judges[0].user, at=NOON)

    looks = FileAccess.objects.filter(by=story.judges[0].user)
    assert {one.subject for one in looks} == {one.ref for one in story.people}
    assert {one.role for one in looks} == {"assessor"}


def test_the_choice_waits_for_the_window_of_objection_and_for_a_hold():
    story = Selection().judged()
    with pytest.raises(choice.NotPossible, match="Masa sanggah"):
        choice.choose(story.formation, story.numbers[0], reason=REASON, by=story.wali, at=NOON + 3 * DAY)

    oka, omar = make_user("oka@tim.example", Role.OVERSEER), make_user("omar@tim.example", Role.OVERSEER)
    make_team(oka, omar)
    Hold.objects.create(
        stage=story.last, placed_by=oka, placed_at=OVER, lapses_at=OVER + DAY, reason="Nilai wawancara dipertanyakan."
    )
    with pytest.raises(choice.NotPossible, match="menahan"):
        choice.choose(story.formation, story.numbers[0], reason=REASON, by=story.wali, at=OVER)


def test_only_one_of_the_best_is_chosen_once_by_the_official_and_with_words_enough():
    story = Selection().judged()
    cases = {
        "Hanya pejabat": (story.numbers[0], REASON, story.rudi),
        "salah satu": (story.numbers[3], REASON, story.wali),
        "paling sedikit": (story.numbers[0], "Karena saya mau.", story.wali),
    }
    for words, (number, reason, by) in cases.items():
        with pytest.raises(choice.NotPossible, match=words):
            choice.choose(story.formation, number, reason=reason, by=by, at=OVER)
    choice.choose(story.formation, story.numbers[2], reason=REASON, by=story.wali, at=OVER)
    with pytest.raises(choice.NotPossible, match="sudah dibuat"):
        choice.choose(story.formation, story.numbers[0], reason=REASON, by=story.wali, at=OVER)

    assert "append-only" in refused(lambda: Choice.objects.update(application=story.people[0]))


def test_the_database_refuses_a_choice_beside_the_best_or_without_a_reason():
    story = Selection().judged()
    row = {"formation": story.formation, "announcement": story.announcement, "by": story.wali, "at": OVER}

    outside = {"application": story.people[3], "reason": REASON}
    assert "one of the best" in refused(lambda: Choice.objects.create(**row, **outside))
    assert "choice_with_a_reason" in refused(
        lambda: Choice.objects.create(**row, application=story.people[0], reason="x" * 79)
    )
    paper = story.paper.announcements.get()
    assert "one of the best" in refused(
        lambda: Choice.objects.create(**(row | {"announcement": paper}), application=story.people[0], reason=REASON)
    )


@pytest.mark.parametrize("shows", [True, False])
def test_the_best_stand_by_rank_or_by_number_as_the_panel_decided_before(shows):
    story = Selection(shows_scores=shows).judged()

    outcomes = choice.best_of(story.panel)[0].outcomes

    by_rank = [one.application.participant_number for one in sorted(outcomes, key=lambda one: one.rank)]
    shown = [one.application.participant_number for one in outcomes]
    assert shown == (by_rank if shows else sorted(by_rank))
    assert Outcome.objects.filter(set=story.announcement.outcome_set, advances=True).count() == 3


def test_a_place_has_one_sheet_so_nobody_is_brought_in_after_the_comparison():
    """A bribed office lets a judge leave and brings a friend who knows what the others gave."""
    story = Selection().declare()
    for one in story.judges:
        story.fill(one, story.paper, "makalah", ["90", "80", "70", "60"])
    panel.remove_member(story.judges[4], reason="Pindah tugas.", by=story.rudi, at=NOON)
    friend = story.join("teman@contoh.example", replaces=story.judges[4])
    panel.declare(friend, [], by=friend.user, at=NOON)

    with pytest.raises(sheets.NotPossible, match="yang Anda gantikan"):
        story.fill(friend, story.paper, "makalah", ["0", "0", "0", "100"])
    assert "by the one who left" in refused(
        lambda: ScoreSheet.objects.create(member=friend, stage=story.paper, component="makalah", begun_at=NOON)
    )
    assert spread.compare(story.paper, "makalah", 15)[0].spread == 0
    part = spread.parts_of(story.panel)[0]
    assert (part.locked, part.needed) == (5, 5)
    assert story.fill(friend, story.last, "wawancara", ["1", "2", "3", "4"], locked=False)  # nobody had scored that


def test_the_next_after_the_next_has_no_sheet_either():
    story = Selection().declare()
    story.fill(story.judges[4], story.paper, "makalah", ["90", "80", "70", "60"])
    panel.remove_member(story.judges[4], reason="Pindah.", by=story.rudi, at=NOON)
    second = story.join("kedua@contoh.example", inside=False, replaces=story.judges[4])
    panel.remove_member(second, reason="Sakit.", by=story.rudi, at=NOON)
    third = story.join("ketiga@contoh.example", replaces=second)
    panel.declare(third, [], by=third.user, at=NOON)

    assert "by the one who left" in refused(
        lambda: ScoreSheet.objects.create(member=third, stage=story.paper, component="makalah", begun_at=NOON)
    )
    assert third not in sheets.Sheets(story.recruitment.pk).missing(story.paper, "makalah")


def test_one_officer_does_not_change_who_judges():
    story = Selection()
    panel.remove_member(story.judges[0], reason="Sakit.", by=story.pia, at=NOON)

    with pytest.raises(panel.NotPossible, match="Penyiap lain"):
        story.join("pengganti@contoh.example", replaces=story.judges[0])
    assert "takes the place" in refused(
        lambda: PanelMember.objects.create(
            panel=story.panel, user=make_user("lain@contoh.example", Role.ASSESSOR), kind="panel", name="L", post="L",
            inside_office=True, components=story.judges[0].components, replaces=story.judges[0], added_by=story.pia,
            added_at=NOON,
        )
    )  # fmt: skip


def test_somebody_who_came_in_later_is_scored_by_all_or_the_file_waits():
    """A granted objection lets one more in: no mean out of the few who have scored that one."""
    story = Selection().declare()
    for one in story.judges:
        story.fill(one, story.paper, "makalah", ["90", "80", "70", "60"])
    story.people.append(make_application(story.formation, make_user("susulan.calon@contoh.example")))
    for one in story.judges[:4]:
        story.fill(one, story.paper, "makalah", ["90", "80", "70", "60", "99"], reason="Peserta baru.")

    with pytest.raises(sheets.NotPossible, match="belum dinilai semua penilai"):
        sheets.combine(story.paper, by=story.pia, at=NOON)

    story.fill(story.judges[4], story.paper, "makalah", ["90", "80", "70", "60", "50"], reason="Peserta baru.")
    assert sheets.combine(story.paper, by=story.pia, at=NOON).rows == 5


@pytest.mark.parametrize("role", [Role.PREPARER, Role.PUBLISHER, Role.ASSESSOR])
def test_whoever_has_another_part_does_not_choose(role):
    story = Selection().judged()
    both = make_user("rangkap@contoh.example", Role.APPOINTING_OFFICIAL, role)

    with pytest.raises(choice.NotPossible, match="tidak memilih"):
        choice.choose(story.formation, story.numbers[0], reason=REASON, by=both, at=OVER)


def test_a_choice_whom_a_correction_takes_from_the_best_is_told():
    story = Selection().judged()
    choice.choose(story.formation, story.numbers[0], reason=REASON, by=story.wali, at=OVER)
    best = choice.best_of(story.panel)[0]

    assert not best.choice_fell
    outcomes = [one for one in best.outcomes if one.application_id != story.people[0].pk]
    assert choice.Best(best.formation, best.announcement, outcomes, best.choice).choice_fell
