"""What items tell about themselves: counted from sittings that are over, once each."""

from django.db import connection, transaction

A_ROUND = 500

# The rest of the component (y) is what the same person got elsewhere in it. Sittings with less than half of their
# items answered say little about an item: they count as drawn and nothing else. Locked in the order of versions.
COUNT = """
WITH due AS (
    SELECT id, marks FROM exams_sitting WHERE ended_at IS NOT NULL AND counted_at IS NULL
    ORDER BY ended_at LIMIT %s FOR UPDATE SKIP LOCKED
), lines AS (
    SELECT due.id, place.version_id, item.component,
           jsonb_typeof(mark.value) <> 'null' AS answered,
           CASE jsonb_typeof(mark.value) WHEN 'null' THEN 0 ELSE mark.value::int END AS x
    FROM due CROSS JOIN LATERAL jsonb_array_elements(due.marks) WITH ORDINALITY AS mark (value, position)
    JOIN exams_sittingitem place ON place.sitting_id = due.id AND place.position = mark.position
    JOIN exams_itemversion version ON version.id = place.version_id
    JOIN exams_item item ON item.id = version.item_id
), beside AS (
    SELECT version_id, answered, x, sum(x) OVER (PARTITION BY id, component) - x AS y,
           2 * count(*) FILTER (WHERE answered) OVER (PARTITION BY id) >= count(*) OVER (PARTITION BY id) AS serious
    FROM lines
), sums AS (
    SELECT version_id, count(*) AS drawn, count(*) FILTER (WHERE serious) AS counted,
           count(*) FILTER (WHERE serious AND answered) AS answered, count(*) FILTER (WHERE serious AND x = 5) AS full_,
           coalesce(sum(x) FILTER (WHERE serious), 0) AS sx, coalesce(sum(x * x) FILTER (WHERE serious), 0) AS sxx,
           coalesce(sum(y) FILTER (WHERE serious), 0) AS sy, coalesce(sum(y * y) FILTER (WHERE serious), 0) AS syy,
           coalesce(sum(x * y) FILTER (WHERE serious), 0) AS sxy
    FROM beside GROUP BY version_id ORDER BY version_id
), kept AS (
    INSERT INTO exams_itemstatistic AS s
        (version_id, drawn, counted, answered, "full", sum_x, sum_xx, sum_y, sum_yy, sum_xy)
    SELECT version_id, drawn, counted, answered, full_, sx, sxx, sy, syy, sxy FROM sums ORDER BY version_id
    ON CONFLICT (version_id) DO UPDATE SET
        drawn = s.drawn + excluded.drawn, counted = s.counted + excluded.counted,
        answered = s.answered + excluded.answered, "full" = s."full" + excluded."full",
        sum_x = s.sum_x + excluded.sum_x, sum_xx = s.sum_xx + excluded.sum_xx, sum_y = s.sum_y + excluded.sum_y,
        sum_yy = s.sum_yy + excluded.sum_yy, sum_xy = s.sum_xy + excluded.sum_xy
)
UPDATE exams_sitting SET counted_at = %s FROM due WHERE exams_sitting.id = due.id
"""


@transaction.atomic(durable=True)
def count_ended(at) -> None:
    """Duty: add the sittings that ended since the last time to the sums of their items."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [A_ROUND, at])
