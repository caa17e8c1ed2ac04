"""An open selection by a panel, walked by the same actions as people use: Pia writes, Rudi seals, five score."""

from datetime import timedelta
from itertools import count

from accounts.roles import Role
from selection.actions import announcement, ranking, scores
from tests.parts import (
    DAY,
    NOON,
    make_application,
    make_formation,
    make_person,
    make_recruitment,
    make_stage,
    make_user,
)
from workforce.actions import panel, sheets

_serial = count(1)
PARTS = ("rekam_jejak", "makalah", "wawancara")
LATER = NOON + 12 * DAY


class Selection:
    """A published JPT recruitment with its paper and its last stage, `people` participants and a panel of five."""

    def __init__(self, people: int = 4, *, sealed: bool = True, shows_scores: bool = False, objection_days: int = 3):
        n = next(_serial)
        self.pia = make_user(f"pia{n}.pansel@contoh.example", Role.PREPARER)
        self.rudi = make_user(f"rudi{n}.pansel@contoh.example", Role.PUBLISHER)
        self.wali = make_user(f"wali{n}.pansel@contoh.example", Role.APPOINTING_OFFICIAL)
        self.recruitment = make_recruitment(kind="jpt", rulepack="jpt-pratama", published_by=self.rudi)
        opens = {"opens_at": NOON - 9 * DAY, "days": 8}
        self.paper = make_stage(
            self.recruitment, "test", 2, rule="makalah", slug="makalah", announce_at=NOON + DAY, **opens
        )
        self.last = make_stage(
            self.recruitment, "final", 3, rule="akhir", slug="akhir", announce_at=NOON + 2 * DAY,
            objection_days=objection_days, **opens,
        )  # fmt: skip
        self.formation = make_formation(self.recruitment, position="Kepala Dinas Kesehatan")
        self.people = []
        for place in range(people):
            user = make_user(f"calon{n}.{place}@contoh.example")
            self.people.append(make_application(self.formation, user))
            type(self.people[-1]).objects.filter(pk=self.people[-1].pk).update(person=make_person(user))
        self.panel = panel.write(
            self.recruitment, decree="Keputusan Wali Kota Nomor 12 Tahun 2026", shows_scores=shows_scores,
            outlier_points=15, by=self.pia, at=NOON,
        )  # fmt: skip
        self.judges = [self.join(f"juri{n}.{place}@contoh.example", inside=place < 2) for place in range(5)]
        self.assessor = self.join(f"asesor{n}@contoh.example", kind="assessor", chosen=["asesmen"])
        if sealed:
            self.panel = panel.seal(self.panel, by=self.rudi, at=NOON)

    def join(self, email: str, *, kind="panel", inside=False, chosen=PARTS, replaces=None):
        make_user(email, Role.ASSESSOR)
        return panel.add_member(
            self.panel, email=email, kind=kind, name=email.split("@")[0].title(), post="Universitas Contoh",
            inside_office=inside, chosen=chosen, by=self.pia, at=NOON, replaces=replaces,
        )  # fmt: skip

    @property
    def numbers(self) -> list[str]:
        return [one.participant_number for one in self.people]

    def declare(self, **conflicts):
        """Everybody declares; conflicts: index of the judge ("j0") → list of participant numbers."""
        for place, one in enumerate([*self.judges, self.assessor]):
            panel.declare(one, conflicts.get(f"j{place}", []), by=one.user, at=NOON)
        return self

    def fill(self, member, stage, component: str, values, *, locked=True, reason=""):
        """A sheet with `values` by participant, in the order of `people`; what the member may not judge is left out."""
        sheet = sheets.begin(member, stage, component, by=member.user, at=NOON, reason=reason)
        sheets.save(sheet, dict(zip(self.numbers, values, strict=True)), by=member.user)
        return sheets.lock(sheet, by=member.user, at=NOON) if locked else sheet

    def announce(self, stage, *, at):
        scores.approve(sheets.combine(stage, by=self.pia, at=NOON), by=self.rudi, at=NOON)
        ranking.rank(stage, by=self.pia, at=NOON)
        announcement.approve(announcement.prepare(stage, by=self.pia, at=NOON), by=self.rudi, at=NOON)
        announcement.announce_due(at)
        return stage.announcements.get()

    def judged(self, papers=("90", "80", "70", "60")):
        """Everything up to the public list of the best: papers, then the three other parts."""
        self.declare()
        for one in self.judges:
            self.fill(one, self.paper, "makalah", papers)
        self.announce(self.paper, at=NOON + DAY)
        for one in self.judges:
            self.fill(one, self.last, "rekam_jejak", ["80", "80", "80", "80"])
            self.fill(one, self.last, "wawancara", ["85", "95", "75", "65"])
        self.fill(self.assessor, self.last, "asesmen", ["75", "75", "75", "75"])
        self.announcement = self.announce(self.last, at=NOON + 2 * DAY)
        return self


OVER = NOON + 2 * DAY + timedelta(days=5)  # the window of objection is over
