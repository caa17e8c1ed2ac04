"""Which components the score files of a stage carry, which come from tests of the portal, and which are missing yet."""

from lib import rulepack_files
from selection.models import ScoreBatch, TestedComponent


def own(stage, rule: dict) -> set[str]:
    """The components that no earlier stage can give: those this stage's own scores carry."""
    known = {one.rule for one in stage.recruitment.stages.filter(order__lt=stage.order).exclude(rule="")}
    pack = rulepack_files.load(stage.recruitment.rulepack)
    for name in list(known):
        known |= {component["key"] for component in pack.stage(name).get("components", [])}
    return {component["key"] for component in rule["components"]} - known


def tested(stage) -> set[str]:
    """The components that tests of the portal measure for this stage."""
    return set(TestedComponent.objects.filter(stage=stage).values_list("component", flat=True))


def lacking(stage, rule: dict, waiting: ScoreBatch | None = None) -> list[str]:
    """The own components, in the order of the rule, that neither a file in force nor the `waiting` one carries."""
    carried = set(waiting.components) if waiting else set()
    for components in stage.batches.filter(state=ScoreBatch.State.APPROVED).values_list("components", flat=True):
        carried.update(components)
    wanted = own(stage, rule) - carried
    return [one["key"] for one in rule["components"] if one["key"] in wanted]


def of_a_file(stage) -> tuple[str, str]:
    """By their labels: what a file from outside has to carry, and what tests of the portal measure ("" for nothing)."""
    from_tests = tested(stage)
    if not from_tests:
        return "", ""
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule)
    return labels(rule, own(stage, rule) - from_tests), labels(rule, from_tests)


def of_batch(batch: ScoreBatch) -> str:
    """What a score file carries, by labels."""
    rule = rulepack_files.load(batch.stage.recruitment.rulepack).stage(batch.stage.rule)
    return labels(rule, batch.components)


def labels(rule: dict, keys) -> str:
    """What people call these components, in the order of the rule: "Teknis, Wawancara"."""
    return ", ".join(one["label"] for one in rule["components"] if one["key"] in set(keys))
