"""Where the draw of a training stands, for the pages that show it."""

from dataclasses import dataclass

from django.db.models import Prefetch

from workforce.models import Party, Training, TrainingRound


@dataclass(frozen=True)
class Standing:
    """Digests, rounds and the draw of one training; `commits` and `shows` say what the reader's party may do now."""

    training: Training
    secrets: list[tuple[str, object]]
    rounds: list[TrainingRound]
    draw: object
    commits: bool
    shows: TrainingRound | None


def drawn_trainings():
    """Trainings by draw, the newest first, with everything that `standing` asks: as many queries for one as for fifty."""
    rounds = TrainingRound.objects.select_related("checkpoint").prefetch_related("reveals__secret", "withheld__secret")
    found = Training.objects.filter(rule=Training.Rule.DRAW).select_related("draw").order_by("-pk")
    return found.prefetch_related("secrets", Prefetch("rounds", rounds))


def standing(training: Training, party: str | None = None) -> Standing:
    """What everybody may know of the draw; with `party` also what that party has to do."""
    given = {one.party: one for one in training.secrets.all()}
    rounds = list(training.rounds.all())
    for one in rounds:
        one.shown = {reveal.secret.party: reveal for reveal in one.reveals.all()}
        one.values = [(Party(name).label, one.shown[name]) for name in Party.values if name in one.shown]
        one.waiting = [Party(name).label for name in one.parties if name not in one.shown]
        one.refused = [Party(withheld.secret.party).label for withheld in one.withheld.all()]
    drawn = getattr(training, "draw", None)
    last = rounds[-1] if rounds and drawn is None else None
    mine = last and party in last.parties and party not in last.shown and not last.refused
    return Standing(
        training=training,
        secrets=[(label, given.get(name)) for name, label in Party.choices],
        rounds=rounds,
        draw=drawn,
        commits=party is not None and training.is_drawn and training.published_at is None and party not in given,
        shows=last if mine else None,
    )


def values_of(training_round: TrainingRound) -> dict[str, str]:
    """What each party showed in the round, a dash for nothing, as the verifier takes it."""
    shown = {one.secret.party: one.value for one in training_round.reveals.select_related("secret")}
    return {name: shown.get(name, "-") for name in Party.values}
