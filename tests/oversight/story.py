"""Two members of a team, the office's people, and a stage to watch."""

import hashlib
from dataclasses import dataclass
from threading import Barrier, Thread

from django.db import connection, connections

from accounts.models import User
from accounts.roles import Role
from ledger.models import Pending
from oversight.actions import answering, finding
from oversight.models import Finding, Membership, Team
from publishing.models import Delivery
from tests.parts import DAY, NOON, make_team, make_user
from tests.selection.story import DUE, Stage

EVIDENCE = {"what": "Peserta A: hasil", "expected": "P/L", "found": "TL", "source": "Pengumuman 2026-1 v1"}


@dataclass
class Watch:
    """Oka and Omar watch the stage of Pia and Rudi; Ova may lift a hold in public."""

    team: Team
    oka: User
    omar: User
    ova: User
    story: Stage

    @property
    def stage(self):
        return self.story.stage

    def draft(self, at=NOON, **fields) -> Finding:
        given = {"title": "Selisih nilai", "body": "Daftar tidak cocok.", "severity": "major", "evidence": [EVIDENCE]}
        return finding.draft(self.stage, by=self.oka, at=at, **(given | fields))

    def confirmed(self, at=NOON, **fields) -> Finding:
        one = self.draft(at=at, **fields)
        finding.confirm(one, by=self.oka, at=at)
        return finding.confirm(one, by=self.omar, at=at)

    def sent(self, at=NOON, **fields) -> Finding:
        return finding.send(self.confirmed(at=at, **fields), by=self.oka, at=at)

    def answered(self, at=NOON, **fields) -> Finding:
        one = self.sent(at=at, **fields)
        answering.answer(one, text="Kami hitung ulang.", by=self.story.pia, at=at + DAY)
        return one

    def assessed(self, at=NOON, **fields) -> Finding:
        one = self.answered(at=at, **fields)
        answering.assess(one, adequate=True, text="Memadai.", by=self.omar, at=at + DAY)
        return one


def make_watch(people: int = 12) -> Watch:
    oka, omar = (make_user(f"{name}@tim.example", Role.OVERSEER) for name in ("oka", "omar"))
    ova = make_user("ova@contoh.example", Role.OVERRIDE_OFFICIAL)
    return Watch(make_team(oka, omar), oka, omar, ova, Stage(people))


def make_public(one: Finding, author: User, *, at) -> Finding:
    """A draft confirmed by its author and a colleague and sent at `at`; the header opens three days later."""
    colleague = make_user(f"rekan-{one.pk}@tim.example", Role.OVERSEER)
    Membership.objects.create(team=one.team, user=colleague, role="overseer", affiliation="LSM", since=at - DAY)
    for by in (author, colleague):
        finding.confirm(one, by=by, at=at)
    return finding.send(one, by=author, at=at)


def facts(kind: str) -> int:
    return Pending.objects.filter(kind=kind).count()


def told(source: str) -> set[str]:
    """Addresses that have a mail queued about `source`."""
    return set(Delivery.objects.filter(publication__source=source).values_list("recipient__email", flat=True))


def plant(outcome_set, **changes) -> list[str]:
    """Change computed outcomes behind the portal's back, as the owner of the table can.

    `changes` are columns of selection_outcome; the first two participants get them. Returns their numbers.
    """
    assignments = ", ".join(f'"{column}" = %s' for column in changes)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_outcome DISABLE TRIGGER USER")
        cursor.execute(
            f"""UPDATE selection_outcome o SET {assignments} FROM selection_application a
            WHERE a.id = o.application_id AND o.set_id = %s AND o.application_id IN (
                SELECT application_id FROM selection_outcome WHERE set_id = %s ORDER BY application_id LIMIT 2)
            RETURNING a.participant_number""",
            [*changes.values(), outcome_set.pk, outcome_set.pk],
        )
        numbers = [row[0] for row in cursor.fetchall()]
        cursor.execute("ALTER TABLE selection_outcome ENABLE TRIGGER USER")
    return numbers


def together(*acts):
    """Run `acts` at the same instant on connections of their own; returns what each raised, or None."""
    barrier, raised = Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        try:
            barrier.wait(10)
            act()
        except Exception as error:
            raised[position] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    return raised


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


__all__ = ["DUE", "EVIDENCE", "NOON", "Watch", "facts", "make_watch", "plant", "sha256", "together", "told"]
