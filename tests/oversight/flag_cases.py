"""For every rule: what raises a flag, and what lies just beside it and does not. Each case builds its own world."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import FileAccess
from accounts.roles import Role
from selection.actions import announcement, ranking, scores, verification
from selection.models import Application, Document, LiveScore, Review, ReviewItem
from tests.oversight.test_kemuning import swap_two_results
from tests.parts import (
    DAY,
    NOON,
    make_application,
    make_formation,
    make_person,
    make_recruitment,
    make_requirement,
    make_stage,
    make_user,
)
from tests.selection.story import DUE, Stage
from tests.selection.test_verification import Desk
from vacancies.models import Formation, Holiday, Requirement

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Case:
    """`build` makes a world in which `rule` raises a flag, or not."""

    rule: str
    raises: bool
    build: Callable[[], object]

    def __str__(self) -> str:
        return f"{self.rule}-{self.build.__name__}"


CASES: list[Case] = []


def case(rule: str, *, raises: bool):
    """Put the decorated builder into the table."""

    def keep(build):
        CASES.append(Case(rule, raises, build))
        return build

    return keep


def raises(rule: str):
    return case(rule, raises=True)


def near_miss(rule: str):
    return case(rule, raises=False)


# --- short-window: from when it could be seen and applied to, to its last day ---------------------
def window(days: int, *, kind: str = "cpns", published=NOON, opens=NOON):
    recruitment = make_recruitment(published_by=make_user("rudi@contoh.example"), at=published, kind=kind)
    return make_stage(
        recruitment, "registration", 1, opens_at=opens, closes_at=max(opens, published) + (days - 1) * DAY
    )


@raises("short-window")
def fourteen_days():
    window(14)


@near_miss("short-window")
def fifteen_days():
    window(15)


@raises("short-window")
def twenty_days_of_which_fourteen_could_be_seen():
    window(14, opens=NOON - 6 * DAY)


@raises("short-window")
def six_days_for_a_contract():
    window(6, kind="contract")


@near_miss("short-window")
def seven_days_for_a_contract():
    window(7, kind="contract")


@near_miss("short-window")
def fourteen_days_that_nobody_can_see_yet():
    make_stage(make_recruitment(), "registration", 1, opens_at=NOON, days=13)


# --- changed-after-opening: by the database's own clock -------------------------------------------
def opened(ago: timedelta) -> Formation:
    recruitment = make_recruitment(published_by=make_user("rudi@contoh.example"), at=timezone.now() - 30 * DAY)
    make_stage(recruitment, "registration", 1, opens_at=timezone.now() - ago)
    make_requirement(recruitment, "usia", kind="clause", text="Usia paling tinggi 35 tahun", limit="35")
    return make_formation(recruitment, quota=2)


@raises("changed-after-opening")
def a_quota_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    Formation.objects.filter(pk=formation.pk).update(quota=1)


@near_miss("changed-after-opening")
def a_quota_before_opening():
    Formation.objects.filter(pk=opened(-DAY).pk).update(quota=1)


@raises("changed-after-opening")
def an_age_limit_after_opening():
    opened(-DAY).recruitment.stages.update(opens_at=timezone.now())
    Requirement.objects.update(limit="28")


@raises("changed-after-opening")
def a_new_requirement_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    make_requirement(formation.recruitment, "tinggi", kind="clause", text="Tinggi badan paling rendah 170 cm")


@raises("changed-after-opening")
def a_requirement_deleted_after_opening():
    opened(-DAY).recruitment.stages.update(opens_at=timezone.now())
    Requirement.objects.all().delete()


@near_miss("changed-after-opening")
def a_requirement_deleted_before_opening():
    opened(-DAY)
    Requirement.objects.all().delete()


@raises("changed-after-opening")
def an_education_no_longer_accepted_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    formation.qualifications.all().delete()


@raises("changed-after-opening")
def an_education_accepted_only_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    formation.qualifications.create(level="D-III", program="D-III STATISTIKA")


@raises("changed-after-opening")
def an_education_that_became_another_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    formation.qualifications.update(program="S-1 ILMU POLITIK")


@near_miss("changed-after-opening")
def an_education_changed_before_opening():
    opened(-DAY).qualifications.all().delete()


@near_miss("changed-after-opening")
def educations_taken_away_and_put_back_by_one_file():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    with transaction.atomic():
        for one in formation.qualifications.all():
            one.delete()
            formation.qualifications.create(level=one.level, program=one.program)


@near_miss("changed-after-opening")
def a_better_description_after_opening():
    formation = opened(-DAY)
    formation.recruitment.stages.update(opens_at=timezone.now())
    Formation.objects.filter(pk=formation.pk).update(duties="Menyusun statistik kota.")
    Requirement.objects.update(basis="PP 11 Tahun 2017")


# --- one-eligible ----------------------------------------------------------------------------------
def checked(*verdicts: str) -> Desk:
    desk = Desk(len(verdicts))
    Review.objects.bulk_create(
        Review(application=one, stage=desk.stage, seat=seat, verifier=who, taken_at=NOON, decided_at=NOON, verdict=said)
        for one, said in zip(desk.files, verdicts, strict=True)
        for seat, who in enumerate((desk.vera, desk.wati), start=1)
    )
    verification.tally(desk.stage, by=desk.sari, at=NOON)
    return desk


@raises("one-eligible")
def one_of_two():
    checked("MS", "TMS")


@near_miss("one-eligible")
def two_of_three():
    checked("MS", "MS", "TMS")


@near_miss("one-eligible")
def a_single_applicant():
    checked("MS")


@near_miss("one-eligible")
def none_of_two():
    checked("TMS", "TMS")


# --- rejection-rate: five verifiers, a hundred files, two looks at each ------------------------------
def judged_by(rejections: list[int], *, files: int = 100) -> Desk:
    """Verifier i gives `rejections[i]` of the files the same reason; each file gets two looks, in turn."""
    desk = Desk(0)
    people = [make_user(f"pemeriksa{n}@contoh.example", Role.VERIFIER) for n in range(len(rejections))]
    applications = [make_application(desk.formation) for _ in range(files)]
    left, reviews = list(rejections), []
    for number, one in enumerate(applications):
        for seat in (1, 2):
            turn = (number + seat) % len(people)
            rejects, left[turn] = left[turn] > 0, left[turn] - 1
            reviews.append(
                Review(application=one, stage=desk.stage, seat=seat, verifier=people[turn], taken_at=NOON,
                       decided_at=NOON, verdict="TMS" if rejects else "MS")
            )  # fmt: skip
    ReviewItem.objects.bulk_create(
        ReviewItem(review=one, requirement=desk.letter, met=False, reason=desk.reason)
        for one in Review.objects.bulk_create(reviews)
        if one.verdict == "TMS"
    )
    return desk


@raises("rejection-rate")
def half_of_the_files_where_peers_reject_a_tenth():
    judged_by([20, 4, 5, 4, 3])


@raises("rejection-rate")
def none_of_the_files_where_peers_reject_half():
    judged_by([0, 20, 21, 19, 20])


@near_miss("rejection-rate")
def a_fifth_where_peers_reject_a_tenth():
    judged_by([7, 4, 5, 4, 3])


@near_miss("rejection-rate")
def half_where_peers_differ_as_much_among_themselves():
    judged_by([20, 4, 12, 17, 8])


@near_miss("rejection-rate")
def half_of_too_few_files():
    judged_by([14, 3, 3, 3, 2], files=72)


@near_miss("rejection-rate")
def half_beside_too_few_peers():
    judged_by([25, 5, 5, 5])


# --- outside-hours: the clocks of the recruitment ----------------------------------------------------
def decided(at) -> Desk:
    desk = Desk(1)
    desk.decides(desk.vera, desk.met(), at=at)
    return desk


@near_miss("outside-hours")
def a_minute_before_the_day_ends():
    decided(NOON + 6 * HOUR - MINUTE)


@raises("outside-hours")
def when_the_day_has_ended():
    decided(NOON + 6 * HOUR)


@near_miss("outside-hours")
def when_the_day_begins():
    decided(NOON - 5 * HOUR)


@raises("outside-hours")
def a_minute_before_the_day_begins():
    decided(NOON - 5 * HOUR - MINUTE)


@raises("outside-hours")
def noon_on_a_saturday():
    decided(NOON + 5 * DAY)


@raises("outside-hours")
def noon_on_a_holiday():
    Holiday.objects.create(date=NOON.date(), name="Hari libur")
    decided(NOON)


@raises("outside-hours")
def noon_in_jakarta_is_evening_where_it_counts():
    desk = Desk(1)
    type(desk.recruitment).objects.filter(pk=desk.recruitment.pk).update(time_zone="Asia/Jayapura")
    desk.decides(desk.vera, desk.met(), at=NOON + 4 * HOUR)


@raises("outside-hours")
def scores_approved_at_night():
    story = Stage(people=3)
    batch = scores.stage_file(story.stage, io.BytesIO(story.lines().encode()), file_name="a.csv", by=story.pia, at=NOON)
    scores.approve(batch, by=story.rudi, at=NOON + 10 * HOUR)


@near_miss("outside-hours")
def scores_brought_at_night_and_approved_by_day():
    story = Stage(people=3)
    file = io.BytesIO(story.lines().encode())
    batch = scores.stage_file(story.stage, file, file_name="a.csv", by=story.pia, at=NOON - 10 * HOUR)
    scores.approve(batch, by=story.rudi, at=NOON)


# --- identical-documents -----------------------------------------------------------------------------
def hand_in(desk: Desk, application: Application, sha256: str, **fields) -> None:
    Document.objects.create(
        application=application, requirement=desk.letter, file=f"{sha256[:2]}/{sha256}", sha256=sha256, size=9,
        content_type="application/pdf", original_name="ijazah.pdf", uploaded_at=NOON, **fields,
    )  # fmt: skip


@raises("identical-documents")
def the_same_letter_of_two_people():
    desk = Desk(2)
    for one in desk.files:
        hand_in(desk, one, "a" * 64)


@near_miss("identical-documents")
def letters_that_differ_in_a_byte():
    desk = Desk(2)
    hand_in(desk, desk.files[0], "a" * 64)
    hand_in(desk, desk.files[1], "b" * 64)


@near_miss("identical-documents")
def the_same_letter_of_one_person_in_two_applications():
    desk = Desk(0)
    alya = make_user("alya@contoh.example")
    make_person(alya)
    for _ in range(2):
        hand_in(desk, make_application(make_formation(desk.recruitment), alya), "a" * 64)


@near_miss("identical-documents")
def the_same_letter_that_one_of_two_has_replaced():
    desk = Desk(2)
    hand_in(desk, desk.files[0], "a" * 64)
    hand_in(desk, desk.files[1], "a" * 64, replaced_at=NOON)


@near_miss("identical-documents")
def the_same_letter_in_a_draft():
    desk = Desk(1)
    hand_in(desk, desk.files[0], "a" * 64)
    hand_in(desk, make_application(desk.formation, make_user("budi@contoh.example"), state="draft"), "a" * 64)


# --- sealed-peek -------------------------------------------------------------------------------------
def looked(desk: Desk, who, at) -> None:
    one = desk.files[0]
    FileAccess.objects.create(subject=one.ref, by=who, role=Role.VERIFIER, purpose="Pemeriksaan berkas", at=at)


@raises("sealed-peek")
def a_look_before_registration_closes():
    desk = Desk(1)
    looked(desk, desk.vera, NOON - 5 * DAY - MINUTE)


@near_miss("sealed-peek")
def a_look_after_registration_closed():
    desk = Desk(1)
    looked(desk, desk.vera, NOON - 5 * DAY)


@near_miss("sealed-peek")
def the_applicant_looks_at_the_own_file():
    desk = Desk(1)
    looked(desk, desk.files[0].user, NOON - 6 * DAY)


@near_miss("sealed-peek")
def a_look_where_nothing_is_sealed():
    desk = Desk(1, sealed=False)
    looked(desk, desk.vera, NOON - 6 * DAY)


# --- scores-after-freeze -----------------------------------------------------------------------------
def scored(story: Stage, at, *, lines: str) -> None:
    file = io.BytesIO(lines.encode())
    batch = scores.stage_file(story.stage, file, file_name="lagi.csv", by=story.pia, at=at, reason="Susulan.")
    scores.approve(batch, by=story.rudi, at=at)


def announced(people: int = 12, **changes) -> Stage:
    story = Stage(people).score(**changes).rank().prepare().approve()
    announcement.announce_due(DUE)
    return story


@raises("scores-after-freeze")
def a_score_changed_after_freezing():
    story = announced()
    scored(story, DUE + HOUR, lines=story.lines(p4=140))


@near_miss("scores-after-freeze")
def a_score_changed_before_freezing():
    story = Stage(12).score()
    scored(story, NOON + HOUR, lines=story.lines(p4=140))
    story.rank().prepare().approve()
    announcement.announce_due(DUE)


@near_miss("scores-after-freeze")
def the_same_scores_again_after_freezing():
    story = announced()
    head, *rows = story.lines().splitlines()
    scored(story, DUE + HOUR, lines="\n".join([head, *reversed(rows)]) + "\n")


# --- reversal-near-limit: three go on for one post -----------------------------------------------------
def ranked_again(story: Stage, **changes) -> None:
    scored(story, NOON + HOUR, lines=story.lines(**changes))
    shadow = ranking.rank(story.stage, by=story.pia, at=NOON + HOUR, shadow=True, reason="Susulan.")
    ranking.apply(shadow, by=story.rudi, at=NOON + HOUR)


@raises("reversal-near-limit")
def the_fourth_becomes_the_third():
    ranked_again(Stage(12).score().rank(), p3=119)


@near_miss("reversal-near-limit")
def the_third_and_the_second_change_places():
    ranked_again(Stage(12).score().rank(), p2=121)


@near_miss("reversal-near-limit")
def somebody_far_below_a_threshold_comes_far_above():
    ranked_again(Stage(2).score(p0=20).rank(), p0=150)


# --- scores-differ -------------------------------------------------------------------------------------
@raises("scores-differ")
def two_results_swapped_before_they_went_out():
    story = Stage(12).score().rank()
    swap_two_results(story.stage)
    story.prepare().approve()
    announcement.announce_due(DUE)


@near_miss("scores-differ")
def a_list_that_follows_from_its_scores():
    announced()


@near_miss("scores-differ")
def absent_people_and_decimals():
    story = Stage(3)
    head, *rows = story.lines().splitlines()
    rows[1] = f"{story.people[1].participant_number},,,"
    scored(story, NOON, lines="\n".join([head, *rows]) + "\n")


@raises("scores-differ")
def a_stored_score_that_the_file_does_not_have():
    Stage(12).score()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_score DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE selection_score SET "values" = ARRAY[150, 175, 225]::numeric[]
            WHERE id = (SELECT max(id) FROM selection_score)"""
        )
        cursor.execute("ALTER TABLE selection_score ENABLE TRIGGER USER")


def shown_on_screen(story: Stage, **changed) -> None:
    """Everybody saw the score that is in the file, but for `changed`."""
    head, *rows = story.lines(**changed).splitlines()
    batch = story.stage.batches.get()
    people = {one.participant_number: one for one in story.people}
    for row in rows:
        number, *values = row.split(",")
        LiveScore.objects.create(
            stage=story.stage, application=people[number], components=batch.components,
            values=[value or None for value in values], shown_at=NOON,
        )  # fmt: skip


@raises("scores-differ")
def a_file_that_says_less_than_the_screen_did():
    shown_on_screen(Stage(12).score(), p4=140)


@near_miss("scores-differ")
def a_file_that_says_what_the_screen_did():
    shown_on_screen(Stage(12).score())
