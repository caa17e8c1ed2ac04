"""The whole of each state table: drawn as it is, and kept by the database."""

from importlib import import_module

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from accounts.roles import Role
from oversight.flag_states import FlagState
from oversight.flag_states import allows as flag_allows
from oversight.models import Assessment, Confirmation, Escalation, Finding, Flag, Overdue, Response
from oversight.states import FindingState
from oversight.states import allows as finding_allows
from portal.state_drawings import DRAWINGS, draw, place_of
from selection import states
from selection.actions import objection_decision
from selection.models import Application, Step
from selection.states import State
from tests.parts import DAY, NOON, make_application, make_formation, make_recruitment, make_stage, make_team, make_user
from tests.selection.objecting import Contested

pytestmark = pytest.mark.django_db

PAIRS = [(old, new) for old in State for new in State if old != new]
FINDING_PAIRS = [(old, new) for old in FindingState for new in FindingState if old != new]


def works(action) -> bool:
    """Whether the database lets `action` through; only the state trigger may be what refuses it."""
    try:
        with transaction.atomic():
            action()
    except DatabaseError as error:
        assert any(words in str(error) for words in ("Invalid transition", "is born", "stands as it was judged"))
        return False
    return True


# --- The drawings ------------------------------------------------------------------------------
@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_the_drawing_is_what_the_code_says(drawing):
    with translation.override("id"):
        assert place_of(drawing).read_text(encoding="utf-8") == draw(drawing), "run: manage.py draw_states"


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_the_actions_a_drawing_names_exist_and_belong_to_steps(drawing):
    for step, path in drawing.taken_by.items():
        module, name = path.rsplit(".", 1)
        assert step in drawing.steps
        assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_every_state_is_reached_and_every_life_can_end(drawing):
    reached, open_ends = set(drawing.initial), set(drawing.initial)
    while open_ends:
        open_ends = {new for old, new in drawing.steps if old in open_ends} - reached
        reached |= open_ends
    final = set(drawing.states) - drawing.next.keys()

    assert reached == set(drawing.states)
    assert final
    assert all(drawing.next[old] for old in drawing.next)


# --- An application ----------------------------------------------------------------------------
@pytest.fixture
def formation():
    return make_formation(make_recruitment())


def application_in(state: str, formation, new: str = "") -> Application:
    """An application in `state`; one that may come back was excluded before its objection was granted."""
    if (state, new) == (State.EXCLUDED, State.SUBMITTED):
        city = Contested()
        sent, now = city.filed("alya"), timezone.now()
        verdicts = {one.key: True for one in sent.items.all()}
        objection_decision.decide(sent, verdicts=verdicts, answer="Benar.", summary="Benar.", by=city.joko, at=now)
        objection_decision.confirm(sent, by=city.dina, at=now)
        Application.objects.filter(pk=city.files["alya"].pk).move(State.EXCLUDED, by=city.rudi, at=NOON)
        return Application.objects.get(pk=city.files["alya"].pk)
    return make_application(formation, make_user(f"{state}@contoh.example", Role.APPLICANT), state=state)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_the_database_takes_an_application_along_the_table_and_no_other_way(formation, old, new):
    application = application_in(old, formation, new)

    moved = works(lambda: Application.objects.filter(pk=application.pk).update(state=new, submitted_at=NOON))

    application.refresh_from_db()
    assert moved is states.allows(old, new)
    assert application.state == (new if moved else old)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_move_writes_its_step_down_or_does_nothing(formation, old, new):
    application = application_in(old, formation, new)
    Application.objects.filter(pk=application.pk).update(submitted_at=NOON)
    before = Step.objects.filter(application=application).count()

    try:
        Application.objects.filter(pk=application.pk).move(new, by=None, at=NOON)
        moved = True
    except states.NotAllowed:
        moved = False

    application.refresh_from_db()
    assert moved is states.allows(old, new)
    assert application.state == (new if moved else old)
    assert Step.objects.filter(application=application).count() == before + moved


@pytest.mark.parametrize("state", State)
def test_an_application_is_born_in_an_initial_state_only(formation, state):
    user = make_user("alya@contoh.example", Role.APPLICANT)
    fields = {"recruitment": formation.recruitment, "formation": formation, "user": user, "submitted_at": NOON}

    assert works(lambda: Application.objects.create(state=state, **fields)) is (state in states.INITIAL)


# --- A finding ---------------------------------------------------------------------------------
class Filing:
    """A finding that can be put into each state, along the table, with all that the state must carry."""

    def __init__(self):
        self.oka = make_user("oka@tim.example", Role.OVERSEER)
        self.fields = {
            "number": "TM-2026-1",
            "team": make_team(self.oka),
            "stage": make_stage(make_recruitment(), "test", 3),
            "title": "Selisih nilai",
            "body": "Daftar tidak cocok.",
            "severity": "major",
            "filed_by": self.oka,
            "filed_at": NOON,
        }
        self.omar = make_user("omar@tim.example", Role.OVERSEER)
        confirmed = {"confirmed_at": NOON, "evidence_digest": "0" * 64}
        clocks = dict.fromkeys(("due_at", "public_at", "text_due_at"), NOON + DAY) | {"clock_from": NOON}
        sent = confirmed | clocks | {"sent_at": NOON, "sent_by": self.oka}
        closed = {"closed_at": NOON, "closed_by": self.oka, "conclusion": "Selesai."}
        self.carries = dict.fromkeys(FindingState, sent) | {
            "draft": {},
            "confirmed": confirmed,
            "closed": sent | closed,
        }

    def reach(self, state: str) -> Finding:
        finding = Finding.objects.create(**self.fields)
        for step in list(FindingState)[1 : list(FindingState).index(state) + 1]:
            self.write_rows(finding, step)
            self.put(finding, step)
        return finding

    def write_rows(self, finding: Finding, step: str) -> None:
        """What the database wants to see before it lets a finding take this step; unless it is there."""
        said = {"finding": finding, "by": self.oka, "at": NOON + 2 * DAY}
        if step == FindingState.CONFIRMED:
            for one in (self.oka, self.omar):
                Confirmation.objects.get_or_create(finding=finding, by=one, digest="0" * 64, defaults={"at": NOON})
        elif step == FindingState.ANSWERED:
            Response.objects.create(text="Sudah kami periksa.", **said)
        elif step == FindingState.ASSESSED and not Assessment.objects.exists():
            Assessment.objects.create(adequate=True, text="Memadai.", **said)
        elif step == FindingState.ESCALATED and not Escalation.objects.exists():
            Escalation.objects.create(body="bkn", text="Belum memadai.", digest="0" * 64, **said)
            if Finding.objects.get(pk=finding.pk).state == FindingState.SENT:
                Overdue.objects.create(finding=finding, due_at=NOON + DAY, at=NOON + 2 * DAY)

    def put(self, finding: Finding, state: str) -> None:
        Finding.objects.filter(pk=finding.pk).update(state=state, **self.carries[state])


@pytest.mark.parametrize(("old", "new"), FINDING_PAIRS)
def test_the_database_takes_a_finding_along_the_table_and_no_other_way(old, new):
    filing = Filing()
    finding = filing.reach(old)
    filing.write_rows(finding, new)

    moved = works(lambda: filing.put(finding, new))

    finding.refresh_from_db()
    assert moved is finding_allows(old, new)
    assert finding.state == (new if moved else old)


@pytest.mark.parametrize("state", FindingState)
def test_a_finding_is_born_as_a_draft_only(state):
    filing = Filing()

    born = works(lambda: Finding.objects.create(state=state, **filing.fields, **filing.carries[state]))

    assert born is (state == FindingState.DRAFT)


# --- A flag --------------------------------------------------------------------------------------
FLAG_PAIRS = [(old, new) for old in FlagState for new in FlagState if old != new]


class Raising:
    """A flag that can be put into each state, with all that the state must carry."""

    def __init__(self):
        filing = Filing()
        self.finding = Finding.objects.create(**filing.fields)
        self.fields = {"rule": "short-window", "key": "k", "stage": filing.fields["stage"], "subject": "14 hari",
                       "first_seen_at": NOON, "last_seen_at": NOON}  # fmt: skip
        judged = {"judged_by": filing.oka, "judged_at": NOON, "note": "Sudah dilihat."}
        self.carries = {"open": {"judged_by": None, "judged_at": None, "note": ""}, "explained": judged,
                        "false_alarm": judged, "finding": judged | {"finding": self.finding}}  # fmt: skip

    def put(self, flag: Flag, state: str) -> None:
        Flag.objects.filter(pk=flag.pk).update(**({"finding": None} | {"state": state} | self.carries[state]))


@pytest.mark.parametrize(("old", "new"), FLAG_PAIRS)
def test_the_database_takes_a_flag_along_the_table_and_no_other_way(old, new):
    raising = Raising()
    flag = Flag.objects.create(**raising.fields)
    if old != FlagState.OPEN:
        raising.put(flag, old)

    moved = works(lambda: raising.put(flag, new))

    flag.refresh_from_db()
    assert moved is flag_allows(old, new)
    assert flag.state == (new if moved else old)


@pytest.mark.parametrize("state", FlagState)
def test_a_flag_is_born_open_only(state):
    raising = Raising()

    born = works(lambda: Flag.objects.create(state=state, **raising.fields, **raising.carries[state]))

    assert born is (state == FlagState.OPEN)
