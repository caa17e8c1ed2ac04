"""What a person may object to: their own announced results, each with its window and its points."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lib import rulepack_files
from selection import objection_window
from selection.models import Announcement, Application, Objection, ObjectionItem, Outcome, ReviewItem
from selection.objection_window import Window
from selection.queries import review_behind
from selection.states import State

Ground = ObjectionItem.Ground


@dataclass(frozen=True)
class Point:
    """One thing in a result that may be disputed: what it is, what was said about it, and why it may be wrong."""

    key: str
    title: str
    said: str
    grounds: tuple[str, ...]
    requirement_id: int | None = None
    reason_id: int | None = None


@dataclass(frozen=True)
class Chance:
    """A result that opened a window for this person, and the objection they wrote to it, if any."""

    announcement: Announcement
    outcome: Outcome
    window: Window
    objection: Objection | None

    @property
    def stage(self):
        return self.announcement.stage


def chances_of(application: Application) -> list[Chance]:
    """One for each stage with objections that told this person a result; the version that counts for them."""
    outcomes = {
        one.set_id: one
        for one in application.outcomes.filter(set__stage__objection_days__gt=0).select_related(
            "set__stage__recruitment", "formation", "application"
        )
    }
    if not outcomes:
        return []
    versions: dict[int, list[Announcement]] = {}
    public = Announcement.objects.public().filter(stage__in={one.set.stage_id for one in outcomes.values()})
    for one in public.select_related("stage__recruitment").order_by("stage__order", "version"):
        versions.setdefault(one.stage_id, []).append(one)
    written = {one.announcement_id: one for one in application.objections.all()}
    found = []
    for announcements in versions.values():
        if basis := _opening_version(announcements, outcomes):
            window = objection_window.of(basis.stage, basis.public_at)
            found.append(Chance(basis, outcomes[basis.outcome_set_id], window, written.get(basis.pk)))
    return found


def _opening_version(announcements: list[Announcement], outcomes: dict[int, Outcome]) -> Announcement | None:
    """The newest version that told this person a result for the first time, or took an announced pass away.

    The database says the same in `opens_objection`, and has the last word.
    """
    basis = before = None
    for one in announcements:
        now = outcomes.get(one.outcome_set_id)
        if now and (before is None or (before.advances and not now.advances)):
            basis = one
        before = now
    return basis


def chance_of(application: Application, stage) -> Chance | None:
    """The chance of this person in one stage."""
    return next((one for one in chances_of(application) if one.stage.pk == stage.pk), None)


def points_of(outcome: Outcome) -> list[Point]:
    """The points of a result, each contestable by itself; empty where nothing was held against the person."""
    stage = outcome.set.stage
    pack = rulepack_files.load(outcome.set.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
    if outcome.application.state == State.EXCLUDED and not outcome.advances:
        return [Point("hasil", _("Tidak dilanjutkan dalam seleksi"), pack.sentence(outcome.code), (Ground.OTHER,))]
    if outcome.application.state != State.SUBMITTED:
        return []
    if rule["kind"] == "review":
        return _requirements_not_met(outcome)
    points = [
        Point(
            f"nilai-{component['key']}".replace("_", "-"),
            _("Nilai %(what)s") % {"what": component["label"]},
            _("Nilai Anda: %(value)s") % {"value": "–" if value is None else f"{value.normalize():f}"},
            (Ground.SCORE, Ground.OTHER),
        )
        for component, value in zip(rule["components"], outcome.values, strict=False)
    ]
    sentence = pack.sentence(outcome.code)
    return points + [Point("hasil", _("Peringkat dan hasil"), sentence, (Ground.RANK, Ground.SCORE, Ground.OTHER))]


def _requirements_not_met(outcome: Outcome) -> list[Point]:
    items = ReviewItem.objects.filter(review=review_behind(outcome), met=False).select_related("requirement", "reason")
    return [
        Point(
            f"syarat-{item.requirement.code}"[:60],
            item.requirement.text,
            item.reason.text + (f" ({item.detail})" if item.detail else ""),
            (Ground.DOCUMENT, Ground.CLAUSE, Ground.OTHER),
            item.requirement_id,
            item.reason_id,
        )
        for item in items.order_by("requirement__order")
    ]
