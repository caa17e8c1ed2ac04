"""Why somebody's result is what it is, in words and with their own numbers."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib import rulepack_files
from selection import verdicts
from selection.models import Outcome, ReviewItem
from selection.queries import review_behind

CRITERIA = {
    "final": gettext_lazy("nilai akhir"),
    "tier": gettext_lazy("kelompok ambang batas"),
    "closed:ipk": gettext_lazy("IPK"),
    "closed:birth_date": gettext_lazy("usia"),
}


@dataclass
class Explanation:
    """What the page shows: a sentence, the person's values beside their limits, and what decided."""

    sentence: str
    code: str
    values: list[dict] = field(default_factory=list)
    total: Decimal | None = None
    final: Decimal | None = None
    rank: int | None = None
    places: int | None = None
    decided: str = ""
    distance: str = ""
    rule: str = ""
    decrees: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def explain(outcome: Outcome) -> Explanation:
    """The explanation of `outcome` for the person it is about; reads the rule pack that made it."""
    stage = outcome.set.stage
    pack = rulepack_files.load(outcome.set.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
    found = Explanation(
        pack.sentence(outcome.code), outcome.code, total=outcome.total, final=outcome.final, rank=outcome.rank
    )
    found.rule = pack.body["title"]
    found.decrees = [one["number"] for one in pack.body["decrees"]]
    if outcome.decided_by == verdicts.GRANTED:
        found.decided = _("Berkas Anda dibuka kembali karena sanggah yang dikabulkan; dua orang lain memutusnya.")
        return found
    if rule["kind"] == "review":
        review = review_behind(outcome)
        if outcome.decided_by == verdicts.CHECKED_AGAIN and review:
            found.decided = _(
                "Berkas Anda diperiksa ulang karena temuan pengawas %(number)s. "
                "Dua pemeriksa yang belum pernah menilainya sepakat tanpa saling melihat."
            ) % {"number": review.reopening.recheck.cause}
        items = ReviewItem.objects.filter(review=review, met=False).select_related("requirement", "reason")
        found.reasons = [
            f"{item.requirement.text}: {item.reason.text}" + (f" ({item.detail})" if item.detail else "")
            for item in items
        ]
        return found
    given = (rule.get("thresholds") or {}).get(outcome.group) or (rule.get("thresholds") or {}).get("*") or {}
    threshold = given[-1] if isinstance(given, list) else given
    for component, value in zip(rule["components"], outcome.values, strict=True):
        minimum = threshold.get(component["key"])
        found.values.append(
            {
                "label": component["label"],
                "value": value,
                "max": component["max"],
                "minimum": minimum,
                "met": minimum is None or (value is not None and value >= Decimal(str(minimum))),
            }
        )
    own = dict(zip((one["key"] for one in rule["components"]), outcome.values, strict=True))
    labels = {one["key"]: one["label"] for one in rule["components"]}
    for name, keys in rule.get("sums", {}).items():
        if threshold.get(name) is not None:
            value, minimum = sum(own[key] or 0 for key in keys), Decimal(str(threshold[name]))
            label = " + ".join(labels[key] for key in keys)
            found.values.append(
                {"label": label, "value": value, "max": None, "minimum": minimum, "met": value >= minimum}
            )
    if threshold.get("total") is not None and outcome.total is not None:
        minimum = Decimal(str(threshold["total"]))
        found.values.append(
            {
                "label": _("Jumlah"),
                "value": outcome.total,
                "max": None,
                "minimum": minimum,
                "met": outcome.total >= minimum,
            }
        )
    if rule.get("multiplier"):
        found.places = rule["multiplier"] * outcome.formation.quota
    found.decided = _decided(outcome, rule)
    found.distance = _shortfall(outcome, found.values) or _distance(outcome)
    return found


def _decided(outcome: Outcome, rule: dict) -> str:
    by = outcome.decided_by
    labels = {component["key"]: component["label"] for component in rule["components"]}
    if by.startswith("threshold:"):
        name = by.removeprefix("threshold:")
        return _("Nilai %(name)s Anda di bawah ambang batas.") % {"name": labels.get(name, _("jumlah"))}
    simple = {
        "absent": _("Anda tercatat tidak hadir."),
        "all_fit": _("Semua yang memenuhi ambang batas pada formasi ini masuk kuota."),
        "no_limit": _("Tahap ini tidak membatasi jumlah."),
        "equal_on_limit": _("Nilai Anda sama dengan peserta pada batas kuota, dan semua yang sama ikut lanjut."),
    }
    if by in simple:
        return simple[by]
    if by.startswith("status:"):
        return ""
    return _("Yang menentukan di garis batas adalah %(name)s.") % {"name": labels.get(by, CRITERIA.get(by, by))}


def _shortfall(outcome: Outcome, values: list[dict]) -> str:
    """Of somebody below a minimum: how many points each value lacks."""
    if not outcome.decided_by.startswith("threshold:"):
        return ""
    lacking = [
        _("%(name)s kurang %(n)s") % {"name": one["label"], "n": _number(Decimal(str(one["minimum"])) - one["value"])}
        for one in values
        if not one["met"] and one["value"] is not None
    ]
    return f"{', '.join(lacking)}." if lacking else ""


def _number(value: Decimal) -> str:
    """15,5, not 15.500."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _distance(outcome: Outcome) -> str:
    """How far the final value lies from the nearest one on the other side of the cut."""
    if outcome.final is None or outcome.rank is None:
        return ""
    others = Outcome.objects.filter(set=outcome.set, formation=outcome.formation, rank__isnull=False)
    if outcome.advances:
        nearest = others.filter(advances=False).order_by("rank").first()
        if nearest is None:
            return ""
        return _("Selisih nilai akhir Anda dengan peserta pertama di luar kuota: %(n)s.") % {
            "n": _number(outcome.final - nearest.final)
        }
    nearest = others.filter(advances=True).order_by("-rank").first()
    if nearest is None:
        return ""
    return _("Selisih nilai akhir Anda dengan peserta terakhir di dalam kuota: %(n)s.") % {
        "n": _number(nearest.final - outcome.final)
    }
