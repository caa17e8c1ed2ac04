"""A year of performance: lines, plans, assessments by the table, and who may do or read what."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from tests.parts import make_user
from tests.workforce.appraising import BEHAVIOUR, RESULTS, Office
from tests.workforce.serving import BACKEND, an_employee
from tests.workforce.test_panel_pages import browser
from workforce.actions import appraisal, erasure, lines, plans, shielding
from workforce.models import (
    AppraisalYear,
    Assessment,
    Employee,
    Evidence,
    Plan,
    PlanStep,
    Predicate,
    ReportingLine,
)
from workforce.plan_states import PlanState, allows
from workforce.predicate import TABLE, Mark

# By hand from PermenPANRB 6/2022, not read from the code: rows work result, columns behaviour above, as, below.
BY_HAND = {
    "di_atas": ["sangat_baik", "baik", "kurang"],
    "sesuai": ["baik", "baik", "kurang"],
    "di_bawah": ["butuh_perbaikan", "butuh_perbaikan", "sangat_kurang"],
}


@pytest.fixture
def office(db):
    return Office()


def refused(action, words: str) -> bool:
    """Whether the database itself refuses `action`, saying `words`."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        action()
    return True


# --- the table ----------------------------------------------------------------------------------


def test_the_predicate_follows_the_table_of_the_regulation():
    for result, row in BY_HAND.items():
        for behaviour, predicate in zip(("di_atas", "sesuai", "di_bawah"), row, strict=True):
            assert TABLE[Mark(result), Mark(behaviour)] == predicate
    assert len(TABLE) == 9


@pytest.mark.parametrize("result", Mark)
@pytest.mark.parametrize("behaviour", Mark)
def test_the_database_takes_no_predicate_but_that_of_the_table(office, result, behaviour):
    plan = office.agreed()

    def put(predicate):
        Assessment.objects.create(
            plan=plan, period="tahun", result=result, behaviour=behaviour, predicate=predicate, note="x",
            assessor=office.people["lia"], by=office.users["lia"], at=office.at,
        )  # fmt: skip

    right = TABLE[result, behaviour]
    for wrong in set(Predicate) - {right}:
        assert refused(lambda wrong=wrong: put(wrong), "by_the_table")
    put(right)


# --- lines --------------------------------------------------------------------------------------


def test_a_line_is_in_force_when_a_second_officer_confirmed_it(office):
    ani, budi = office.people["ani"], office.people["budi"]
    line = lines.declare(ani, budi, basis="SK 1", by=office.pia, at=office.at)
    assert plans.superior_for(ani) == office.people["lia"]
    with pytest.raises(lines.NotDeclared, match="rekan lain"):
        lines.confirm(line, by=office.pia, at=office.at)

    lines.confirm(line, by=office.rudi, at=office.at)

    assert plans.superior_for(ani) == budi
    assert ani.lines.standing().count() == 1


def test_nobody_is_their_own_superior_not_even_around_a_corner(office):
    ani, lia = office.people["ani"], office.people["lia"]
    with pytest.raises(lines.NotDeclared, match="dirinya sendiri"):
        lines.declare(ani, ani, basis="x", by=office.pia, at=office.at)
    fields = {"basis": "x", "declared_by": office.pia, "declared_at": office.at}
    assert refused(lambda: ReportingLine.objects.create(employee=lia, superior=lia, **fields), "line_to_somebody_else")

    line = lines.declare(lia, ani, basis="x", by=office.pia, at=office.at)
    with pytest.raises(lines.NotDeclared, match="berputar"):
        lines.confirm(line, by=office.rudi, at=office.at)

    assert plans.superior_for(lia) is None
    assert plans.superior_for(ani) == lia, "the line that stood before still stands"


def test_an_officer_declares_no_line_they_are_on_not_even_by_sql(office):
    rival = an_employee(user=office.pia, at=office.at, by=office.rudi)
    with pytest.raises(lines.NotDeclared, match="menyangkut Anda"):
        lines.declare(office.people["ani"], rival, basis="x", by=office.pia, at=office.at)

    fields = {"basis": "x", "declared_by": office.pia, "declared_at": office.at}
    assert refused(
        lambda: ReportingLine.objects.create(employee=office.people["ani"], superior=rival, **fields),
        "a line they are on",
    )
    line = office.people["ani"].lines.get()
    assert refused(lambda: ReportingLine.objects.filter(pk=line.pk).update(superior=rival), "in no other way")
    assert refused(
        lambda: ReportingLine.objects.create(
            employee=rival, superior=office.people["lia"], basis="x", declared_by=office.rudi, declared_at=office.at,
            confirmed_by=office.pia, confirmed_at=office.at,
        ),
        "declared first",
    )  # fmt: skip


# --- the plan -----------------------------------------------------------------------------------


def test_a_plan_is_agreed_by_the_superior_and_each_step_keeps_how_it_read(office):
    plan = office.agreed()
    plans.give_back(plan, note="Target terlalu rendah", by=office.users["lia"], at=office.at)
    higher = [RESULTS[0] | {"target": "2"}]
    plans.write(plan, results=higher, behaviour=BEHAVIOUR)
    plans.propose(plan, by=office.users["ani"], at=office.at)
    plans.agree(plan, by=office.users["lia"], at=office.at)

    steps = list(PlanStep.objects.filter(plan=plan))

    assert [one.state for one in steps] == ["proposed", "agreed", "draft", "proposed", "agreed"]
    assert [one.content["results"][0]["target"] for one in steps] == ["3", "3", "3", "2", "2"]
    assert steps[2].note == "Target terlalu rendah"
    assert refused(lambda: PlanStep.objects.update(note="lain"), "append-only")


def test_a_plan_without_results_or_with_a_missing_value_is_not_sent(office):
    plan = plans.begin(office.people["ani"], office.year, at=office.at)
    for results, behaviour in (([], BEHAVIOUR), (RESULTS, {"loyal": "x"})):
        plans.write(plan, results=results, behaviour=behaviour)
        with pytest.raises(plans.NotPossible, match="paling sedikit"):
            plans.propose(plan, by=office.users["ani"], at=office.at)


@pytest.mark.parametrize("old", PlanState)
@pytest.mark.parametrize("new", PlanState)
def test_the_database_takes_a_plan_along_the_table_and_no_other_way(office, old, new):
    plan = plans.begin(office.people["ani"], office.year, at=office.at)
    lia = office.users["lia"]
    for step in ([], [PlanState.PROPOSED], [PlanState.PROPOSED, PlanState.AGREED])[list(PlanState).index(old)]:
        Plan.objects.filter(pk=plan.pk).update(state=step, agreed_by=lia if step == "agreed" else None)

    def move():
        Plan.objects.filter(pk=plan.pk).update(state=new, agreed_by=lia if new == "agreed" else None)

    if old == new or allows(old, new):
        move()
        assert Plan.objects.get().state == new
    else:
        assert refused(move, "Invalid transition")


def test_an_agreed_plan_is_not_rewritten_by_anybody(office):
    plan = office.agreed()
    with pytest.raises(plans.NotPossible, match="sudah dikirim"):
        plans.write(plan, results=[], behaviour={})

    assert refused(lambda: Plan.objects.filter(pk=plan.pk).update(results=[]), "only while it is written")


# --- the assessment -----------------------------------------------------------------------------


def test_a_change_is_a_new_version_with_a_reason_and_the_person_reads_and_answers_both(office, client):
    plan = office.agreed()
    first = office.assess(plan, "tw1", "di_bawah", "sesuai", note="Kurang cepat")
    with pytest.raises(plans.NotPossible, match="alasan"):
        office.assess(plan, "tw1", "sesuai", "sesuai")
    office.assess(plan, "tw1", "sesuai", "sesuai", reason="Bukti baru masuk")
    appraisal.reply(first, "Loket tutup dua minggu", at=office.at)
    client.force_login(office.users["ani"], backend=BACKEND)

    page = client.get(reverse("my_appraisal", args=[2025])).content.decode()

    for words in ("Kurang cepat", "Bukti baru masuk", "Loket tutup dua minggu", "diganti", "berlaku"):
        assert words in page
    assert refused(lambda: Assessment.objects.update(predicate="sangat_baik"), "append-only")


def test_a_period_is_not_assessed_before_most_of_it_has_passed(office):
    plan = office.agreed()
    with pytest.raises(plans.NotPossible, match="belum dapat dinilai"):
        office.assess(plan, "tw4", today=date(2025, 11, 30))
    assert office.assess(plan, "tw4", today=date(2025, 12, 1)).predicate == "baik"


def test_predicates_reach_the_profiles_all_at_once_when_a_second_officer_closes_the_year(office):
    for name in ("ani", "budi"):
        office.assess(office.agreed(name), result="di_atas")
    assert set(Employee.objects.values_list("skp", flat=True)) == {""}
    with pytest.raises(plans.NotPossible, match="rekan lain"):
        appraisal.close_year(office.year, by=office.pia, at=office.at)

    assert appraisal.close_year(office.year, by=office.rudi, at=office.at) == 2

    assert {one.name: one.skp for one in Employee.objects.exclude(skp="")} == {
        "Ani": "sangat_baik",
        "Budi": "sangat_baik",
    }
    plan = Plan.objects.get(employee=office.people["ani"])
    with pytest.raises(plans.NotPossible):
        office.assess(plan, reason="Berubah pikiran")
    assert refused(lambda: AppraisalYear.objects.update(closed_at=None, closed_by=None), "closed once")


# --- attacks ------------------------------------------------------------------------------------


def raw(office, plan, **fields):
    """An assessment written past every action, as somebody with the web role's rights would."""
    given = {"plan": plan, "period": "tahun", "result": "di_bawah", "behaviour": "di_bawah",
             "predicate": "sangat_kurang", "note": "x", "at": office.at} | fields  # fmt: skip
    return Assessment.objects.create(**given)


def test_a_rival_colleague_assesses_nobody_in_no_way(office, client):
    plan, budi = office.agreed(), office.users["budi"]
    with pytest.raises(plans.NotPossible, match="Hanya atasan"):
        office.assess(plan, by="budi")
    with pytest.raises(plans.NotPossible, match="Hanya atasan"):
        plans.give_back(plan, note="x", by=budi, at=office.at)

    assert refused(lambda: raw(office, plan, assessor=office.people["budi"], by=budi), "superior of the declared line")
    assert refused(lambda: raw(office, plan, assessor=office.people["lia"], by=budi), "superior of the declared line")
    client.force_login(budi, backend=BACKEND)
    address = reverse("team_appraisal", args=[plan.pk])
    assert client.get(address).status_code == client.post(address, {"do": "give_back", "note": "x"}).status_code == 404
    assert not Assessment.objects.exists()


def test_a_superior_under_a_shield_is_named_to_nobody_whom_they_assessed(office, client):
    office.assess(office.agreed(), "tw1", "sesuai", "sesuai")
    pages = [reverse("my_appraisal_list"), reverse("my_appraisal", args=[2025])]
    client.force_login(office.users["ani"], backend=BACKEND)
    assert all("Lia" in client.get(page).text for page in pages)

    shielding.place(office.people["lia"], ground="threat", by=office.pia, at=office.at)

    for page in pages:
        shown = client.get(page).text
        assert "Lia" not in shown and "nama dilindungi" in shown


def test_a_superior_neither_assesses_nor_agrees_for_the_own_plan(office):
    lia = office.people["lia"]
    plan = plans.begin(lia, office.year, at=office.at)
    plans.write(plan, results=RESULTS, behaviour=BEHAVIOUR)
    with pytest.raises(plans.NotPossible, match="belum ditetapkan"):
        plans.propose(plan, by=office.users["lia"], at=office.at)
    Plan.objects.filter(pk=plan.pk).update(state="proposed")
    with pytest.raises(plans.NotPossible, match="Hanya atasan"):
        plans.agree(plan, by=office.users["lia"], at=office.at)
    assert refused(
        lambda: Plan.objects.filter(pk=plan.pk).update(state="agreed", agreed_by=office.users["lia"]),
        "agreed by the superior",
    )


def test_a_bribed_superior_changes_nothing_unseen_and_nothing_after_the_end(office):
    plan = office.agreed()
    office.assess(plan)
    office.assess(plan, result="di_bawah", behaviour="di_bawah", reason="Diminta seseorang")
    kept = list(Assessment.objects.order_by("version").values_list("version", "predicate", "reason"))
    assert kept == [(1, "baik", ""), (2, "sangat_kurang", "Diminta seseorang")]
    appraisal.close_year(office.year, by=office.rudi, at=office.at)

    late = {"version": 3, "reason": "x", "assessor": office.people["lia"], "by": office.users["lia"]}
    assert refused(lambda: raw(office, plan, **late), "an open year")
    assert refused(lambda: Plan.objects.filter(pk=plan.pk).update(state="draft", agreed_by=None), "year is closed")


def test_twin_without_its_trigger_the_rival_gets_through(office):
    plan = office.agreed()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'workforce_assessment'::regclass AND tgname LIKE '%by_the_superior%'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE workforce_assessment DISABLE TRIGGER "{name}"')

    raw(office, plan, assessor=office.people["budi"], by=office.users["budi"])

    assert Assessment.objects.get().by == office.users["budi"]


def test_a_curious_neighbour_reads_no_plan_no_mark_and_no_evidence(office, client):
    plan = office.agreed()
    plans.add_evidence(plan, text="Bukti sentinel", link="", at=office.at)
    office.assess(plan, note="Umpan sentinel", result="di_bawah")
    ani = office.people["ani"]
    for user in (office.users["budi"], make_user("warga@umum.example"), None):
        client.logout()
        if user:
            client.force_login(user, backend=BACKEND)
        seen = [
            client.get(address, follow=True).content.decode()
            for address in (
                reverse("my_appraisal", args=[2025]), reverse("my_appraisal_list"), reverse("team_appraisal_list"),
                reverse("team_appraisal", args=[plan.pk]), reverse("profile", args=[ani.slug]),
                reverse("profile_json", args=[ani.slug]), reverse("unit_figures"), "/asn.json?q=Ani",
            )
        ]  # fmt: skip
        assert not [text for text in seen if "sentinel" in text or "Butuh perbaikan" in text]


def test_the_superior_before_a_new_line_loses_sight_of_the_plan(office, client):
    plan = office.agreed()
    address = reverse("team_appraisal", args=[plan.pk])
    client.force_login(office.users["lia"], backend=BACKEND)
    assert client.get(address).status_code == 200
    line = lines.declare(office.people["ani"], office.people["budi"], basis="SK 2", by=office.pia, at=office.at)
    lines.confirm(line, by=office.rudi, at=office.at)

    assert client.get(address).status_code == 404
    with pytest.raises(plans.NotPossible, match="Hanya atasan"):
        office.assess(plan)


# --- pages --------------------------------------------------------------------------------------


def test_the_whole_year_on_the_pages(office, client):
    mine = reverse("my_appraisal", args=[2025])
    client.force_login(office.users["ani"], backend=BACKEND)
    client.post(mine, {"do": "begin"})
    half = {"do": "send", "result1": "Akta terbit"} | BEHAVIOUR
    answer = client.post(mine, half)
    assert answer.status_code == 422 and "Isi ketiga kolom" in answer.content.decode()
    client.post(mine, half | {"indicator1": "hari kerja", "target1": "3"})
    assert Plan.objects.get().state == "proposed"
    assert client.get(mine)["Cache-Control"].startswith("private")

    client.force_login(office.users["lia"], backend=BACKEND)
    team = reverse("team_appraisal", args=[Plan.objects.get().pk])
    assert "Akta terbit" in client.get(team).content.decode()
    client.post(team, {"do": "agree", "note": "Baik"})
    assert Plan.objects.get().state == "agreed"

    client.force_login(office.users["ani"], backend=BACKEND)
    client.post(reverse("my_evidence_new", args=[2025]), {"text": "12 akta", "link": "https://kota.example/a"})
    assert client.post(reverse("my_evidence_new", args=[2025]), {"text": ""}).status_code == 422
    assert Evidence.objects.get().text == "12 akta"


def test_the_guidance_is_shown_and_changes_nothing(office, client):
    appraisal.rate_unit(office.year, office.unit, predicate="sangat_kurang", ground="SK", by=office.pia, at=office.at)
    appraisal.note_calibration(office.year, office.unit, text="Disamakan", by=office.pia, at=office.at)
    plan = office.agreed()
    assert office.assess(plan, result="di_atas").predicate == "sangat_baik", "against the guidance, and taken as it is"
    client.force_login(office.users["lia"], backend=BACKEND)

    page = client.get(reverse("team_appraisal_list")).content.decode()

    assert "tidak ada yang sangat baik" in page
    assert "tidak menolak nilai karena sebaran" in page
    assert "Disamakan" in page
    client.force_login(office.users["ani"], backend=BACKEND)
    assert "Disamakan" in client.get(reverse("my_appraisal", args=[2025])).content.decode()


def test_officers_open_declare_confirm_rate_and_close_and_give_no_marks(office):
    pia, rudi = browser(office.pia), browser(office.rudi)
    newcomer = an_employee(office.people["ani"].position, name="Dodi Baru", at=office.at, by=office.pia)
    pia.post(reverse("appraisal_desk_list"), {"year": "2026"})
    assert AppraisalYear.objects.filter(year=2026).exists()
    desk = reverse("reporting_line_desk")
    pia.post(desk, {"do": "structure"})
    waiting = ReportingLine.objects.waiting().get()
    assert waiting.employee == newcomer and "Dodi Baru" in rudi.get(desk).content.decode()
    pia.post(desk, {"do": "confirm", "line": [waiting.pk]})
    assert ReportingLine.objects.waiting().count() == 1
    rudi.post(desk, {"do": "confirm", "line": [waiting.pk, "x"]})
    assert plans.superior_for(newcomer) == office.people["lia"]
    answer = pia.post(desk, {"do": "declare", "employee": "tidakada", "superior": newcomer.slug, "basis": "x"})
    assert answer.status_code == 422

    year = reverse("appraisal_desk", args=[2025])
    pia.post(year, {"do": "rate", "rate-unit": office.unit.pk, "rate-predicate": "baik", "rate-ground": "SK"})
    pia.post(year, {"do": "note", "note-unit": office.unit.pk, "note-text": "Dibahas"})
    assert "Dibahas" in pia.get(year).content.decode()
    pia.post(year, {"do": "close"})
    assert AppraisalYear.objects.get(year=2025).closed_at is None
    rudi.post(year, {"do": "close"})
    assert AppraisalYear.objects.get(year=2025).closed_at


def test_the_pages_cost_the_same_for_three_people_and_for_many(db, client, django_assert_max_num_queries):
    office = Office(staff=tuple(f"orang{n}" for n in range(20)))
    for n in range(20):
        office.assess(office.agreed(f"orang{n}"))
    client.force_login(office.users["lia"], backend=BACKEND)

    with django_assert_max_num_queries(20):
        assert client.get(reverse("team_appraisal_list")).status_code == 200


def test_an_erasure_takes_the_plan_and_everything_said_about_it(office):
    plan = office.agreed()
    appraisal.reply(office.assess(plan), "Kata saya", at=office.at)
    plans.add_evidence(plan, text="Bukti", link="", at=office.at)

    with transaction.atomic():
        erasure.forget([office.people["ani"].pk], at=office.at)

    assert not Plan.objects.exists()
    assert not Assessment.objects.exists()


def test_a_plan_of_a_second_kind_for_the_same_year_is_refused(office):
    office.agreed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(employee=office.people["ani"], year=office.year, begun_at=office.at)
