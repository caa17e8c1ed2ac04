"""The rules of service cases where they bind: in the table of states, in the clocks, in the database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from participation import case_states
from participation.actions import case_keeping, case_work, cases, keeping
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseClock, CaseEscalation, CaseStep, ServiceCase
from portal.grants import KEEPER, WORK
from tests.participation.citizens import Office, a_case
from tests.parts import DAY, NOON
from tests.roles import working_as
from vacancies.models import Holiday

SECOND = timedelta(seconds=1)


@pytest.fixture
def office(db):
    return Office()


def due(case, kind) -> str:
    return f"{case.clocks.get(kind=kind).due_at.astimezone(timezone.get_default_timezone()):%d %H}"


def refused(act, *, because: str = "") -> bool:
    """Whether the database refuses `act`."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        assert because in str(error)
        return True
    return False


class Unguarded:
    """The same table with its triggers taken away: the twin of each protection."""

    def __init__(self, table):
        self.table = table

    def __enter__(self):
        self._run("DISABLE")

    def __exit__(self, *_):
        self._run("ENABLE")

    def _run(self, word):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE participation_{self.table} {word} TRIGGER USER")


# --- clocks ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "supervised", "days"), [("question", True, 5), ("aspiration", False, 5), ("complaint", False, 14), ("complaint", True, 60)]
)  # fmt: skip
def test_each_kind_has_its_working_days(office, kind, supervised, days):
    case = office.answer(office.routed(kind=kind, supervised=supervised))

    assert {one.kind: one.days for one in case.clocks.all()} == {"route": 3, "answer": days, "confirm": 10}


def test_clocks_count_working_days_without_holidays(office):
    Holiday.objects.create(date="2026-11-04", name="Libur", decree="SKB")

    case = office.routed(kind="question")

    assert due(case, "route") == "06 16"  # Monday 2, holiday on Wednesday: Friday
    assert due(case, "answer") == "10 16"


def test_nothing_goes_up_before_its_time_or_while_the_citizen_is_asked(office):
    office.routed(kind="question")
    office.answered(kind="question")

    keeping.keep(NOON + 3 * DAY)
    assert not CaseEscalation.objects.exists()
    keeping.keep(NOON + 20 * DAY)
    assert CaseEscalation.objects.count() == 1


def test_the_keeper_and_the_worker_do_it_under_their_own_rights(own_database, settings):
    office = Office()
    office.routed(kind="question")
    silent = office.answered(place="Jalan 7")

    with working_as(KEEPER):
        assert case_keeping.escalate_late(NOON + 20 * DAY) == 1
        assert case_keeping.close_silent(NOON + 20 * DAY) == 1
        assert case_keeping.forget_unconfirmed(NOON + 20 * DAY) == 0
        assert ServiceCase.objects.get(pk=silent.pk).state == CaseState.SILENT
    with working_as(WORK):
        assert case_keeping.forget_old(NOON + (19 + settings.CASE_KEPT_DAYS) * DAY) == 0
        assert case_keeping.forget_old(NOON + (20 + settings.CASE_KEPT_DAYS) * DAY) == 1
        silent = ServiceCase.objects.get(pk=silent.pk)
        assert (silent.text, silent.place) == (None, None)


def test_ten_working_days_of_silence_close_a_case_and_no_second_less(office):
    case = office.answered()
    ends = case.clocks.get(kind="confirm").due_at

    assert case_keeping.close_silent(ends - SECOND) == 0
    assert case_keeping.close_silent(ends) == 1
    assert case_keeping.close_silent(ends + DAY) == 0
    case.refresh_from_db()
    assert (case.state, case.closed_at) == (CaseState.SILENT, ends)


def test_a_case_that_is_passed_on_a_third_time_goes_up(office):
    case = office.routed()
    for turn in range(3):
        assert CaseEscalation.objects.count() == 0
        case_work.pass_on(case, words="Bukan jalan kota.", by=office.tono, at=NOON)
        if turn < 2:
            office.route(case)

    assert CaseEscalation.objects.get().reason == "passed"


def test_a_case_is_reopened_twice_and_not_a_third_time(office):
    case = office.answered()
    for _turn in range(2):
        cases.reopen(case, private="", at=NOON)
        office.answer(case)

    with pytest.raises(NotAllowed):
        cases.reopen(case, private="", at=NOON)
    assert refused(lambda: ServiceCase.objects.filter(pk=case.pk).update(reopenings=3))


# --- what an officer with a hand on the database still cannot do ---------------------------------------
def set_state(case, state, **changed):
    return lambda: ServiceCase.objects.filter(pk=case.pk).update(state=state, **changed)


def test_nobody_ends_a_case_without_an_answer_or_in_place_of_the_citizen(office):
    case = office.routed()
    step = {"case": case, "old": "routed", "new": "answered", "by": office.tono, "at": NOON}

    assert refused(set_state(case, "answered", answered_at=NOON), because="moves with its step")
    assert refused(
        lambda: (CaseStep.objects.create(**step), set_state(case, "answered", answered_at=NOON)()),
        because="an answer has public words",
    )
    office.answer(case)
    ended = {"old": "answered", "by": office.tono, "at": NOON, "case": case}
    assert refused(
        lambda: (CaseStep.objects.create(new="solved", **ended), set_state(case, "solved", closed_at=NOON)()),
        because="only the citizen",
    )
    assert refused(
        lambda: (CaseStep.objects.create(new="silent", **ended), set_state(case, "silent", closed_at=NOON + DAY)()),
        because="still has time",
    )
    with Unguarded("servicecase"):
        assert not refused(set_state(case, "solved", closed_at=NOON))


def test_a_late_answer_is_not_dated_back(office):
    case = office.routed(kind="question")
    late = NOON + 20 * DAY
    case_keeping.escalate_late(late)
    clock = case.clocks.get(kind="answer")

    with pytest.raises(DatabaseError, match="ends once, not before it went up"):
        case_work.answer(case, words="Sudah.", by=office.tono, at=clock.due_at - DAY)
    assert refused(
        lambda: CaseClock.objects.filter(pk=clock.pk).update(ended_at=clock.due_at - DAY, met=True), because="ends once"
    )
    assert refused(lambda: CaseClock.objects.filter(pk=clock.pk).update(due_at=late + DAY), because="never set anew")
    office.answer(case, at=late + DAY)
    clock.refresh_from_db()
    assert clock.is_late and clock.met
    assert refused(lambda: CaseClock.objects.filter(pk=clock.pk).update(ended_at=clock.due_at), because="ends once")
    assert refused(lambda: CaseEscalation.objects.all().delete(), because="append-only")


def test_without_the_triggers_the_same_answer_would_look_punctual(office):
    case = office.routed(kind="question")
    case_keeping.escalate_late(NOON + 20 * DAY)
    on_time = case.clocks.get(kind="answer").due_at - DAY

    with Unguarded("casestep"), Unguarded("caseclock"):
        office.answer(case, at=on_time)

    assert not case.clocks.get(kind="answer").is_late


def test_nobody_answers_what_they_wrote_for_somebody(office):
    case = office.route(a_case(consent="slip", entered_by=office.tono))
    step = {"case": case, "old": "routed", "new": "answered", "words": "Sudah.", "by": office.tono, "at": NOON}

    with pytest.raises(NotAllowed):
        office.answer(case)
    assert refused(
        lambda: (CaseStep.objects.create(**step), set_state(case, "answered", answered_at=NOON)()),
        because="nobody answers what they wrote",
    )
    case_keeping.escalate_late(NOON + 40 * DAY)
    assert office.answer(case, by=office.wali, at=NOON + 41 * DAY).state == CaseState.ANSWERED


def test_what_a_citizen_wrote_stays_as_it_was_or_is_forgotten(office):
    case = office.routed(place="Jalan 7")
    found = ServiceCase.objects.filter(pk=case.pk)

    assert refused(lambda: found.update(text="Semua baik."), because="stays as it was")
    assert refused(lambda: found.update(kind="question"), because="stays as it was")
    assert refused(lambda: found.delete())
    assert not refused(lambda: found.update(text=None, place=None))


# --- the table of states --------------------------------------------------------------------------
def put(case, state) -> None:
    """Write `state` by SQL with all that it must carry."""
    old = ServiceCase.objects.get(pk=case.pk)
    citizen = state in case_states.FROM_CITIZEN
    asked = old.clocks.filter(kind="confirm").first()
    closed = asked.due_at if state == "silent" and asked else NOON
    words = "Ya." if state in ("answered", "declined") else ""
    CaseStep.objects.create(
        case=case,
        old=old.state,
        new=state,
        words=words,
        by=None if citizen else case.desk,
        by_reporter=citizen,
        at=NOON,
    )
    if state == "answered":
        CaseClock.objects.get_or_create(
            case=case, kind="confirm", defaults={"days": 10, "started_at": NOON, "due_at": NOON + DAY, "ended_at": NOON}
        )
    answered = {"answered_at": NOON} if state in ("answered", "solved", "silent", "declined") else {}
    ServiceCase.objects.filter(pk=case.pk).update(
        state=state, closed_at=closed if state in case_states.OVER else None,
        merged_into=case.other if state == "merged" else None, **answered,
    )  # fmt: skip


ROAD = {"received": [], "routed": ["routed"], "answered": ["routed", "answered"], "merged": ["merged"],
        "declined": ["declined"], "withdrawn": ["withdrawn"], "reopened": ["routed", "answered", "reopened"],
        "silent": ["routed", "answered", "silent"], "solved": ["routed", "answered", "solved"]}  # fmt: skip


def test_the_database_takes_a_case_along_the_table_and_no_other_way(office):
    other = a_case()
    wrong = []
    for old in CaseState:
        case = a_case(agency=office.agency)
        case.other, case.desk = other, office.pia
        for state in ROAD[old]:
            put(case, state)
        for new in CaseState:
            if new != old and refused(lambda case=case, new=new: _tried(case, new)) == case_states.allows(old, new):
                wrong.append((old, new))

    assert not wrong


class Taken(DatabaseError):
    """The step was taken; it is undone."""


def _tried(case, new):
    """Raises what the database says, or nothing; either way nothing stays."""
    try:
        with transaction.atomic():
            put(case, new)
            raise Taken
    except Taken:
        return


def test_one_clock_runs_at_a_time(office):
    case = office.routed()

    assert case.clocks.filter(ended_at=None).count() == 1
    assert refused(
        lambda: CaseClock.objects.create(case=case, kind="answer", days=1, started_at=NOON, due_at=NOON + DAY)
    )
