"""The newest entries of the public record as sentences, for the page about the record."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from exams.models import ExamSession
from ledger import facts, sentences
from ledger.models import Entry
from lib import rulepack_files
from vacancies.models import Recruitment, Stage
from workforce.models import Training

PAGE = 20


@dataclass(frozen=True)
class Told:
    """An entry as the page shows it: `where` names recruitment and stage, `by` whose word it is."""

    n: int
    at: datetime
    by: str
    where: str
    words: str
    late: bool


def newest(size: int, before: str = "") -> tuple[list[Told], int | None]:
    """Twenty public entries below `before` (or the newest), the newest first, and where the older ones go on."""
    top = min(int(before), size) if before.isascii() and before.isdigit() and len(before) < 16 else size
    rows = Entry.objects.filter(n__lt=top, n__gte=top - PAGE).order_by("-n").values_list("n", "body")
    found = [(n, facts.check(bytes(body))) for n, body in rows]
    bodies = [fact["body"] for _n, fact in found]
    places, called = _places(bodies), _called(bodies)
    told = [
        Told(
            n=n, at=datetime.fromisoformat(fact["at"]), by=fact["by"], late=fact.get("late", False),
            where=places.get((fact["body"].get("recruitment"), fact["body"].get("stage")), ""),
            words=sentences.told(fact, {code: called[field, code] for field, code in _codes(fact["body"]) & called.keys()}),
        )
        for n, fact in found
    ]  # fmt: skip
    return told, (top - PAGE if top > PAGE else None)


def _places(bodies: list[dict]) -> dict[tuple, str]:
    """What recruitments and stages are called in public."""
    slugs = {body["recruitment"] for body in bodies if "recruitment" in body}
    recruitments = dict(Recruitment.objects.published().filter(slug__in=slugs).values_list("slug", "name"))
    places = {(slug, None): name for slug, name in recruitments.items()}
    stages = Stage.objects.filter(recruitment__slug__in=recruitments)
    for slug, stage, name in stages.values_list("recruitment__slug", "slug", "name_public"):
        places[slug, stage] = f"{recruitments[slug]}, {name}"
    return places


def _called(bodies: list[dict]) -> dict[tuple[str, str], str]:
    """What else is named by a code is called in public, by (field, code). A query for each kind that occurs."""
    found = set().union(*(_codes(body) for body in bodies))
    called = {}
    for field, name_of in (("session", _sessions), ("training", _trainings), ("rulepack", _packs)):
        if codes := [code for kind, code in found if kind == field]:
            called |= {(field, code): name for code, name in name_of(codes)}
    return called


def _codes(body: dict) -> set[tuple[str, str]]:
    return {(field, body[field]) for field in ("session", "training", "rulepack") if body.get(field)}


def _sessions(slugs: list[str]):
    return ExamSession.objects.filter(slug__in=slugs, opened_at__isnull=False).values_list("slug", "name")


def _trainings(slugs: list[str]):
    return Training.objects.published().filter(slug__in=slugs).values_list("slug", "title")


def _packs(names: list[str]):
    for name in names:
        with suppress(rulepack_files.NoSuchPack):
            yield name, f"“{rulepack_files.load(name).body['title']}”"
