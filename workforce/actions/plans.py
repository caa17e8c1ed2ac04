"""A performance plan: the employee writes and proposes, the superior agrees or gives it back with words."""

from django.db import transaction
from django.utils.translation import gettext as _

from workforce.models import AppraisalYear, Employee, Evidence, Plan, PlanStep, ReportingLine
from workforce.plan_states import PlanState, allows


class NotPossible(Exception):
    """The plan stays as it is; the message says why."""


def superior_for(employee: Employee) -> Employee | None:
    """The superior of the line in force, or nobody."""
    line = ReportingLine.objects.standing().filter(employee=employee).select_related("superior").first()
    return line.superior if line else None


@transaction.atomic(durable=True)
def begin(employee: Employee, year: AppraisalYear, *, at) -> Plan:
    """The plan of this year, empty at first. Twice is once. Raises NotPossible."""
    found = Plan.objects.filter(employee=employee, year=year).first()
    if found:
        return found
    if year.closed_at:
        raise NotPossible(_("Tahun ini sudah ditutup."))
    return Plan.objects.create(employee=employee, year=year, begun_at=at)


@transaction.atomic(durable=True)
def write(plan: Plan, *, results: list[dict], behaviour: dict[str, str]) -> Plan:
    """Keep the words of a plan that is being written. Locks it. Raises NotPossible."""
    plan = _locked(plan)
    if plan.state != PlanState.DRAFT:
        raise NotPossible(_("Rencana ini sudah dikirim. Tarik dahulu bila ingin mengubahnya."))
    plan.results, plan.behaviour = results, behaviour
    plan.save(update_fields=["results", "behaviour"])
    return plan


@transaction.atomic(durable=True)
def propose(plan: Plan, *, by, at) -> Plan:
    """Send it to the superior. Raises NotPossible while something is missing."""
    plan = _locked(plan)
    if not plan.results or len(plan.behaviour) < 7:
        raise NotPossible(_("Tulis paling sedikit satu hasil kerja, dan perilaku untuk setiap nilai dasar."))
    superior = superior_for(plan.employee)
    if superior is None:
        raise NotPossible(_("Atasan Anda belum ditetapkan. Hubungi kantor kepegawaian."))
    return _step(plan, PlanState.PROPOSED, by=by, at=at)


@transaction.atomic(durable=True)
def take_back(plan: Plan, *, by, at) -> Plan:
    """The employee goes on writing before the superior answered."""
    plan = _locked(plan)
    if plan.state != PlanState.PROPOSED:
        raise NotPossible(_("Rencana ini tidak sedang menunggu persetujuan."))
    return _step(plan, PlanState.DRAFT, by=by, at=at)


@transaction.atomic(durable=True)
def agree(plan: Plan, *, note: str = "", by, at) -> Plan:
    """The superior agrees; from now on the plan is assessed. Raises NotPossible."""
    plan = _locked(plan)
    _is_superior(plan, by)
    return _step(plan, PlanState.AGREED, note=note, by=by, at=at)


@transaction.atomic(durable=True)
def give_back(plan: Plan, *, note: str, by, at) -> Plan:
    """The superior wants it changed, before or after the agreement, and says why. Raises NotPossible."""
    plan = _locked(plan)
    _is_superior(plan, by)
    if not note.strip():
        raise NotPossible(_("Tulis apa yang perlu diubah."))
    return _step(plan, PlanState.DRAFT, note=note, by=by, at=at)


@transaction.atomic(durable=True)
def add_evidence(plan: Plan, *, text: str, link: str, at) -> Evidence:
    """What was done, for an agreed plan of an open year. Raises NotPossible."""
    plan = _locked(plan)
    if plan.state != PlanState.AGREED:
        raise NotPossible(_("Bukti ditambahkan setelah rencana disepakati."))
    return Evidence.objects.create(plan=plan, text=text, link=link, at=at)


def is_superior(plan: Plan, user) -> bool:
    """Whether `user` is the superior of the line in force."""
    superior = superior_for(plan.employee)
    return superior is not None and superior.user_id == user.pk and superior.pk != plan.employee_id


def _is_superior(plan: Plan, by) -> None:
    if not is_superior(plan, by):
        raise NotPossible(_("Hanya atasan menurut garis pelaporan yang dapat melakukan ini."))


def _locked(plan: Plan) -> Plan:
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("employee", "year").get(pk=plan.pk)
    if plan.year.closed_at:
        raise NotPossible(_("Tahun ini sudah ditutup."))
    return plan


def _step(plan: Plan, to: PlanState, *, note: str = "", by, at) -> Plan:
    if not allows(plan.state, to):
        raise NotPossible(_("Langkah ini tidak cocok dengan keadaan rencana sekarang."))
    plan.state, plan.agreed_by = to, by if to == PlanState.AGREED else None
    plan.save(update_fields=["state", "agreed_by"])
    content = {"results": plan.results, "behaviour": plan.behaviour}
    PlanStep.objects.create(plan=plan, state=to, content=content, note=note.strip(), by=by, at=at)
    return plan
