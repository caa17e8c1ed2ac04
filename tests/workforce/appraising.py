"""A small office whose people are appraised: Lia leads, Ani, Budi and Citra work, Pia and Rudi keep the lines."""

from datetime import UTC, datetime

from accounts.roles import Role
from tests.parts import DAY, enrol, make_user
from tests.workforce.serving import a_position, a_unit, an_employee
from workforce.actions import appraisal, lines, plans
from workforce.models import Level, ReportingLine, Value

THEN = datetime(2025, 12, 20, 3, 0, tzinfo=UTC)
YEAR = 2025
RESULTS = [{"result": "Akta terbit", "indicator": "hari kerja", "target": "3"}]
BEHAVIOUR = {value.value: f"Perilaku {value.label}" for value in Value}


class Office:
    """A year is open, and the line of each of the three leads to Lia."""

    def __init__(self, *, year: int = YEAR, at=THEN, staff=("ani", "budi", "citra")):
        self.at, self.today = at, at.date()
        self.pia = enrol(make_user("pia@kota.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@kota.example", Role.PUBLISHER))
        self.unit = a_unit("Dinas Loket", a_unit("Pemerintah Kota Contoh"))
        self.users = {name: make_user(f"{name}@kota.example", Role.EMPLOYEE) for name in ("lia", *staff)}
        head = a_position(self.unit, "Kepala Loket", Level.JPT_PRATAMA, heads_unit=True)
        self.people = {"lia": an_employee(head, user=self.users["lia"], name="Lia", at=at - DAY, by=self.pia)}
        for name in staff:
            post = a_position(self.unit)
            made = an_employee(post, user=self.users[name], name=name.title(), at=at - DAY, by=self.pia)
            self.people[name] = made
        lines.declare_from_structure(by=self.pia, at=at - DAY, today=self.today)
        lines.confirm_all(ReportingLine.objects.waiting(), by=self.rudi, at=at - DAY)
        self.year = appraisal.open_year(year, by=self.pia, at=at - DAY)

    def agreed(self, name: str = "ani"):
        plan = plans.begin(self.people[name], self.year, at=self.at)
        plans.write(plan, results=RESULTS, behaviour=BEHAVIOUR)
        plans.propose(plan, by=self.users[name], at=self.at)
        return plans.agree(plan, by=self.users["lia"], at=self.at)

    def assess(self, plan, period="tahun", result="sesuai", behaviour="di_atas", *, by="lia", **more):
        given = {"note": "Rapi.", "by": self.users[by], "at": self.at, "today": self.today} | more
        return appraisal.assess(plan, period, result=result, behaviour=behaviour, **given)
