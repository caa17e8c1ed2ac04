"""Two years of appraisal in one unit: last year with survey, close and talents; this year with a survey that runs."""

from datetime import timedelta
from random import Random

from accounts.models import User
from workforce.actions import appraisal, claims, feedback, lines, plans, talent
from workforce.forms_appraisal import EXAMPLES
from workforce.models import AppraisalYear, Employee, FeedbackRater, ReportingLine
from workforce.predicate import Mark

DAY = timedelta(days=1)
UNIT = "Bidang Pendaftaran"
COLLEAGUES = 15  # with Asri enough for counts that point at nobody
MARKED = 70 * DAY  # ago
PLANS = (
    ("Akta kelahiran terbit", "hari kerja sampai terbit", "paling lama 3"),
    ("Antrean loket lebih pendek", "menit menunggu", "paling lama 20"),
    ("Warga tahu syaratnya", "kunjungan yang berkasnya lengkap", "90 dari 100"),
)
MARKS = ((Mark.AS, Mark.ABOVE), (Mark.ABOVE, Mark.ABOVE), (Mark.AS, Mark.AS), (Mark.BELOW, Mark.AS))
INPUTS = ((3, 3, 2), (2, 2, 2), (3, 2, 3), (1, 2, 1), (2, 3, 2))


def build(people: dict[str, User], *, rng: Random, now) -> None:
    """Lina leads Asri and fifteen others: plans, marks, a survey from all sides, its end, and the nine boxes."""
    pia, rudi, lina = people["pia"], people["rudi"], people["lina"]
    inside = Employee.objects.filter(position__unit__name=UNIT).select_related("position__unit")
    head = _claim(inside.get(position__heads_unit=True), lina, pia, now)
    asri = inside.get(user=people["asri"])
    team = [asri]
    for number, one in enumerate(inside.filter(user=None).order_by("pk")[:COLLEAGUES]):
        account = User.objects.create_user(f"rekan{number}@demo.example", None, name=one.name)
        team.append(_claim(one, account, pia, now))
    lines.declare_from_structure(by=pia, at=now - 150 * DAY, today=now.date())
    below = ReportingLine.objects.waiting().filter(employee__in=team)  # the lines of other units wait for Rudi
    lines.confirm_all(below.select_related("superior"), by=rudi, at=now - 149 * DAY)

    closing = closing_year(now)
    last = appraisal.open_year(closing, by=pia, at=now - 140 * DAY)
    unit = head.position.unit
    appraisal.rate_unit(last, unit, predicate="baik", ground="SK 800/77 (contoh)", by=pia, at=now - 61 * DAY)
    for turn, one in enumerate(team):
        plan = _agreed(one, last, lina, at=now - 130 * DAY)
        _marked(plan, lina, MARKS[turn % len(MARKS)], quarters=4 if one == asri else 1, now=now)
    note = "Nilai para operator dibandingkan dalam satu rapat; beban loket Sabtu ikut diperhitungkan."
    appraisal.note_calibration(last, unit, text=note, by=pia, at=now - 50 * DAY)
    _survey(last, asri, pia, rng, now)
    appraisal.close_year(last, by=rudi, at=now - 5 * DAY)
    last.refresh_from_db()
    _boxes(last, team, pia, rudi, at=now - 4 * DAY)

    this = appraisal.open_year(closing + 1, by=pia, at=now - 3 * DAY)
    plans.propose(_written(asri, this, at=now - 2 * DAY), by=asri.user, at=now - 2 * DAY)
    feedback.open_round(this, days=14, by=pia, at=now - DAY)


def closing_year(now) -> int:
    """The year that the city closes: all of it was over when it was marked, also for a city built in January."""
    return (now - MARKED).year - 1


def _claim(one: Employee, account: User, pia: User, now) -> Employee:
    return claims.claim(claims.make_code(one, by=pia, at=now), by=account, at=now)


def _written(one: Employee, year: AppraisalYear, *, at):
    plan = plans.begin(one, year, at=at)
    results = [dict(zip(("result", "indicator", "target"), row, strict=True)) for row in PLANS]
    return plans.write(plan, results=results, behaviour={value.value: str(text) for value, text in EXAMPLES.items()})


def _agreed(one: Employee, year: AppraisalYear, superior: User, *, at):
    plan = _written(one, year, at=at)
    plans.propose(plan, by=one.user, at=at)
    return plans.agree(plan, by=superior, at=at)


def _marked(plan, lina: User, of_the_year: tuple[Mark, Mark], *, quarters: int, now) -> None:
    """Evidence, the last `quarters` of the year and the year itself, and an answer to the last word."""
    plans.add_evidence(plan, text="Loket Sabtu dibuka sejak April; 412 akta terbit.", link="", at=now - 90 * DAY)
    for period in ("tw1", "tw2", "tw3", "tw4")[-quarters:]:
        _mark(plan, period, (Mark.AS, Mark.AS), "Catatan loket rapi. Antrean pagi masih panjang.", lina, now - MARKED)
    said = _mark(plan, "tahun", of_the_year, "Terima kasih. Pertahankan catatan harian loket.", lina, now - 60 * DAY)
    if quarters == 4:
        appraisal.reply(said, "Terima kasih, saya ingin ikut pelatihan arsip digital.", at=now - 55 * DAY)


def _mark(plan, period: str, marks: tuple[Mark, Mark], note: str, lina: User, at):
    result, behaviour = marks
    return appraisal.assess(
        plan, period, result=result, behaviour=behaviour, note=note, by=lina, at=at, today=at.date()
    )


def _survey(year: AppraisalYear, asri: Employee, pia: User, rng: Random, now) -> None:
    """Everybody answers about everybody, nine visitors about Asri; then nobody knows any more who said what."""
    made = feedback.open_round(year, days=14, by=pia, at=now - 20 * DAY)
    during = now - 10 * DAY
    for rater in FeedbackRater.objects.filter(round=made):
        feedback.answer(rater, [rng.randint(3, 5) for _mark in range(7)], at=during)
    for code in feedback.make_codes(made, asri, n=9, at=during):
        feedback.answer(feedback.by_code(code, during), [rng.randint(3, 5) for _mark in range(7)], at=during)
    feedback.close_due(now - 6 * DAY)
    made.refresh_from_db()
    words = "Saya senang rekan menilai kerja sama saya baik. Saya akan belajar arsip digital."
    feedback.reply(made, asri, words, at=now - 5 * DAY)


def _boxes(year: AppraisalYear, team: list[Employee], pia: User, rudi: User, *, at) -> None:
    """Pia places the whole team from the predicate and three inputs, Rudi seals; the public reads counts."""
    talents = talent.prepare(year, by=pia, at=at)
    for turn, one in enumerate(team):
        competence, past, learning = INPUTS[turn % len(INPUTS)]
        talent.place(
            talents, one, competence=competence, record=past, learning=learning, ground="Asesmen 800/31 (contoh)",
            by=pia, at=at,
        )  # fmt: skip
    talent.seal(talents, by=rudi, at=at)
