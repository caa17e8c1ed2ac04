"""The own score of a test that counts beside the thresholds of its stage. No verdict: that is the announcement's."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from exams.models import Seat
from lib import rulepack_files


@dataclass(frozen=True)
class Line:
    """A value on the scale of the stage: `most` there is to reach, `needed` where the rule has a threshold."""

    label: str
    value: Decimal
    most: Decimal | None = None
    needed: Decimal | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.needed is None else self.value >= self.needed


def of(seat: Seat, values: Mapping[str, Decimal]) -> tuple[list[Line], str]:
    """The components that the test gave values for, then sums and total where it covers all of theirs; and the kind
    of need, in words, whose thresholds these are (empty where there are none).

    Where a rule has several tiers the lowest is shown: who misses it passes none.
    """
    pack = rulepack_files.load(seat.test.session.stage.recruitment.rulepack)
    rule = pack.stage(seat.test.session.stage.rule)
    need = seat.application.formation.need
    given = _thresholds(rule, need)
    found = [
        Line(one["label"], values[one["key"]], Decimal(str(one["max"])), _least(given, one["key"]))
        for one in rule["components"]
        if one["key"] in values
    ]
    labels = {one["key"]: one["label"] for one in rule["components"]}
    sums = dict(rule.get("sums", {})) | {"total": [one["component"] for one in rule.get("parts", [])] or list(labels)}
    for name, keys in sums.items():
        if name in given and values.keys() >= set(keys):
            label = _("Jumlah") if name == "total" else " + ".join(labels[key] for key in keys)
            found.append(Line(label, sum(values[key] for key in keys), needed=_least(given, name)))
    told = any(line.needed is not None for line in found)
    return found, pack.body["needs"].get(need, need) if told else ""


def _thresholds(rule: dict, need: str) -> dict:
    table = rule.get("thresholds") or {}
    given = table.get(need, table.get("*", {}))
    return given[-1] if isinstance(given, list) else given


def _least(given: dict, key: str) -> Decimal | None:
    return None if given.get(key) is None else Decimal(str(given[key]))
