"""Where the rows of a ranking come from: scores in force, results of earlier stages, closed values."""

from django.db import connection

from accounts.models import Person
from selection.models import Answers, ScoreBatch
from selection.queries import current_set, participants
from selection.ranking import sql
from selection.ranking.in_force import scores_in_force


def rows_of(stage, rule: dict, waiting: ScoreBatch | None = None) -> tuple[str, list, list[int]]:
    """The relation that `sql.ranking` ranks, its parameters, and the score batches it uses.

    A component that the stage's score files do not carry comes from an earlier stage in force: by its key
    among that stage's components, or as that stage's total when the key is the name of its rule.
    With `waiting`, its staged rows stand in the place of those in force.
    """
    scores, parameters, keys, batches = scores_in_force(stage, waiting)
    taking_part, part_parameters = participants(stage).values("id", "formation_id", "state").query.sql_with_params()
    joins, expressions = [], []
    join_parameters: list = []
    earlier = list(stage.recruitment.stages.filter(order__lt=stage.order).exclude(rule="").order_by("-order"))
    sets = [(one, found) for one in earlier if (found := current_set(one))]
    used = {}
    for component in rule["components"]:
        key = sql.name(component["key"])
        if key in keys:
            expressions.append(f"s.values[{keys.index(key) + 1}] AS c_{key}")
            continue
        for one, found in sets:
            if key == one.rule or key in found.components:
                if found.pk not in used:
                    used[found.pk] = f"o{len(used)}"
                    alias = used[found.pk]
                    joins.append(
                        f"LEFT JOIN selection_outcome {alias} ON {alias}.set_id = %s AND {alias}.application_id = a.id"
                    )
                    join_parameters.append(found.pk)
                alias = used[found.pk]
                source = f"{alias}.total" if key == one.rule else f"{alias}.values[{found.components.index(key) + 1}]"
                expressions.append(f"{source} AS c_{key}")
                break
        else:
            expressions.append(f"NULL::numeric AS c_{key}")
    # The closed values lie in a temporary table, which no parallel worker may read: only who needs them joins it.
    closed, closed_join = "NULL::numeric AS ipk, NULL::date AS born", ""
    if closes(rule):
        closed, closed_join = "cv.ipk, cv.born", "LEFT JOIN closed_values cv ON cv.application_id = a.id"
    query = f"""
        SELECT a.id AS row_id, a.formation_id AS grp, f.need, f.quota::bigint AS quota,
               CASE a.state WHEN 'withdrawn' THEN 'APS' WHEN 'excluded' THEN 'TMS' ELSE coalesce(s.status, '') END AS status,
               {closed}, coalesce(s.official_code, '') AS official_code, {", ".join(expressions)}
        FROM ({taking_part}) a
        JOIN vacancies_formation f ON f.id = a.formation_id
        LEFT JOIN ({scores}) s ON s.application_id = a.id
        {" ".join(joins)}
        {closed_join}"""  # noqa: S608 - names are checked, values are parameters
    return query, [*part_parameters, *parameters, *join_parameters], batches


def closes(rule: dict) -> bool:
    """Whether the rule tells people apart by what is not public."""
    return rule["equal_on_limit"] == "closed" and bool(rule.get("closed_order"))


def prepare_closed_values() -> None:
    """An empty table of closed criteria that lives until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS closed_values (application_id bigint PRIMARY KEY, ipk numeric, born date) ON COMMIT DROP"
        )
        cursor.execute("DELETE FROM closed_values")


def fill_closed_values(stage, rule: dict, waiting: ScoreBatch | None = None) -> None:
    """Decrypt IPK and birth date of those people only whom the public criteria leave equal."""
    if not closes(rule):
        return
    source, parameters, _ = rows_of(stage, rule, waiting)
    open_rule = rule | {"closed_order": []}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT row_id FROM (SELECT row_id, count(*) OVER (PARTITION BY grp, rank) AS equals
                FROM ({sql.ranking(open_rule, source)}) r WHERE rank IS NOT NULL) t WHERE equals > 1""",  # noqa: S608
            parameters,
        )
        tied = [row[0] for row in cursor.fetchall()]
    if not tied:
        return
    ipk = dict(Answers.objects.filter(application_id__in=tied).values_list("application_id", "ipk"))
    born = {
        application: person.birth_date
        for person in Person.objects.filter(applications__in=tied)
        for application in person.applications.filter(pk__in=tied).values_list("pk", flat=True)
    }
    with connection.cursor() as cursor, cursor.copy("COPY closed_values FROM STDIN") as copy:
        for application in tied:
            copy.write_row((application, ipk.get(application), born.get(application)))
