"""Files are checked again because of a finding: by two others, blind, in shadow, applied or cancelled as a whole."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import FileAccess
from oversight import comparison
from oversight.actions import answering, re_review
from oversight.actions.re_review import UNDER_ANSWER
from oversight.actions.standing import NotAllowed, NotReady
from oversight.invariants import look
from portal.grants import KEEPER, WEB
from selection.actions import announcement, ranking, readmission, rechecks, settlement, verification
from selection.actions.explanation import explain
from selection.models import Outcome, OutcomeSet, Recheck, Reopening, Review
from selection.objectable import chance_of, points_of
from selection.queries import current_set, participants
from selection.tracking import journey
from tests.oversight.rechecking import REASON, Doubted
from tests.oversight.story import facts, together, told
from tests.parts import DAY
from tests.roles import working_as
from tests.selection.objecting import without_triggers
from tests.selection.test_objection_decision import granted
from tests.told import told_once

CHECKS = (
    "finding_results_by_two", "rechecks_are_whole", "two_agreed_on_each_file", "decided_once_by_one_person",
    "not_met_has_a_reason", "objection_results_by_two",
)  # fmt: skip


doubted, city = told_once("doubted", Doubted)


def codes(found) -> dict[str, str]:
    return {one.application.user.name: one.code for one in found.outcomes.select_related("application__user")}


def state_of(city) -> tuple:
    """Everything that is in force and public: what a check that is cancelled must leave as it was."""
    return (
        current_set(city.stage).pk,
        list(current_set(city.stage).outcomes.order_by("pk").values_list("application", "code", "decided_by")),
        city.stage.announcements.count(),
        [explain(one).reasons for one in current_set(city.stage).outcomes.order_by("pk")],
        comparison.of_announcement(city.announced).agrees,
        [one.pk for one in participants(city.next).order_by("pk")],
    )


def with_result(stage, by) -> None:
    """A result of the next stage, so that what it waits for can be asked."""
    empty = OutcomeSet.objects.create(stage=stage, version=1, rulepack="x", rulepack_digest="0", made_at=timezone.now())
    ranking.settle(empty, OutcomeSet.State.APPLIED, by=by, at=timezone.now())


def issues(stage) -> set[str]:
    return {one.code for one in settlement.unsettled(stage, timezone.now())}


# --- From the finding to version two ---------------------------------------------------------------
def test_a_finding_ends_in_files_checked_again_by_two_others_and_a_corrected_version(city, settings):
    before, one = state_of(city), city.answered()

    recheck = city.opened(one)

    owners = {getattr(city, name).email for name in city.files}
    assert told(f"recheck:{recheck.key}:opened") == owners
    assert facts("finding.rechecked") == 1
    assert city.judge(recheck, city.vera) == city.judge(recheck, city.wati) == 0, "they decided the first time"
    with pytest.raises(rechecks.NotReady, match="5 berkas belum"):
        re_review.sum_up(recheck, by=city.pia, at=timezone.now())
    assert city.judge(recheck, city.nira, ["citra"]) == city.judge(recheck, city.tari, ["citra"]) == 5
    assert state_of(city) == before, "decided by two each, and still nothing is in force"
    shadow = re_review.sum_up(recheck, by=city.pia, at=timezone.now())
    assert state_of(city) == before
    moved = {row["p"]: (row["old_code"], row["new_code"]) for row in ranking.compare(city.set, shadow)}
    number = {name: application.participant_number for name, application in city.files.items()}
    assert moved == {number[name]: ("TMS", "MS") for name in ("alya", "budi", "dewi", "eka")} | {
        number["citra"]: ("MS", "TMS")
    }
    with pytest.raises(ranking.SamePerson):
        re_review.apply(shadow, by=city.pia, at=timezone.now())
    re_review.apply(shadow, by=city.rudi, at=timezone.now())
    recheck.refresh_from_db()
    assert (recheck.state, recheck.ended_by, current_set(city.stage)) == ("applied", city.rudi, shadow)
    assert facts("finding.reviewed") == 1
    with_result(city.next, city.pia)
    assert "recheck" in issues(city.next), "the next stage waits for the correction"
    answering.assess(one, adequate=True, text="Memadai.", by=city.omar, at=timezone.now())
    with pytest.raises(NotReady, match="belum terbit"):
        answering.close(one, conclusion="Selesai.", by=city.oka, at=timezone.now())

    second = city.announce(timezone.now() - 1.2 * DAY, reason=REASON)

    assert (second.version, second.outcome_set) == (2, shadow)
    page = (settings.PUBLIC_ROOT / "pengumuman" / second.number / "v2" / "index.html").read_text()
    assert all(p in page for p in number.values()), "the public diff names everybody who moved, by number"
    assert "recheck" not in issues(city.next)
    assert comparison.of_announcement(second).agrees
    assert {one.user for one in participants(city.next)} == {city.alya, city.budi, city.dewi, city.eka}
    for name in CHECKS:
        assert look(name, timezone.now()).offending == 0, name
    answering.close(one, conclusion="Selesai.", by=city.oka, at=timezone.now())
    about_others = {one.words for one in journey(city.files["eka"], timezone.now()).messages}
    assert {"Berkas Anda diperiksa ulang", "Hasil Anda dikoreksi: Anda lanjut, Seleksi administrasi"} <= about_others


def test_a_pass_taken_away_names_requirement_and_reason_and_opens_a_window_for_that_person(city):
    recheck = city.checked(city.opened(None, "citra", "alya"), lacking=["citra", "alya"])
    re_review.apply(re_review.sum_up(recheck, by=city.pia, at=timezone.now()), by=city.rudi, at=timezone.now())
    assert told(f"recheck:{recheck.key}:unchanged") == {city.alya.email}
    second = city.announce(timezone.now() - 1.2 * DAY, reason=REASON)

    outcome = Outcome.objects.select_related("set__stage", "application").get(
        set=second.outcome_set, application=city.files["citra"]
    )
    assert outcome.decided_by == "finding"
    assert explain(outcome).reasons == ["Ijazah asli: Dokumen tidak terbaca (halaman 3)"]
    assert recheck.cause in explain(outcome).decided
    assert [(point.requirement_id, point.reason_id) for point in points_of(outcome)] == [
        (city.diploma.pk, city.unreadable.pk)
    ]
    assert told(f"changed:{second.number}:v2:{city.files['citra'].pk}") == {city.citra.email}
    assert chance_of(city.files["citra"], city.stage).announcement == second
    objection = city.filed("citra")
    rounds = [(one.get("finding"), one["verdict"]) for one in objection.evidence["reviews"]]
    assert rounds == [(None, "MS"), (None, "MS"), (recheck.cause, "TMS"), (recheck.cause, "TMS")]
    unchanged = Outcome.objects.get(set=second.outcome_set, application=city.files["alya"])
    assert explain(unchanged).reasons == ["Ijazah asli: Dokumen tidak terbaca (halaman 3)"]
    first = Outcome.objects.get(set=city.set, application=city.files["alya"])
    assert explain(first).reasons == ["Ijazah asli: Dokumen tidak terbaca (halaman 2)"], "version 1 keeps its words"
    untouched = Outcome.objects.get(set=second.outcome_set, application=city.files["dewi"])
    assert (untouched.decided_by, untouched.code) == ("review", "TMS")


def test_where_two_disagree_a_third_decides_who_never_saw_the_file(city):
    recheck = city.opened(None, "citra")
    city.judge(recheck, city.nira, ["citra"])
    city.judge(recheck, city.tari)
    assert rechecks.progress(recheck) == rechecks.Progress(1, 0, 1)
    with pytest.raises(rechecks.NotReady):
        re_review.sum_up(recheck, by=city.pia, at=timezone.now())

    assert city.judge(recheck, city.sari, ["citra"]) == 1

    file = recheck.files.get()
    assert (file.verdict, {file.first_by, file.second_by}) == ("TMS", {city.nira, city.sari})
    assert rechecks.progress(recheck) == rechecks.Progress(1, 1, 0)
    assert FileAccess.objects.count() == 0, "looking is the page's act, and written down there"


@pytest.mark.parametrize("when", ["before it is summed up", "in shadow"])
def test_cancelled_as_a_whole_it_leaves_everything_as_it_was(city, when):
    before, one = state_of(city), city.answered()
    recheck = city.checked(city.opened(one))

    if when == "in shadow":
        re_review.cancel(re_review.sum_up(recheck, by=city.pia, at=timezone.now()), by=city.rudi, at=timezone.now())
    else:
        re_review.cancel_files(recheck, by=city.pia, at=timezone.now())

    recheck.refresh_from_db()
    assert recheck.state == "cancelled"
    assert state_of(city) == before
    assert "recheck" not in issues(city.next) | issues(city.stage)
    assert told(f"recheck:{recheck.key}:cancelled") == {getattr(city, name).email for name in city.files}
    assert facts("finding.reviewed") == 1
    for name in CHECKS:
        assert look(name, timezone.now()).offending == 0, name
    again = city.opened(one, "citra")
    assert city.judge(again, city.nira) == 0, "whoever decided in the check that was dropped does not decide again"


def test_an_objection_granted_meanwhile_is_kept_and_neither_half_leaks_into_the_other(city):
    recheck = city.checked(city.opened(None, "citra", "dewi"), lacking=["citra"])
    granted(city, "alya")
    with pytest.raises(rechecks.NotReady, match="dibuka kembali"):
        re_review.sum_up(recheck, by=city.pia, at=timezone.now())
    for file in Reopening.objects.of_objections().unsettled():
        readmission.judge(file, met=True, by=city.joko, at=timezone.now())
        readmission.agree(file, by=city.dina, at=timezone.now())

    of_objections = readmission.retally(city.stage, by=city.pia, at=timezone.now())

    assert codes(of_objections) == {"Alya": "MS", "Budi": "MS", "Citra": "MS", "Dewi": "TMS", "Eka": "TMS"}
    ranking.cancel(of_objections, by=city.pia, at=timezone.now())
    shadow = re_review.sum_up(recheck, by=city.pia, at=timezone.now())
    assert codes(shadow) == {"Alya": "MS", "Budi": "MS", "Citra": "TMS", "Dewi": "MS", "Eka": "TMS"}
    re_review.apply(shadow, by=city.rudi, at=timezone.now())
    assert not settlement.grants_not_in(city.stage, shadow)


def test_identical_cases_follow_what_is_in_force_and_not_what_was_cancelled(city):
    dropped = city.checked(city.opened(None, "budi"), lacking=[])
    re_review.cancel_files(dropped, by=city.pia, at=timezone.now())

    objection = granted(city, "alya")

    assert set(objection.reopenings.values_list("application", flat=True)) == {
        city.files["alya"].pk, city.files["budi"].pk,
    }  # fmt: skip


def test_identical_cases_leave_out_what_was_checked_again_and_is_met(city):
    recheck = city.checked(city.opened(None, "budi"), lacking=[])
    re_review.apply(re_review.sum_up(recheck, by=city.pia, at=timezone.now()), by=city.rudi, at=timezone.now())

    objection = granted(city, "alya")

    assert list(objection.reopenings.values_list("application", flat=True)) == [city.files["alya"].pk]


def test_what_is_checked_again_holds_back_stage_next_stage_and_the_end_of_the_finding(city):
    one = city.answered()
    recheck = city.opened(one, "citra")
    answering.assess(one, adequate=True, text="Memadai.", by=city.omar, at=timezone.now())
    with_result(city.next, city.pia)

    assert "recheck" in issues(city.stage) & issues(city.next)
    with pytest.raises(NotReady, match="Pemeriksaan ulang"):
        answering.close(one, conclusion="Selesai.", by=city.oka, at=timezone.now())

    re_review.cancel_files(recheck, by=city.rudi, at=timezone.now())
    assert "recheck" not in issues(city.stage) | issues(city.next)
    answering.close(one, conclusion="Selesai.", by=city.oka, at=timezone.now())


def test_a_withdrawn_file_is_waited_for_no_longer(city):
    recheck = city.opened(None, "alya", "citra")
    type(city.files["alya"]).objects.filter(pk=city.files["alya"].pk).move("withdrawn", by=city.alya, at=timezone.now())

    city.checked(recheck, lacking=[])

    assert codes(re_review.sum_up(recheck, by=city.pia, at=timezone.now()))["Alya"] == "APS"


# --- Who may, and when ------------------------------------------------------------------------------
def test_only_the_office_opens_files_once_for_a_finding_that_is_under_answer(city):
    one = city.answered()
    with pytest.raises(NotAllowed):
        city.opened(one, by=city.oka)
    with pytest.raises(NotAllowed):
        city.opened(one, by=city.vera)
    recheck = city.opened(one, "citra")
    with pytest.raises(rechecks.NotReady, match="sedang diperiksa ulang"):
        city.opened(one, "alya")
    re_review.cancel_files(recheck, by=city.pia, at=timezone.now())
    answering.assess(one, adequate=True, text="Memadai.", by=city.omar, at=timezone.now())
    answering.close(one, conclusion="Selesai.", by=city.oka, at=timezone.now())

    with pytest.raises(NotAllowed, match="belum selesai"):
        city.opened(one, "citra")


def test_nothing_is_decided_any_more_once_it_is_summed_up_or_cancelled(city):
    one = city.answered()
    recheck = city.opened(one, "citra")
    review = rechecks.take(recheck, by=city.nira, at=timezone.now())
    re_review.cancel_files(recheck, by=city.pia, at=timezone.now())
    found = [verification.Finding(pk, True) for pk in (city.diploma.pk, city.years.pk)]

    with pytest.raises(rechecks.NotReady, match="direkap atau dibatalkan"):
        rechecks.decide(review, found, by=city.nira, at=timezone.now())
    with pytest.raises(rechecks.NotReady):
        rechecks.take(recheck, by=city.tari, at=timezone.now())
    with pytest.raises(rechecks.NotReady):
        re_review.cancel_files(recheck, by=city.pia, at=timezone.now())
    with pytest.raises(DatabaseError, match="not being checked again"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(verdict="TMS", decided_at=timezone.now())
    without_triggers("selection_review")
    Review.objects.filter(pk=review.pk).update(verdict="TMS", decided_at=timezone.now())  # the twin


# --- Attacks in SQL, each with its twin ----------------------------------------------------------------
def refused(words: str):
    return pytest.raises(DatabaseError, match=words)


def test_nothing_is_checked_again_without_a_finding_of_this_stage_that_was_sent(city):
    draft, sent = city.drafted(), city.sent()
    wrong = [("PWS-X-1", city.stage), (draft.number, city.stage), (sent.number, city.next)]

    def begin(cause, stage):
        return Recheck.objects.create(
            stage=stage, cause=cause, reason=REASON, scope="Semua", opened_by=city.pia, opened_at=timezone.now()
        )

    for cause, stage in wrong:
        with refused("because of a finding"), transaction.atomic():
            begin(cause, stage)
    recheck = begin(sent.number, city.stage)
    for about in ({}, {"recheck": recheck, "objection": None, "at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():  # no cause at all; another day than the others
            Reopening.objects.create(
                **({"application": city.files["citra"], "stage": city.stage, "at": timezone.now()} | about)
            )
    body = Recheck._meta.triggers[0].func
    assert all(f"'{state}'" in body for state in UNDER_ANSWER)
    assert "'draft'" not in body
    Recheck.objects.filter(pk=recheck.pk).update(state="cancelled", ended_by=city.pia, ended_at=timezone.now())
    without_triggers("selection_recheck")
    begin("PWS-X-1", city.stage)  # the twin


def test_whoever_decided_before_does_not_check_again_not_even_in_sql(city):
    granted(city, "alya")
    recheck = city.opened(None, "alya")
    file = recheck.files.get()

    def sit(who):
        return Review.objects.create(
            application=file.application,
            stage=city.stage,
            reopening=file,
            seat=1,
            verifier=who,
            taken_at=timezone.now(),
        )

    # Verifiers of the first time, adjudicators of the objection, who summed up or announced, who opened it, the person.
    for who in (city.vera, city.wati, city.joko, city.dina, city.pia, city.rudi, city.alya, city.oka):
        with refused("never decided about it|their own file"), transaction.atomic():
            sit(who)
    for words, change in {
        "two who agree": {"verdict": "MS", "first_by": city.nira, "first_at": timezone.now()},
        "without having seen": {
            "verdict": "MS", "first_by": city.nira, "first_at": timezone.now(),
            "second_by": city.tari, "second_at": timezone.now(),
        },
    }.items():  # fmt: skip
        with refused(words), transaction.atomic():
            Reopening.objects.filter(pk=file.pk).update(**change)
    verification.put_back(sit(city.nira), by=city.nira)
    without_triggers("selection_review")
    sit(city.joko)  # the twin: an adjudicator of the granted objection


def test_a_file_is_turned_away_for_a_requirement_and_a_reason_not_even_otherwise_in_sql(city):
    recheck = city.opened(None, "citra")
    file = recheck.files.get()
    at = timezone.now()
    for seat, who in enumerate((city.nira, city.tari), start=1):
        Review.objects.create(application=file.application, stage=city.stage, reopening=file, seat=seat, verifier=who,
                              taken_at=at, verdict="TMS", decided_at=at)  # fmt: skip
    said = {"verdict": "TMS", "first_by": city.nira, "first_at": at, "second_by": city.tari, "second_at": at}

    with refused("a requirement and a reason"), transaction.atomic():
        Reopening.objects.filter(pk=file.pk).update(**said)

    without_triggers("selection_reopening")
    assert Reopening.objects.filter(pk=file.pk).update(**said) == 1, "the twin"


def test_an_objection_never_takes_a_pass_away(city):
    """Its word against a file counts for nothing, however it came to stand there; a finding's does."""
    granted(city, "alya")
    budi = Reopening.objects.of_objections().unsettled().get()
    readmission.judge(budi, met=True, by=city.joko, at=timezone.now())
    readmission.agree(budi, by=city.dina, at=timezone.now())
    at = timezone.now()
    without_triggers("selection_reopening")
    Reopening.objects.create(
        objection=budi.objection, application=city.files["citra"], stage=city.stage, at=at, verdict="TMS",
        first_by=city.joko, first_at=at, second_by=city.dina, second_at=at,
    )  # fmt: skip

    assert codes(readmission.retally(city.stage, by=city.pia, at=at))["Citra"] == "MS"

    city.stage.outcome_sets.filter(state="shadow").update(state="cancelled", decided_by=city.pia, decided_at=at)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_reopening ENABLE TRIGGER USER")
    recheck = city.checked(city.opened(None, "citra"))
    shadow = re_review.sum_up(recheck, by=city.pia, at=timezone.now())
    assert codes(shadow)["Citra"] == "TMS", "the twin: with a finding behind it"


def test_half_of_it_is_not_applied_not_even_in_sql(city):
    recheck = city.opened(None, "citra", "alya")
    at = timezone.now()
    city.judge(recheck, city.nira, ["citra"])
    review = rechecks.take(recheck, by=city.tari, at=at)
    found = [verification.Finding(pk, True) for pk in (city.diploma.pk, city.years.pk)]
    rechecks.decide(review, found, by=city.tari, at=at)  # one of the two files has its two
    half = ranking.begin_set(city.stage, by=city.pia, at=at, reason=REASON)
    with refused("when two have judged each"), transaction.atomic():
        Recheck.objects.filter(pk=recheck.pk).update(result=half)
    city.judge(recheck, city.tari, ["citra"])
    city.judge(recheck, city.sari, ["citra"])
    for one in current_set(city.stage).outcomes.all():  # a computation that leaves one of the two as it was
        one.pk, one.set = None, half
        one.decided_by = "finding" if one.application == city.files["alya"] else "review"
        one.save()
    Recheck.objects.filter(pk=recheck.pk).update(result=half)
    decided = {"state": "applied", "decided_by": city.rudi, "decided_at": at}

    with refused("decided together"), transaction.atomic():
        OutcomeSet.objects.filter(pk=half.pk).update(**decided)
    ended = {"state": "applied", "ended_at": at}
    with refused("does not apply them"), transaction.atomic():
        Recheck.objects.filter(pk=recheck.pk).update(**ended, ended_by=city.pia)
    Recheck.objects.filter(pk=recheck.pk).update(**ended, ended_by=city.rudi)
    assert not Reopening.objects.counting().exists(), "said to be applied, but its computation is not in force"
    with refused("applied as a whole"), transaction.atomic():
        OutcomeSet.objects.filter(pk=half.pk).update(**decided)
    with refused("applied or cancelled once"), transaction.atomic():
        Recheck.objects.filter(pk=recheck.pk).update(state="cancelled")
    without_triggers("selection_outcomeset")
    OutcomeSet.objects.filter(pk=half.pk).update(**decided)  # the twin, and the hourly look that sees it
    assert look("rechecks_are_whole", timezone.now()).offending == 1


def test_the_hourly_look_sees_a_result_that_no_two_stand_behind(city):
    recheck = city.checked(city.opened(None, "citra"))
    re_review.apply(re_review.sum_up(recheck, by=city.pia, at=timezone.now()), by=city.rudi, at=timezone.now())
    assert look("finding_results_by_two", timezone.now()).offending == 0
    without_triggers("selection_review")

    Review.objects.filter(verifier=city.tari).update(verdict="MS")

    assert look("finding_results_by_two", timezone.now()).offending == 1


def test_the_rights_of_the_pages_and_of_the_keeper_suffice_from_the_finding_to_version_two(own_database):
    city = Doubted()
    with working_as(WEB):
        one = city.answered()
        recheck = city.checked(city.opened(one))
        shadow = re_review.sum_up(recheck, by=city.pia, at=timezone.now())
        re_review.apply(shadow, by=city.rudi, at=timezone.now())
        made = announcement.prepare(city.stage, by=city.pia, at=timezone.now(), reason=REASON)
        announcement.approve(made, by=city.rudi, at=timezone.now())
    with working_as(KEEPER):
        announcement.announce_due(timezone.now())
        for name in CHECKS:
            assert look(name, timezone.now()).offending == 0, name

    assert city.announced.version == 2
    assert city.announced.public_at
    assert told(f"changed:{city.announced.number}:v2:{city.files['citra'].pk}") == {city.citra.email}


def test_two_who_decide_at_once_decide_together_and_once(own_database):
    city = Doubted()
    recheck = city.opened(None, "citra")
    reviews = {who: rechecks.take(recheck, by=who, at=timezone.now()) for who in (city.nira, city.tari)}
    found = [verification.Finding(pk, True) for pk in (city.diploma.pk, city.years.pk)]

    raised = together(
        *[
            lambda who=who, one=one: rechecks.decide(one, found, by=who, at=timezone.now())
            for who, one in reviews.items()
        ]
    )

    assert raised == [None, None]
    file = recheck.files.get()
    assert (file.verdict, {file.first_by, file.second_by}) == ("MS", {city.nira, city.tari})


def test_what_is_summed_up_twice_at_once_is_one_shadow(own_database):
    city = Doubted()
    recheck = city.checked(city.opened(None, "citra"))

    raised = together(
        *[lambda who=who: re_review.sum_up(recheck, by=who, at=timezone.now()) for who in (city.pia, city.rudi)]
    )

    assert [one is None for one in raised].count(True) == 1
    assert isinstance(next(one for one in raised if one), (NotAllowed, rechecks.NotReady))
    assert city.stage.outcome_sets.filter(state="shadow").count() == 1
