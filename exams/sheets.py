"""Sheets as people see them: the questions of a sitting with what was answered, and afterwards with what was right."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.utils import timezone

from exams import content
from exams.actions import sitting as sittings
from exams.models import Component, Sitting, SittingItem
from exams.scoring import Kind, most, points
from lib import rulepack_files

LETTERS = "ABCDEFGH"


def clock(at) -> str:
    """10.42.05 on the clocks of the installation."""
    return f"{timezone.localtime(at):%H.%M.%S}"


def length(milliseconds: int) -> str:
    """99 menit 12 detik."""
    seconds = milliseconds // 1000
    return f"{seconds // 60} menit {seconds % 60} detik"


@dataclass(frozen=True)
class Option:
    letter: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Place:
    """A question as it is shown while the test runs: nothing here says what is right."""

    n: int
    component: str
    kind: str
    stem: str
    options: list[Option]
    image: dict | None
    chosen: list[str]
    doubtful: bool = False

    @property
    def text(self) -> str:
        """What was written, where a short answer is asked."""
        return self.chosen[0] if self.kind == Kind.SHORT and self.chosen else ""

    @property
    def state(self) -> str:
        """For the palette: doubtful, answered, open."""
        return "doubtful" if self.doubtful else "answered" if self.chosen else "open"

    def plain(self) -> dict:
        """For the page's script."""
        options = [[one.letter, one.text] for one in self.options]
        return {"n": self.n, "component": self.component, "kind": self.kind, "stem": self.stem, "options": options,
                "image": self.image["alt"] if self.image else None, "chosen": self.chosen, "doubtful": self.doubtful}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """The questions of one component, which follow each other."""

    name: str
    places: list[Place]

    @property
    def first(self) -> int:
        return self.places[0].n

    @property
    def last(self) -> int:
        return self.places[-1].n


@dataclass(frozen=True)
class Sheet:
    places: list[Place] = field(default_factory=list)

    @cached_property
    def sections(self) -> list[Section]:
        """The sheet by components, in its order; one may go from any question to any other."""
        return [Section(name, list(places)) for name, places in groupby(self.places, key=lambda one: one.component)]

    def _count(self, state: str) -> int:
        return sum(one.state == state for one in self.places)

    @property
    def open(self) -> int:
        return self._count("open")

    @property
    def doubtful(self) -> int:
        return self._count("doubtful")


def page(sitting: Sitting) -> Sheet:
    """Every question of a sitting, in its order, with what was answered so far."""
    answers = sittings.latest(sitting)
    places = sitting.items.select_related("version__item").order_by("position")
    return Sheet([_place(place, answers.get(place.position), sitting.seed) for place in places])


def _place(place: SittingItem, answer, seed: str) -> Place:
    body, value = place.version.content, answer.value if answer else []
    texts = {one["key"]: one["text"] for one in body.get("options", [])}
    order = content.shown_order(body, seed)
    options = [Option(letter, texts[key], key in value) for letter, key in zip(LETTERS, order, strict=False)]
    return Place(
        n=place.position,
        component=Component(place.version.item.component).label,
        kind=body["kind"],
        stem=body["stem"],
        options=options,
        image=body.get("image"),
        chosen=value if body["kind"] == Kind.SHORT else [one.letter for one in options if one.chosen],
        doubtful=bool(answer and answer.doubtful),
    )


def given(sitting: Sitting) -> dict[int, list]:
    """What is saved, by place: the letters, and whether in doubt."""
    return {one.n: [one.chosen, one.doubtful] for one in page(sitting).places if one.chosen or one.doubtful}


@dataclass(frozen=True)
class Explained:
    """A question when all is over: what was answered, what was right, why."""

    place: Place
    right: list[str]
    worths: dict[str, int] | None
    accepted: list[str]
    got: int
    most: int
    explanation: str
    code: str

    @property
    def full(self) -> bool:
        return self.got == self.most

    @property
    def lines(self) -> list[tuple[Option, bool, int | None]]:
        """The options, each with whether it is right and what it is worth."""
        return [
            (one, one.letter in self.right, self.worths[one.letter] if self.worths else None)
            for one in self.place.options
        ]


def explained(sitting: Sitting) -> list[Explained]:
    """Every question of a sitting that is over. Not for one that runs: AssertionError."""
    assert sitting.ended_at, "the right answers are shown when it is over"  # noqa: S101 - the last of three guards
    return [_explained(place, value, sitting.seed) for place, value in sittings.sheet_of(sitting)]


def _explained(place: SittingItem, value: list[str], seed: str) -> Explained:
    body, question = place.version.content, place.version.question
    letters = dict(zip(content.shown_order(body, seed), LETTERS, strict=False))
    weighted = question.kind is Kind.WEIGHTED
    best = max(question.points.values(), default=0)
    right = [key for key in letters if question.points[key] == best] if weighted else question.right
    return Explained(
        place=_place(place, type("Given", (), {"value": value, "doubtful": False}), seed),
        right=sorted(letters[key] for key in right),
        worths={letters[key]: worth for key, worth in question.points.items()} if weighted else None,
        accepted=list(question.accepted),
        got=points(question, value, place.worth),
        most=most(question, place.worth),
        explanation=body["explanation"],
        code=place.version.item.code,
    )


def result_lines(sitting: Sitting) -> list[dict]:
    """The components of a result, by their labels."""
    return part_lines(sitting.score)


def part_lines(score: dict) -> list[dict]:
    """The components of a score in the order of the test; the database keeps them in one of its own."""
    return [{"label": Component(key).label, **score["parts"][key]} for key in Component.values if key in score["parts"]]


def bar_lines(sitting: Sitting, need: str) -> list[dict]:
    """The thresholds for a kind of need: label, reached, needed, passed."""
    return [
        {"label": Component(one.key).label if one.key in Component.values else "Jumlah", "reached": one.reached,
         "needed": one.needed, "passed": one.passed}
        for one in sittings.bars(sitting, need)
    ]  # fmt: skip


def needs(sitting: Sitting) -> dict[str, str]:
    """The kinds of need that the format's rule pack has thresholds for."""
    if not sitting.blueprint.rulepack:
        return {}
    pack = rulepack_files.load(sitting.blueprint.rulepack)
    return {key: pack.body["needs"].get(key, key) for key in pack.stage(sitting.blueprint.rule)["thresholds"]}
