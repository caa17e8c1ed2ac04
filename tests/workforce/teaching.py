"""Trainings for tests, by the same actions as people use: Pia prepares, Rudi publishes, Oka and Pia keep secrets."""

from datetime import timedelta
from itertools import count

from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from ledger.actions import recording
from tests.parts import DAY, enrol, make_team, make_user
from verifier import draw as outside
from workforce.actions import training as trainings
from workforce.actions import training_draw as draws
from workforce.models import Party, Training, TrainingRound, TrainingSession

_serial = count(1)


def a_training(
    preparer, publisher, *, at, rule: str = "first", published: bool = True, secrets=None, **fields
) -> Training:
    """A training for everybody with two seats; enrolment ends in five days, one meeting a fortnight later."""
    n = next(_serial)
    words = {
        "slug": f"pelatihan-{n}", "title": f"Layanan ramah {n}", "topic": "layanan", "about": "Belajar melayani warga.",
        "audience": "semua", "seats": 2, "closes_at": at + 5 * DAY,
    } | fields  # fmt: skip
    made = trainings.prepare(Training(rule=rule, **words), by=preparer, at=at)
    begins = at + 19 * DAY
    trainings.add_session(
        made, starts_at=begins, ends_at=begins + timedelta(hours=3), place="Aula Kota", by=preparer, at=at
    )
    for party, value, who in secrets or ():
        draws.commit(made, party=party, value=value, by=who, at=at)
    return trainings.publish(made, by=publisher, at=at) if published else made


def turn_back(training: Training, **columns) -> None:
    """Move times of a published training, which no page and no role can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workforce_training DISABLE TRIGGER USER")
        Training.objects.filter(pk=training.pk).update(**columns)
        cursor.execute("ALTER TABLE workforce_training ENABLE TRIGGER USER")
    training.refresh_from_db()


def held(training: Training, *, days_ago: int = 1) -> None:
    """Enrolment is over and the meetings took place, which no page and no role can bring about."""
    now = timezone.now()
    turn_back(training, closes_at=now - (days_ago + 9) * DAY)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workforce_trainingsession DISABLE TRIGGER USER")
        for n, one in enumerate(training.sessions.all()):
            begins = now - days_ago * DAY - timedelta(hours=5 * n + 4)
            TrainingSession.objects.filter(pk=one.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=3))
        cursor.execute("ALTER TABLE workforce_trainingsession ENABLE TRIGGER USER")


class Draw:
    """A training whose seats are drawn, with both secrets given out, and people who enrolled."""

    def __init__(self, people: int = 5, *, seats: int = 2, member=None):
        now = timezone.now()
        member = member or (lambda email, role: enrol(make_user(email, role)))
        self.pia, self.rudi = member("pia@latih.example", Role.PREPARER), member("rudi@latih.example", Role.PUBLISHER)
        self.oka = member("oka@latih.example", Role.OVERSEER)
        make_team(self.oka, at=now)
        self.team, self.office = outside.new_secret(), outside.new_secret()
        self.training = a_training(
            self.pia, self.rudi, at=now, rule="draw", seats=seats,
            secrets=[(Party.TEAM, self.team[0], self.oka), (Party.OFFICE, self.office[0], self.pia)],
        )  # fmt: skip
        self.people = [make_user(f"peserta{n}@latih.example") for n in range(people)]
        self.rows = [trainings.enrol(self.training, by=one, at=now) for one in self.people]

    def over(self):
        """Enrolment ended so long ago that a round could have passed since."""
        turn_back(self.training, closes_at=timezone.now() - draws.REVEAL_WITHIN - timedelta(hours=2))
        return self

    def closed(self):
        if self.training.closes_at > timezone.now():
            self.over()
        draws.keep(timezone.now())
        recording.record_waiting(timezone.now())
        self.training.refresh_from_db()
        return self

    def opened(self, at=None) -> TrainingRound:
        draws.keep(at or timezone.now())
        return TrainingRound.objects.select_related("training", "checkpoint").latest("number")

    def show(self, party: str, found: TrainingRound, value: str = ""):
        who, secret = (self.oka, self.team) if party == Party.TEAM else (self.pia, self.office)
        return draws.reveal(found, party=party, value=value or secret[found.number], by=who, at=timezone.now())

    def drawn(self):
        found = self.closed().opened()
        self.show(Party.TEAM, found)
        self.show(Party.OFFICE, found)
        draws.keep(timezone.now())
        self.training.refresh_from_db()
        return self.training.draw
