"""Which components a panel scores: those that a stage's own score file must carry."""

from decimal import Decimal

from lib import rulepack_files

HUNDRED = Decimal(100)


def ranked_stages(recruitment) -> list:
    """The stages of `recruitment` that rank, in their order, each with `rule_body`, its rule in the pack."""
    pack = rulepack_files.load(recruitment.rulepack)
    found = []
    for stage in recruitment.stages.exclude(rule="").order_by("order"):
        stage.rule_body = pack.stage(stage.rule)
        if stage.rule_body["kind"] == "rank":
            found.append(stage)
    return found


def scored_in(stage, stages: list) -> list[dict]:
    """The components that come into being at `stage`: key, label, max, decimals; without those of earlier stages."""
    earlier = {c["key"] for one in stages if one.order < stage.order for c in one.rule_body["components"]}
    return [c for c in stage.rule_body["components"] if c["key"] not in earlier]


def scored(recruitment) -> dict[str, str]:
    """Key → label of every component that people score in `recruitment`, in the order of the stages."""
    stages = ranked_stages(recruitment)
    return {c["key"]: c["label"] for stage in stages for c in scored_in(stage, stages)}


def weights(recruitment) -> list[tuple[str, Decimal]]:
    """(label, weight in per cent) of the last ranked stage; empty where it has none."""
    stages = ranked_stages(recruitment)
    if not stages:
        return []
    labels = {c["key"]: c["label"] for c in stages[-1].rule_body["components"]}
    return [(labels[p["component"]], Decimal(str(p["weight"]))) for p in stages[-1].rule_body.get("parts", ())]


def weights_fit(recruitment) -> bool:
    """Whether the weights add up to 100, or there are none."""
    found = weights(recruitment)
    return not found or sum(weight for _label, weight in found) == HUNDRED
