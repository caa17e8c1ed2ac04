"""What came of a training, in counts that point at nobody."""

from dataclasses import dataclass

from django.db.models import Avg, Count

from workforce.models import Certificate, Training, UseQuestion

FEWEST = 5  # answers before anything is said of them


@dataclass(frozen=True)
class Results:
    """Certificates; marks and uses are None while fewer than FEWEST have answered."""

    certificates: int
    evaluations: int
    useful: float | None
    clear: float | None
    uses: list[tuple[str, int]] | None
    fewest: int = FEWEST


def results(training: Training) -> Results:
    """Three queries."""
    said = training.evaluations.aggregate(n=Count("pk"), useful=Avg("useful"), clear=Avg("clear"))
    enough = said["n"] >= FEWEST
    answers = UseQuestion.objects.filter(enrolment__training=training).exclude(answer="")
    counts = dict(answers.values_list("answer").annotate(n=Count("pk")).order_by())
    uses = [(label, counts.get(name, 0)) for name, label in UseQuestion.Answer.choices]
    return Results(
        certificates=Certificate.objects.filter(enrolment__training=training).count(),
        evaluations=said["n"],
        useful=round(said["useful"], 1) if enough else None,
        clear=round(said["clear"], 1) if enough else None,
        uses=uses if sum(counts.values()) >= FEWEST else None,
    )
