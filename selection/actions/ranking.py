"""Computing the result of a stage, in force or as a shadow, set-based."""

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef
from django.utils.translation import gettext as _

from lib import rulepack_files
from lib.statement_time import allow_minutes
from selection.actions import scores
from selection.models import Application, Difference, Outcome, OutcomeSet, Recheck, ScoreBatch
from selection.queries import current_set, places_digest
from selection.ranking import sources, sql
from selection.score_files import parts
from vacancies.models import Stage
from vacancies.scoring import needs_without_rule


class CannotRank(Exception):
    """The stage has no rule, no scores in force, or a shadow that waits for its decision."""


def begin_set(stage, *, by, at, reason="", components=(), batches=()) -> OutcomeSet:
    """A new, still empty computation of `stage`, as a shadow. The caller holds the lock on the stage.

    Raises CannotRank while another shadow waits: two would undo each other.
    """
    if stage.outcome_sets.filter(state=OutcomeSet.State.SHADOW).exists():
        raise CannotRank(_("Masih ada kaji ulang yang menunggu. Terapkan atau batalkan dahulu."))
    last = stage.outcome_sets.aggregate(last=Max("version"))["last"] or 0
    pack = rulepack_files.load(stage.recruitment.rulepack)
    return OutcomeSet.objects.create(
        stage=stage,
        version=last + 1,
        rulepack=pack.name,
        rulepack_digest=pack.digest,
        components=list(components),
        places_digest=places_digest(stage.recruitment_id),
        batches=list(batches),
        reason=reason,
        made_by=by,
        made_at=at,
    )


@transaction.atomic(durable=True)
def rank(stage, *, by, at, shadow=False, reason="") -> OutcomeSet:
    """Compute the result of `stage` by its rule; in force at once unless `shadow`.

    Locks the stage. Uses the scores in force; where a file carried the official status, a row that
    disagrees becomes a Difference for staff to settle. Raises CannotRank.
    """
    found = compute(stage, by=by, at=at, reason=reason if shadow else "")
    if not shadow:
        settle(found, OutcomeSet.State.APPLIED, by=by, at=at)
    return found


def is_ranked(stage) -> bool:
    """Whether the rule of `stage` ranks scores, rather than summing up what verifiers say."""
    return bool(stage.rule) and rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule)["kind"] == "rank"


def compute(stage, *, by, at, reason: str, waiting: ScoreBatch | None = None) -> OutcomeSet:
    """`rank` in shadow, inside the transaction of an action.

    A `waiting` score file counts as if it were approved; it is then decided together with the shadow, and in no
    other way. Locks the stage and the file.
    """
    allow_minutes()
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    if waiting:
        waiting = _still_waiting(stage, waiting)
    pack = rulepack_files.load(stage.recruitment.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": ""}
    if rule["kind"] != "rank":
        raise CannotRank(_("Tahap ini tidak memakai peringkat."))
    taking_part = stage.recruitment.formations.filter(Exists(Application.objects.filter(formation=OuterRef("pk"))))
    if unruled := needs_without_rule(rule, taking_part):
        raise CannotRank(_("Paket aturan tidak mengatur jenis kebutuhan %(needs)s.") % {"needs": ", ".join(unruled)})
    if lacking := parts.lacking(stage, rule, waiting):
        words = _("Nilai %(parts)s belum ada atau belum disahkan untuk tahap ini.")
        raise CannotRank(words % {"parts": parts.labels(rule, lacking)})
    sources.prepare_closed_values()
    sources.fill_closed_values(stage, rule, waiting)
    source, parameters, batches = sources.rows_of(stage, rule, waiting)
    if not batches:
        raise CannotRank(_("Belum ada berkas nilai yang disahkan untuk tahap ini."))
    keys = [component["key"] for component in rule["components"]]
    found = begin_set(stage, by=by, at=at, reason=reason, components=keys, batches=batches)
    write_outcomes(found, rule, pack, source, parameters)
    write_differences(found)
    return found


def _still_waiting(stage, batch: ScoreBatch) -> ScoreBatch:
    locked = stage.batches.select_for_update(no_key=True).filter(pk=batch.pk, state=ScoreBatch.State.STAGED).first()
    if locked is None:
        raise CannotRank(_("Berkas nilai ini sudah diputuskan."))
    return locked


def write_outcomes(found: OutcomeSet, rule: dict, pack, source: str, parameters: list) -> int:
    """INSERT … SELECT the ranking of `source` as the outcomes of `found`; returns how many."""
    columns = [f"c_{sql.name(component['key'])}" for component in rule["components"]]
    advancing = [code for code in set(rule["codes"].values()) if pack.advances(code)]
    ranking = sql.ranking(rule, source, carry=("need", "official_code", *columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO selection_outcome
                (set_id, application_id, formation_id, "group", "values", total, final, rank, code, advances, decided_by,
                 closed_order, official_code)
            SELECT %s, row_id, grp, need, ARRAY[{", ".join(columns)}]::numeric[], total, final, rank, code, code = ANY(%s),
                   coalesce(decided_by, ''), closed_order, official_code
            FROM ({ranking}) r""",  # noqa: S608 - built from checked names
            [found.pk, advancing, *parameters],
        )
        return cursor.rowcount


def write_differences(found: OutcomeSet) -> int:
    """A Difference for each outcome of `found` whose official status is another code."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO selection_difference (set_id, application_id, ours, official, reason)
            SELECT set_id, application_id, code, official_code, '' FROM selection_outcome
            WHERE set_id = %s AND official_code <> '' AND official_code <> code""",
            [found.pk],
        )
        return cursor.rowcount


def settle(found: OutcomeSet, state: str, *, by, at) -> None:
    """Write down that the computation is in force, or cancelled."""
    found.state, found.decided_by, found.decided_at = state, by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])


class NotAShadow(Exception):
    """The computation was applied or cancelled already, or a newer one is in force."""


class SamePerson(Exception):
    """Whoever asked for a re-review does not apply it."""


@transaction.atomic(durable=True)
def apply(found: OutcomeSet, *, by, at) -> None:
    """Put a shadow in force as a whole, in a transaction of its own: see `put_in_force`."""
    put_in_force(found, by=by, at=at)


def put_in_force(found: OutcomeSet, *, by, at) -> None:
    """Put a shadow in force as a whole, with the score file that waited for it or the files checked again; publishing
    it is a corrected announcement. Locks stage, set and file. Inside the transaction of an action.

    Raises NotAShadow when it was decided already or is older than the set in force, SamePerson when
    `by` is the one who asked for it, scores.Undecidable when `by` brought the file.
    """
    Stage.objects.select_for_update(no_key=True).get(pk=found.stage_id)
    found = OutcomeSet.objects.select_for_update(no_key=True).get(pk=found.pk)
    newest = current_set(found.stage)
    if found.state != OutcomeSet.State.SHADOW or (newest and newest.version > found.version):
        raise NotAShadow
    if found.made_by_id == by.pk:
        raise SamePerson
    if batch := scores.waiting_for(found):
        scores.put_in_force(batch, by=by, at=at)
    _end_recheck(found, Recheck.State.APPLIED, by=by, at=at)
    settle(found, OutcomeSet.State.APPLIED, by=by, at=at)


@transaction.atomic(durable=True)
def cancel(found: OutcomeSet, *, by, at) -> None:
    """Throw a shadow away as a whole, in a transaction of its own: see `throw_away`."""
    throw_away(found, by=by, at=at)


def throw_away(found: OutcomeSet, *, by, at) -> None:
    """Throw a shadow away as a whole, with the score file that waited for it or the files checked again; all of it
    stays readable as history.

    Locks set and file. Inside the transaction of an action. Raises NotAShadow.
    """
    found = OutcomeSet.objects.select_for_update(no_key=True).get(pk=found.pk)
    if found.state != OutcomeSet.State.SHADOW:
        raise NotAShadow
    if batch := scores.waiting_for(found):
        scores.throw_away(batch, by=by, at=at)
    _end_recheck(found, Recheck.State.CANCELLED, by=by, at=at)
    settle(found, OutcomeSet.State.CANCELLED, by=by, at=at)


def _end_recheck(found: OutcomeSet, state: str, *, by, at) -> None:
    """What was checked again and summed up in this shadow ends with it."""
    summed_up = Recheck.objects.filter(result=found, state=Recheck.State.OPEN)
    summed_up.update(state=state, ended_by=by, ended_at=at)


def compare(old: OutcomeSet, new: OutcomeSet, limit: int | None = None) -> list[dict]:
    """Everyone whose code, rank or final value differs between two computations, by participant number.

    Each row: p, old_code, new_code, old_rank, new_rank, old_final, new_final.
    """
    query = """SELECT a.participant_number AS p, o.code AS old_code, n.code AS new_code, o.rank AS old_rank, n.rank AS new_rank,
               o.final AS old_final, n.final AS new_final
        FROM (SELECT * FROM selection_outcome WHERE set_id = %s) o
        FULL JOIN (SELECT * FROM selection_outcome WHERE set_id = %s) n ON n.application_id = o.application_id
        JOIN selection_application a ON a.id = coalesce(n.application_id, o.application_id)
        WHERE (o.code, o.rank, o.final) IS DISTINCT FROM (n.code, n.rank, n.final)
        ORDER BY (o.code IS DISTINCT FROM n.code) DESC, a.participant_number"""
    with connection.cursor() as cursor:
        cursor.execute(query + (f" LIMIT {int(limit)}" if limit else ""), [old.pk, new.pk])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class NeedsReason(Exception):
    """A difference is settled with words for the public."""


class AlreadySettled(Exception):
    """The difference was settled; its words stay."""


@transaction.atomic(durable=True)
def settle_difference(difference: Difference, *, reason: str, by, at) -> None:
    """Settle a difference with the official status by a reason that is published. Raises NeedsReason, AlreadySettled."""
    if not reason.strip():
        raise NeedsReason
    difference = Difference.objects.select_for_update(no_key=True).get(pk=difference.pk)
    if difference.settled_at:
        raise AlreadySettled
    difference.reason, difference.settled_by, difference.settled_at = reason.strip(), by, at
    difference.save(update_fields=["reason", "settled_by", "settled_at"])


def outcome_counts(found: OutcomeSet) -> dict[str, int]:
    """Code → number of people."""
    return dict(Outcome.objects.filter(set=found).values_list("code").annotate(n=Count("id")).order_by("code"))
