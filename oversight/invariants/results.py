"""Results and scores: each follows a rule, no limit is passed, nobody is in twice or missing."""

from collections import defaultdict

from django.db import connection
from django.utils.translation import gettext_lazy as _

from lib import rulepack_files
from oversight.invariants.shape import Invariant, Sight, rows
from selection.models import OutcomeSet

# The newest result in force of each stage.
IN_FORCE = """(SELECT DISTINCT ON (stage_id) * FROM selection_outcomeset WHERE state = 'applied'
    ORDER BY stage_id, version DESC)"""
OUTSIDE_THE_RULE = {"APS", "DIS"}  # taken back, or excluded, while files were reviewed


def by_a_rule(at) -> Sight:
    """Every outcome carries a code of its stage's rule, what decided it, and lets through whom the code lets through."""
    found = {}
    groups = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT set_id, code, advances, decided_by = '', count(*) FROM selection_outcome
            GROUP BY set_id, code, advances, decided_by = ''"""
        )
        for set_id, *rest in cursor.fetchall():
            groups[set_id].append(rest)
    for one in OutcomeSet.objects.filter(pk__in=groups).select_related("stage__recruitment"):
        found[one.pk] = _allowed(one)
    looked, offending, examples = 0, 0, []
    for set_id, parts in groups.items():
        allowed, bound = found[set_id]
        for code, advances, undecided, count in parts:
            looked += count
            if not bound or undecided or allowed.get(code) is not advances:
                offending += count
                examples.append(f"hasil {set_id}: {code or '?'} ({count})")
    return Sight(looked, offending, sorted(examples)[:20])


def _allowed(one: OutcomeSet) -> tuple[dict[str, bool], bool]:
    """code → lets through, by the rule of the stage; and whether the pack is the one that was bound in public."""
    stage, recruitment = one.stage, one.stage.recruitment
    try:
        pack = rulepack_files.load(one.rulepack)
        rule = pack.stage(stage.rule) if stage.rule else {"kind": "review", "codes": {"met": "MS", "not_met": "TMS"}}
    except rulepack_files.NoSuchPack:
        return {}, False
    codes = set(rule["codes"].values()) | (OUTSIDE_THE_RULE if rule["kind"] == "review" else set())
    bound = one.rulepack == recruitment.rulepack and one.rulepack_digest == pack.digest
    return {code: pack.advances(code) for code in codes}, bound


def within_the_limit(at) -> Sight:
    """In each formation nobody is let through below the limit; who is equal on the limit shares its rank.

    Looks at results in force whose quotas are still those they were computed with.
    """
    looked, broken = 0, []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT s.id, s.rulepack, t.rule FROM {IN_FORCE} s JOIN vacancies_stage t ON t.id = s.stage_id
            WHERE cardinality(s.components) > 0 AND s.places_digest = (
                SELECT encode(sha256(convert_to(coalesce(string_agg(f.code || ' ' || f.need || ' ' || f.quota, E'\\n'
                    ORDER BY f.code COLLATE "C"), ''), 'UTF8')), 'hex')
                FROM vacancies_formation f WHERE f.recruitment_id = t.recruitment_id)"""  # noqa: S608 - constants
        )
        for set_id, pack, rule in cursor.fetchall():
            multiplier = rulepack_files.load(pack).stage(rule).get("multiplier")
            if multiplier is None:
                continue
            cursor.execute(
                """SELECT f.code, bool_or(o.rank IS NULL OR o.rank > %s * f.quota), count(*)
                FROM selection_outcome o JOIN vacancies_formation f ON f.id = o.formation_id
                WHERE o.set_id = %s AND o.advances GROUP BY f.code""",
                [multiplier, set_id],
            )
            for formation, over, count in cursor.fetchall():
                looked += count
                if over:
                    broken.append(f"hasil {set_id}: {formation}")
    return Sight.of(looked, broken)


CHECKS = (
    Invariant("outcome_by_a_rule", _("Setiap hasil mengikuti aturan yang diumumkan sejak awal."), by_a_rule),
    Invariant(
        "no_more_than_the_limit",
        _("Yang lolos tidak lebih dari batas, kecuali nilainya sama persis dengan batas."),
        within_the_limit,
    ),
    rows(
        "rows_as_announced",
        _("Jumlah orang di daftar yang diumumkan sama dengan jumlah hasil yang dihitung."),
        of="""FROM (SELECT a.number, a.version, a.rows, a.outcome_set_id FROM selection_announcement a) a
            LEFT JOIN (SELECT set_id, count(*) AS n FROM selection_outcome GROUP BY set_id) o ON o.set_id = a.outcome_set_id""",
        what="a.number || ' v' || a.version",
        broken="coalesce(o.n, 0) <> a.rows",
        weight="a.rows",
    ),
    rows(
        "one_outcome_per_person",
        _("Setiap orang punya satu hasil di setiap hitungan, untuk formasi yang dilamarnya."),
        of="""FROM (SELECT o.set_id, o.application_id, count(*) AS n, bool_and(o.formation_id = a.formation_id
                AND a.recruitment_id = t.recruitment_id AND a.state <> 'draft') AS own
            FROM selection_outcome o JOIN selection_application a ON a.id = o.application_id
            JOIN selection_outcomeset s ON s.id = o.set_id JOIN vacancies_stage t ON t.id = s.stage_id
            GROUP BY o.set_id, o.application_id) o""",
        what="'hasil ' || o.set_id || ' lamaran ' || o.application_id",
        broken="o.n > 1 OR NOT o.own",
        weight="o.n",
    ),
    rows(
        "scores_of_approved_files",
        _(
            "Tidak ada nilai yang berlaku dari berkas yang belum disahkan, dan tidak ada yang hilang dari berkas yang sah."
        ),
        of="""FROM selection_scorebatch b
            LEFT JOIN (SELECT batch_id, count(*) AS n FROM selection_score GROUP BY batch_id) s ON s.batch_id = b.id""",
        what="'berkas nilai ' || b.id",
        broken="coalesce(s.n, 0) <> CASE WHEN b.state = 'approved' THEN b.rows ELSE 0 END",
        weight="coalesce(s.n, 0)",
    ),
)
