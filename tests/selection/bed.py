"""Made-up rows for the SQL engine, without applications around them."""

from django.db import connection

from selection.ranking import sql


def by_sql(rule: dict, records: list[dict], ranking=sql.ranking) -> dict[str, tuple]:
    """row_id → (formation, total, final, rank, code, decided_by, closed_order) by the query that `ranking` builds."""
    keys = [component["key"] for component in rule["components"]]
    columns = ", ".join(f"c_{sql.name(key)} numeric" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bed")
        cursor.execute(
            f"""CREATE TEMP TABLE bed (row_id text COLLATE "C", grp text COLLATE "C", need text, quota bigint, status text,
                                       ipk numeric, born date, {columns})"""
        )
        with cursor.copy("COPY bed FROM STDIN") as copy:
            for one in records:
                values = [one["row_id"], one["formasi_id"], one["kebutuhan"], one["kuota"], one.get("status", "")]
                optional = [one.get("ipk"), one.get("birth_date"), *(one.get(key) for key in keys)]
                copy.write_row([*values, *(None if value in ("", None) else value for value in optional)])
        cursor.execute(ranking(rule, "SELECT * FROM bed"))
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
