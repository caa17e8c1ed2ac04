"""A flag is raised once for the same grounds, by the portal's own processes; the team alone judges it."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from oversight.actions import flags
from oversight.flag_states import FlagState
from oversight.flags.raised import Raised, line
from oversight.flags.table import RULES
from oversight.models import Finding, Flag, FlagRun
from selection.models import Application, Review
from tests.oversight.flag_cases import window
from tests.oversight.story import together
from tests.parts import DAY, NOON, enrol
from tests.roles import working_as

HOUR = timedelta(hours=1)


def a_rule(*found: Raised):
    return replace(RULES[0], find=lambda at: iter(found))


def raised(stage, *grounds: str, key="k", n=1) -> Raised:
    lines = [line("Lama pendaftaran", expected="15 hari", found=f"{n} hari", source="Jadwal")]
    return Raised(key, stage.pk, f"{n} hari", list(grounds), lines, {"vacancies.stage": [stage.pk]}, {"days": n})


@pytest.fixture
def flag(watch):
    flags.raise_flags(a_rule(raised(watch.stage, "a")), NOON)
    return Flag.objects.get()


# --- Raised once -------------------------------------------------------------------------------
def test_the_same_grounds_raise_nothing_twice_and_are_seen_again(watch, flag):
    assert flags.raise_flags(a_rule(raised(watch.stage, "a")), NOON + DAY) == 0

    flag = Flag.objects.get()
    assert (flag.first_seen_at, flag.last_seen_at) == (NOON, NOON + DAY)


def test_an_open_flag_takes_over_the_newest_evidence(watch, flag):
    assert flags.raise_flags(a_rule(raised(watch.stage, "a", "b", n=2)), NOON + DAY) == 0

    flag = Flag.objects.get()
    assert flag.grounds == ["a", "b"]
    assert flag.evidence["numbers"] == {"days": 2}


def test_a_judged_flag_is_not_raised_again_by_what_it_rested_on(watch, flag):
    flags.judge(flag, FlagState.FALSE_ALARM, note="Jadwal nasional.", by=watch.oka, at=NOON)

    assert flags.raise_flags(a_rule(raised(watch.stage, "a", n=9)), NOON + DAY) == 0

    flag = Flag.objects.get()
    assert flag.evidence["numbers"] == {"days": 1}, "it stands as it was judged"
    assert flag.last_seen_at == NOON + DAY


def test_new_grounds_under_a_judged_key_are_a_new_flag(watch, flag):
    flags.judge(flag, FlagState.EXPLAINED, note="Jadwal nasional.", by=watch.oka, at=NOON)

    assert flags.raise_flags(a_rule(raised(watch.stage, "a", "b")), NOON + DAY) == 1
    assert list(Flag.objects.order_by("round").values_list("round", "state")) == [(1, "explained"), (2, "open")]


def test_two_who_compute_at_once_raise_it_once(watch):
    window(14)

    assert together(lambda: flags.keep(NOON), lambda: flags.keep(NOON)) == [None, None]
    assert Flag.objects.filter(rule="short-window").count() == 1


def test_without_the_turn_two_who_compute_at_once_run_into_each_other(watch):
    """The twin: both are told that it is their turn. The constraints alone refuse the second, in a broken round."""
    window(14)
    both = Barrier(2)

    def my_turn(execute, sql, params, many, context):
        if "pg_try_advisory_xact_lock" not in sql:
            return execute(sql, params, many, context)
        both.wait(10)
        return execute("SELECT true", None, many, context)

    def keep():
        with connection.execute_wrapper(my_turn):
            flags.keep(NOON)

    assert {type(one) for one in together(keep, keep)} == {type(None), IntegrityError}


# --- When --------------------------------------------------------------------------------------
def test_the_first_ring_computes_and_puts_the_next_night_down(watch):
    window(14)

    assert flags.keep(NOON) == 1

    done, night = FlagRun.objects.order_by("due_at")
    assert (done.cause, done.raised, done.done_at) == ("event", 1, NOON)
    assert night.due_at == datetime.fromisoformat("2026-11-03T01:30:00+07:00")
    assert night.done_at is None


def test_nothing_is_computed_while_nothing_happens(watch):
    flags.keep(NOON)
    window(14)

    assert flags.keep(NOON + HOUR) == 0
    assert FlagRun.objects.filter(done_at__isnull=False).count() == 1


def test_a_night_is_computed_once_and_the_next_is_put_down(watch):
    flags.keep(NOON)
    window(14)
    night = FlagRun.objects.get(done_at=None).due_at

    assert flags.keep(night + HOUR) == 1
    assert flags.keep(night + 2 * HOUR) == 0

    assert FlagRun.objects.get(done_at=None).due_at == night + DAY


def test_an_event_is_computed_soon(watch):
    flags.keep(NOON)
    window(14)
    watch.story.score()

    assert flags.keep(NOON + HOUR) == 1


def test_a_rule_that_breaks_is_named_and_the_others_are_asked(watch, monkeypatch):
    window(14)

    def broken(at):
        raise RuntimeError("no use")

    monkeypatch.setattr(flags, "RULES", (replace(RULES[1], find=broken), RULES[0]))

    assert flags.keep(NOON) == 1
    assert FlagRun.objects.get(done_at=NOON).failed == [RULES[1].code]


@pytest.mark.parametrize("role", ["portal_seq", "portal_work"])
def test_every_rule_can_be_asked_by_the_roles_that_compute(watch, role):
    window(14)
    watch.story.ready()

    with working_as(role):
        flags.keep(NOON)
        flags.keep(NOON + DAY)

    assert FlagRun.objects.filter(done_at__isnull=False, failed=[]).count() == 2
    assert Flag.objects.filter(rule="short-window", last_seen_at=NOON + DAY).exists()


# --- Judged ------------------------------------------------------------------------------------
def test_a_member_judges_once_and_in_words(watch, flag):
    with pytest.raises(flags.NotReady):
        flags.judge(flag, FlagState.EXPLAINED, note=" ", by=watch.oka, at=NOON)
    flags.judge(flag, FlagState.EXPLAINED, note="Jadwal nasional.", by=watch.oka, at=NOON)

    with pytest.raises(flags.NotAllowed):
        flags.judge(flag, FlagState.FALSE_ALARM, note="Tidak.", by=watch.omar, at=NOON)
    flag.refresh_from_db()
    assert (flag.state, flag.judged_by, flag.note) == ("explained", watch.oka, "Jadwal nasional.")


@pytest.mark.parametrize("state", ["open", "finding", "anything"])
def test_a_judgement_is_one_of_two(watch, flag, state):
    with pytest.raises(flags.NotAllowed):
        flags.judge(flag, state, note="Tidak.", by=watch.oka, at=NOON)


def test_only_the_team_judges(watch, flag):
    for who in (watch.ova, watch.story.pia, watch.story.rudi):
        with pytest.raises(flags.NotAllowed):
            flags.judge(flag, FlagState.FALSE_ALARM, note="Bukan apa-apa.", by=who, at=NOON)
        with pytest.raises(flags.NotAllowed):
            flags.begin_finding(flag, by=who, at=NOON)
    assert not Finding.objects.exists()


def test_a_flag_becomes_a_draft_with_its_evidence_in_it(watch, flag):
    made = flags.begin_finding(flag, by=watch.oka, at=NOON)

    flag.refresh_from_db()
    assert (flag.state, flag.finding) == ("finding", made)
    assert made.state == "draft"
    assert made.stage == watch.stage
    assert made.evidence == flag.evidence["lines"]


def test_two_members_who_press_at_once_make_one_draft(watch, flag):
    answers = together(
        lambda: flags.begin_finding(flag, by=watch.oka, at=NOON),
        lambda: flags.begin_finding(flag, by=watch.omar, at=NOON),
    )

    assert sorted(map(type, answers), key=str) == sorted([type(None), flags.NotAllowed], key=str)
    assert Finding.objects.count() == 1


# --- What the database refuses -----------------------------------------------------------------
def test_the_office_and_the_processes_judge_nothing_and_the_office_raises_nothing(watch, flag):
    for role in ("portal_app", "portal_work", "portal_seq"):
        with working_as(role), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Flag.objects.update(state="false_alarm", note="x", judged_by=watch.ova, judged_at=NOON)
    with working_as("portal_app"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Flag.objects.create(rule="x", key="y", stage=watch.stage, subject="z", first_seen_at=NOON, last_seen_at=NOON)


@pytest.mark.parametrize("role", ["portal_app", "portal_work", "portal_seq", "portal_team"])
def test_nobody_takes_a_flag_away(watch, flag, role):
    if role == "portal_team":
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('portal_team', 'oversight_flag', 'DELETE')")
            assert cursor.fetchone() == (False,)
        return
    with working_as(role), pytest.raises(DatabaseError), transaction.atomic():
        Flag.objects.all().delete()


CHANGES = [{"rule": "x"}, {"key": "x"}, {"round": 7}, {"first_seen_at": NOON - DAY}]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_a_flag_is_about_never_changes(watch, flag, change):
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Flag.objects.update(**change)


@pytest.mark.parametrize("change", [{"evidence": {}}, {"note": "x"}, {"grounds": []}, {"subject": "x"}], ids=str)
def test_a_judged_flag_stands_as_it_was_judged(watch, flag, change):
    flags.judge(flag, FlagState.EXPLAINED, note="Jadwal nasional.", by=watch.oka, at=NOON)

    with pytest.raises(DatabaseError, match="stands as it was judged"), transaction.atomic():
        Flag.objects.update(**change)


def test_without_the_trigger_the_evidence_of_a_judged_flag_could_be_emptied(watch, flag):
    """The twin: the trigger taken away."""
    flags.judge(flag, FlagState.EXPLAINED, note="Jadwal nasional.", by=watch.oka, at=NOON)
    name = next(one.get_pgid(Flag) for one in Flag._meta.triggers if one.name == "flag_stands")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name} ON oversight_flag")

    Flag.objects.update(evidence={})

    assert Flag.objects.get().evidence == {}


def test_a_flag_is_judged_with_words_by_somebody(watch, flag):
    with pytest.raises(IntegrityError, match="flag_judged_by_somebody_with_words"), transaction.atomic():
        Flag.objects.update(state="explained")
    with pytest.raises(IntegrityError, match="flag_became_a_finding"), transaction.atomic():
        Flag.objects.update(state="finding", note="x", judged_by=watch.oka, judged_at=NOON)


def test_computing_leaves_applications_and_reviews_alone(watch):
    before = Application.objects.count(), Review.objects.count()
    flags.keep(NOON)

    assert (Application.objects.count(), Review.objects.count()) == before


# --- Pages -------------------------------------------------------------------------------------
def as_member(client, who):
    client.force_login(enrol(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_public_page_tells_each_rule_and_its_record_and_nobody(watch, client):
    assert client.get("/pengawasan/tanda/").content.decode().count("belum ada data") == 4 * len(RULES)

    window(14)
    flags.keep(NOON)
    flags.judge(Flag.objects.get(rule="short-window"), FlagState.FALSE_ALARM, note="Nasional.", by=watch.oka, at=NOON)
    page = client.get("/pengawasan/tanda/").content.decode()

    assert all(str(rule.name) in page for rule in RULES)
    assert "1 dari 1 yang dinilai" in page
    assert "Nasional." not in page
    assert watch.oka.name not in page


def test_a_member_judges_on_the_page_and_makes_a_finding(watch, flag, client):
    as_member(client, watch.oka)
    address = f"/pengawasan/ruang/tanda/{flag.pk}/"

    assert "Lama pendaftaran" in client.get(address).content.decode()
    assert client.post(address, {"state": "explained"}).status_code == 422
    assert client.post(address, {"state": "finding", "note": "x"}).status_code == 422
    answer = client.post(f"{address}temuan/")
    assert answer.url == f"/pengawasan/ruang/temuan/{Finding.objects.get().number}/"
    assert client.post(address, {"state": "explained", "note": "Terlambat."}).status_code == 422


def test_the_desk_asks_as_much_for_one_flag_as_for_thirty(watch, flag, client):
    as_member(client, watch.oka)
    client.get("/pengawasan/ruang/tanda/")
    with CaptureQueriesContext(connection) as one:
        client.get("/pengawasan/ruang/tanda/")
    flags.raise_flags(a_rule(*(raised(watch.stage, "a", key=f"k{n}") for n in range(29))), NOON)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/pengawasan/ruang/tanda/")

    assert page.content.decode().count("/pengawasan/ruang/tanda/") >= 30
    assert len(one) == len(many)
