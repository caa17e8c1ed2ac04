"""How many reports of a month were answered in time: whole months of five reports or more, and never later numbers of the same month."""

from django.db import migrations

ANSWERS = """
CREATE FUNCTION report_answers(until timestamptz) RETURNS TABLE(month timestamptz, reports bigint, answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT date_trunc('month', r.received_at, 'UTC'), count(*),
           count(*) FILTER (WHERE r.first_answer_at <= r.received_at + interval '7 days')
    FROM oversight_report r
    WHERE date_trunc('month', r.received_at, 'UTC') + interval '1 month 8 days' <= until
    GROUP BY 1 HAVING count(*) >= 5
$$;
REVOKE ALL ON FUNCTION report_answers(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_answers(timestamptz) TO portal_app, portal_work, portal_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("oversight", "0012_interests_and_reading")]

    operations = [migrations.RunSQL(ANSWERS, "DROP FUNCTION report_answers(timestamptz)")]
