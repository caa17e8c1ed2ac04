"""Talents of a closed year: one officer places people by what is known, another seals; then the pools are counted."""

from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from workforce.actions import appraisal
from workforce.aggregates import told
from workforce.models import AppraisalYear, Employee, Plan, TalentList, TalentPlacement
from workforce.talent_boxes import MIDDLE_POOL, OTHERS, POOL, box_of, group_of, potential_of


class NotPossible(Exception):
    """The list stays as it is; the message says why."""


@transaction.atomic(durable=True)
def prepare(year: AppraisalYear, *, by, at) -> TalentList:
    """The list of a closed year; twice is once. Raises NotPossible."""
    if year.closed_at is None:
        raise NotPossible(_("Tutup dahulu tahun kinerjanya."))
    return TalentList.objects.get_or_create(year=year, defaults={"prepared_by": by, "prepared_at": at})[0]


@transaction.atomic(durable=True)
def place(
    talents: TalentList, employee: Employee, *, competence: int, record: int, learning: int, ground: str, by, at
) -> TalentPlacement:
    """One more version of where a person is; box and potential follow from the inputs. Locks the list."""
    talents = TalentList.objects.select_for_update(no_key=True).get(pk=talents.pk)
    if talents.sealed_at:
        raise NotPossible(_("Daftar ini sudah dikunci."))
    if employee.user_id == by.pk:
        raise NotPossible(_("Anda tidak dapat menempatkan diri sendiri."))
    plan = Plan.objects.filter(employee=employee, year=talents.year_id).first()
    found = appraisal.newest([plan]).get(plan.pk) if plan else None
    if found is None:
        raise NotPossible(_("Orang ini tidak punya penilaian setahun penuh untuk tahun ini."))
    potential = potential_of(competence, record, learning)
    return TalentPlacement.objects.create(
        list=talents, employee=employee, version=1 + talents.placements.filter(employee=employee).count(),
        predicate=found.predicate, competence=competence, record=record, learning=learning, ground=ground,
        potential=potential, box=box_of(found.predicate, potential), by=by, at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def seal(talents: TalentList, *, by, at) -> TalentList:
    """Nothing of the list changes any more; its pools are counted for everybody. Raises NotPossible."""
    talents = TalentList.objects.select_for_update(no_key=True).get(pk=talents.pk)
    if talents.sealed_at:
        raise NotPossible(_("Daftar ini sudah dikunci."))
    if talents.prepared_by_id == by.pk or talents.placements.filter(by=by).exists():
        raise NotPossible(_("Anda ikut menyusun daftar ini. Minta rekan lain menguncinya."))
    talents.sealed_by, talents.sealed_at = by, at
    talents.save(update_fields=["sealed_by", "sealed_at"])
    return talents


def newest_of(talents: TalentList) -> dict[int, TalentPlacement]:
    """The placement that counts, by employee."""
    return {one.employee_id: one for one in talents.placements.select_related("employee").order_by("version")}


def pools(talents: TalentList) -> list[tuple[str, int | None]]:
    """How many are in each of three groups, rounded; None where it would point at somebody. Sealed lists alone."""
    if talents.sealed_at is None:
        return []
    counts = Counter(group_of(one.box) for one in newest_of(talents).values())
    groups = [str(POOL), str(MIDDLE_POOL), str(OTHERS)]
    return list(zip(groups, told(counts, groups), strict=True))
