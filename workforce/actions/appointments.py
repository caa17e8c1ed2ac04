"""What follows from appointments."""

from django.db import connection


def settle_positions() -> None:
    """Everybody's present post is that of their one open definitive appointment, or none. Set-based, may run twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE workforce_employee e SET position_id = a.position_id
            FROM workforce_employee o
            LEFT JOIN workforce_appointment a ON a.employee_id = o.id AND a.kind = 'definitif'
                 AND a.until IS NULL AND a.corrected_at IS NULL
            WHERE o.id = e.id AND e.erased_at IS NULL AND e.position_id IS DISTINCT FROM a.position_id
              AND (a.id IS NOT NULL OR e.left_on IS NULL)
            """
        )
