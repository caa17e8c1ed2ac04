"""The dry run before applying: met, not met, or cannot tell, clause by clause. Nothing is kept."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.indonesian_text import long_date
from vacancies.models import Requirement


class Verdict(TextChoices):
    MET = "met", gettext_lazy("Terpenuhi")
    NOT_MET = "not_met", gettext_lazy("Tidak terpenuhi")
    UNKNOWN = "unknown", gettext_lazy("Belum dapat dipastikan")


@dataclass(frozen=True)
class Answer:
    """One clause with its verdict, why, and the article or decree it rests on."""

    text: str
    verdict: Verdict
    why: str
    basis: str = ""


def clauses_of(formation) -> list[Requirement]:
    """The clauses (not documents) that hold for `formation`, in order."""
    return list(
        Requirement.objects.filter(
            Q(formation=None) | Q(formation=formation), recruitment=formation.recruitment_id, kind="clause"
        ).order_by("order")
    )


def check(formation, answers: dict, *, on: date) -> list[Answer]:
    """Each clause of `formation` against `answers` (keys of the dry-run form); ages are counted at `on`."""
    found = [_education(formation, answers)]
    if formation.ipk_min is not None:
        found.append(_ipk(_("IPK paling rendah"), formation.ipk_min, answers, ""))
    for clause in clauses_of(formation):
        found.append(_clause(clause, answers, on))
    return found


def _clause(clause: Requirement, answers: dict, on: date) -> Answer:
    if clause.check_name in ("age_min", "age_max"):
        return _age(clause, answers.get("birth_date"), on)
    if clause.check_name == "ipk_min":
        return _ipk(clause.text, Decimal(clause.limit.replace(",", ".")), answers, clause.basis)
    if clause.check_name == "yes":
        said = answers.get(f"yes_{clause.pk}")
        verdict = {"ya": Verdict.MET, "tidak": Verdict.NOT_MET}.get(said, Verdict.UNKNOWN)
        return Answer(clause.text, verdict, "" if said else _("Belum dijawab."), clause.basis)
    return Answer(clause.text, Verdict.UNKNOWN, _("Diperiksa petugas dari dokumen Anda."), clause.basis)


def _education(formation, answers: dict) -> Answer:
    pairs = {(one.level, one.program) for one in formation.qualifications.all()}
    text = _("Pendidikan sesuai formasi")
    level, program = answers.get("level"), answers.get("program")
    if not level or not program:
        return Answer(text, Verdict.UNKNOWN, _("Belum dijawab."))
    if (level, program) in pairs:
        return Answer(text, Verdict.MET, f"{level}, {program}")
    return Answer(text, Verdict.NOT_MET, _("Lowongan ini meminta jenjang dan program studi yang tertulis di atas."))


def _age(clause: Requirement, born: date | None, on: date) -> Answer:
    if born is None:
        return Answer(clause.text, Verdict.UNKNOWN, _("Belum dijawab."), clause.basis)
    years = age(born, on)
    met = years >= int(clause.limit) if clause.check_name == "age_min" else years <= int(clause.limit)
    why = _("Usia Anda %(years)s tahun pada %(day)s.") % {"years": years, "day": long_date(on)}
    return Answer(clause.text, Verdict.MET if met else Verdict.NOT_MET, why, clause.basis)


def age(born: date, on: date) -> int:
    """Completed years at `on`."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _ipk(text: str, minimum: Decimal, answers: dict, basis: str) -> Answer:
    ipk = answers.get("ipk")
    if ipk is None:
        return Answer(text, Verdict.UNKNOWN, _("Belum dijawab."), basis)
    why = _("IPK Anda %(own)s, paling rendah %(least)s.") % {
        "own": f"{ipk:.2f}".replace(".", ","),
        "least": f"{minimum:.2f}".replace(".", ","),
    }
    return Answer(text, Verdict.MET if ipk >= minimum else Verdict.NOT_MET, why, basis)
