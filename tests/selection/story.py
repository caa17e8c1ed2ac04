"""A stage that is ready to be announced, made by the same actions as people use."""

import io
from datetime import timedelta
from itertools import count

from accounts.roles import Role
from selection.actions import announcement, ranking, scores
from tests.parts import DAY, NOON, make_application, make_formation, make_recruitment, make_stage, make_user

DUE = NOON + DAY
_serial = count(1)


class Stage:
    """A published recruitment with one SKD stage, `people` participants and their scores in force."""

    def __init__(self, people: int = 12, *, owners=(), due=DUE, cast=None):
        serial = next(_serial)
        self.pia, self.rudi = cast or (
            make_user(f"pia{serial}@contoh.example", Role.PREPARER),
            make_user(f"rudi{serial}@contoh.example", Role.PUBLISHER),
        )
        self.recruitment = make_recruitment(published_by=self.rudi, mirrors_national=True)
        self.stage = make_stage(
            self.recruitment, "test", 3, rule="skd", slug="skd", opens_at=NOON - 9 * DAY, days=8, announce_at=due
        )
        self.formation = make_formation(self.recruitment, quota=1)
        self.people = [make_application(self.formation, owner) for owner in owners]
        self.people += [make_application(self.formation) for _ in range(people - len(owners))]

    def lines(self, **changes) -> str:
        rows = ["No Peserta,TWK,TIU,TKP"]
        for position, one in enumerate(self.people):
            twk = changes.get(f"p{position}", max(70, 120 - position))
            rows.append(f"{one.participant_number},{twk},100,180")
        return "\n".join(rows) + "\n"

    def score(self, reason="", **changes):
        file = io.BytesIO(self.lines(**changes).encode())
        batch = scores.stage_file(self.stage, file, file_name="skd.csv", by=self.pia, at=NOON, reason=reason)
        scores.approve(batch, by=self.rudi, at=NOON)
        return self

    def rank(self):
        self.set = ranking.rank(self.stage, by=self.pia, at=NOON)
        return self

    def prepare(self, reason="", at=NOON):
        self.preparation = announcement.prepare(self.stage, by=self.pia, at=at, reason=reason)
        return self

    def approve(self, at=NOON):
        announcement.approve(self.preparation, by=self.rudi, at=at)
        return self

    def ready(self):
        return self.score().rank().prepare().approve()

    def correct(self, reason="Salah ketik nilai.", at=DUE + timedelta(hours=2), **changes):
        """New scores, a shadow computed and applied by two people, and a correction prepared and approved."""
        self.score(reason=reason, **changes)
        shadow = ranking.rank(self.stage, by=self.pia, at=at, shadow=True, reason=reason)
        ranking.apply(shadow, by=self.rudi, at=at)
        return self.prepare(reason=reason, at=at).approve(at=at)
