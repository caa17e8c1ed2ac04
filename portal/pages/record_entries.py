"""The newest entries of the public record as sentences, for the page about the record."""

from dataclasses import dataclass
from datetime import datetime

from exams.models import ExamSession
from ledger import facts, sentences
from ledger.models import Entry
from vacancies.models import Recruitment, Stage

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
    places, sessions = _names([fact["body"] for _n, fact in found])
    told = [
        Told(
            n=n, at=datetime.fromisoformat(fact["at"]), by=fact["by"], late=fact.get("late", False),
            where=places.get((fact["body"].get("recruitment"), fact["body"].get("stage")), ""),
            words=sentences.told(fact, {key: sessions.get(key, key) for key in [fact["body"].get("session")] if key}),
        )
        for n, fact in found
    ]  # fmt: skip
    return told, (top - PAGE if top > PAGE else None)


def _names(bodies: list[dict]) -> tuple[dict[tuple, str], dict[str, str]]:
    """What recruitments and stages, and sessions of tests, are called in public; two or three queries however many entries."""
    slugs = {body["recruitment"] for body in bodies if "recruitment" in body}
    recruitments = dict(Recruitment.objects.published().filter(slug__in=slugs).values_list("slug", "name"))
    places = {(slug, None): name for slug, name in recruitments.items()}
    stages = Stage.objects.filter(recruitment__slug__in=recruitments)
    for slug, stage, name in stages.values_list("recruitment__slug", "slug", "name_public"):
        places[slug, stage] = f"{recruitments[slug]}, {name}"
    wanted = {body["session"] for body in bodies if "session" in body}
    open_ = (
        ExamSession.objects.filter(slug__in=wanted, opened_at__isnull=False) if wanted else ExamSession.objects.none()
    )
    return places, dict(open_.values_list("slug", "name"))
