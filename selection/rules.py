"""Who may judge: asked of the database, which holds the same rule as a trigger."""

from django.db import connection

from accounts.roles import Role


def barred_from(objections, user) -> set[int]:
    """Keys of those `objections` that `user` may not judge, because they had a part in the result or are the person."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT o.id FROM selection_objection o WHERE o.id = ANY(%s) AND (
                took_part_in_result(%s, o.application_id, o.stage_id)
                OR EXISTS (SELECT FROM selection_objection e WHERE e.application_id = o.application_id AND e.id <> o.id
                           AND %s IN (e.decided_by_id, e.confirmed_by_id)))""",
            [[one.pk for one in objections], user.pk, user.pk],
        )
        return {row[0] for row in cursor.fetchall()}


def took_part(user, application_id: int, stage_id: int) -> bool:
    """Whether `user` had a part in the result of this application in this stage."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT took_part_in_result(%s, %s, %s)", [user.pk, application_id, stage_id])
        return cursor.fetchone()[0]


def barred_from_files(reopenings, user) -> set[int]:
    """Keys of those `reopenings` that `user` may not judge."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM selection_reopening
            WHERE id = ANY(%s) AND took_part_in_result(%s, application_id, stage_id)""",
            [[one.pk for one in reopenings], user.pk],
        )
        return {row[0] for row in cursor.fetchall()}


def may_judge(user, objection) -> bool:
    """Whether `user` decides objections and had no part in this result."""
    return user.has_role(Role.ADJUDICATOR) and objection.pk not in barred_from([objection], user)
