"""Random audits as pages show them: where each stands, and what came of it."""

from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q

from oversight.live import Figure, figure
from oversight.models import AuditCommitment, AuditRound, AuditSample, Party
from vacancies.models import Stage


@dataclass
class Audit:
    """One stage of files: who committed, the rounds so far, the sample and its counts."""

    stage: Stage
    closes: Stage
    commitments: dict[str, AuditCommitment]
    rounds: list[AuditRound]
    sample: AuditSample | None
    counts: dict[str, Figure] = field(default_factory=dict)

    @property
    def open_round(self) -> AuditRound | None:
        """The round in which somebody still has to show a value."""
        last = self.rounds[-1] if self.rounds and not self.sample else None
        return last if last and last.waiting else None

    @property
    def parties(self) -> list[tuple[str, AuditCommitment | None]]:
        return [(party.label, self.commitments.get(party)) for party in Party]


def audits(*, most: int = 30) -> list[Audit]:
    """The newest stages of files in published recruitments. As many statements for one as for thirty."""
    stages = (
        Stage.objects.filter(kind=Stage.Kind.ADMINISTRATIVE, recruitment__published_at__isnull=False)
        .filter(recruitment__stages__kind=Stage.Kind.REGISTRATION)
        .select_related("recruitment", "audit_sample__round")
        .prefetch_related(
            Prefetch(
                "recruitment__stages", Stage.objects.filter(kind=Stage.Kind.REGISTRATION), to_attr="registrations"
            ),
            "audit_commitments",
            Prefetch(
                "audit_rounds",
                AuditRound.objects.select_related("checkpoint").prefetch_related(
                    "reveals__commitment", "withheld__commitment"
                ),
            ),
        )
        .order_by("-opens_at", "-pk")[:most]
    )
    counted = {
        one["pk"]: one
        for one in AuditSample.objects.filter(stage__in=[stage.pk for stage in stages]).values("pk").annotate(
            agreed=Count("files", filter=Q(files__verdict__agrees=True)),
            differed=Count("files", filter=Q(files__verdict__agrees=False)),
        )
    }  # fmt: skip
    return [_audit(stage, counted) for stage in stages]


def _audit(stage: Stage, counted: dict) -> Audit:
    rounds = sorted(stage.audit_rounds.all(), key=lambda one: one.number)
    for one in rounds:
        one.shown = {reveal.commitment.party: reveal for reveal in one.reveals.all()}
        one.waiting = [Party(party).label for party in one.parties if party not in one.shown]
        one.refused = [Party(withheld.commitment.party).label for withheld in one.withheld.all()]
    sample = getattr(stage, "audit_sample", None)
    found = Audit(
        stage,
        stage.recruitment.registrations[0],
        {one.party: one for one in stage.audit_commitments.all()},
        rounds,
        sample,
    )
    if sample:
        n = counted[sample.pk]
        judged = n["agreed"] + n["differed"]
        found.counts = {
            "agreed": figure(n["agreed"] if judged else None),
            "differed": figure(n["differed"] if judged else None),
            "left": figure(sample.size - judged),
        }
    return found
