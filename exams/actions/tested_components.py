"""Which components of a stage its tests measure: taken when a test is sealed, given back when none was ever opened."""

from django.db import transaction
from django.utils.translation import gettext as _

from exams.actions.live_sessions import components_of
from exams.models import Blueprint, LocalTest
from lib import rulepack_files
from selection.models import ScoreBatch, TestedComponent
from selection.score_files import parts
from vacancies.models import Recruitment, Stage

JUDGED_BY_A_PANEL = (Recruitment.Kind.JPT, Recruitment.Kind.PROMOTION)


class NotFree(Exception):
    """These components cannot be tested here; the words say why, and what to do."""


def measured(blueprint: Blueprint) -> list[str]:
    """The components of the stage's rule that a format measures, in the order of its parts."""
    return list(dict.fromkeys(one.scores_as or one.component for one in blueprint.parts.all()))


def free(stage) -> dict[str, str]:
    """The components that a test of `stage` may measure: key to label. None where a panel judges."""
    if stage.recruitment.kind in JUDGED_BY_A_PANEL or not (rule := _rule(stage)):
        return {}
    own = parts.own(stage, rule)
    return {one["key"]: one["label"] for one in rule["components"] if one["key"] in own}


def in_words(test: LocalTest) -> tuple[str, str]:
    """What a test measures, and what else the stage's own files have to bring ("" for nothing), by their labels."""
    stage, keys = test.session.stage, set(measured(test.blueprint))
    rule = _rule(stage)
    return parts.labels(rule, keys), parts.labels(rule, parts.own(stage, rule) - keys)


def take(stage, keys: list[str], *, at) -> None:
    """From here on these components come from tests alone. Inside a transaction that holds the stage locked.

    Raises NotFree: a panel judges, an earlier stage gives them, a file carries them, or another test of the stage
    measures others.
    """
    if stage.recruitment.kind in JUDGED_BY_A_PANEL:
        raise NotFree(_("Nilai seleksi ini berasal dari lembar panel, bukan dari ujian di portal."))
    rule, known = _rule(stage), free(stage)
    if earlier := [key for key in keys if key not in known]:
        words = _("Nilai %(parts)s berasal dari tahap sebelumnya. Yang dapat diuji: %(known)s.")
        raise NotFree(words % {"parts": parts.labels(rule, earlier), "known": ", ".join(known)})
    if taken := parts.tested(stage):
        if taken != set(keys):
            words = _("Ujian lain di tahap ini menguji %(parts)s. Pakai komponen nilai yang sama.")
            raise NotFree(words % {"parts": parts.labels(rule, taken)})
        return
    living = stage.batches.exclude(state=ScoreBatch.State.REFUSED)
    carried = {key for one in living.filter(components__overlap=keys) for key in one.components} & set(keys)
    if carried:
        words = _("Berkas nilai tahap ini sudah memuat %(parts)s. Nilai itu tidak dapat diuji lagi di portal.")
        raise NotFree(words % {"parts": parts.labels(rule, carried)})
    TestedComponent.objects.bulk_create(TestedComponent(stage=stage, component=key, taken_at=at) for key in keys)


def give_back(at) -> None:
    """Duty: where no test of a stage was opened in its time, its components may come in a score file again."""
    living = LocalTest.objects.living(at).values("session__stage")
    waiting = TestedComponent.objects.exclude(stage__in=living).values_list("stage", flat=True).distinct()
    for pk in list(waiting[:50]):
        with transaction.atomic(durable=True):
            Stage.objects.select_for_update(no_key=True).get(pk=pk)
            if not LocalTest.objects.living(at).filter(session__stage=pk).exists():
                TestedComponent.objects.filter(stage=pk).delete()


def _rule(stage) -> dict:
    if not components_of(stage):
        return {}
    return rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule)
