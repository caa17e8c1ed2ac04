"""Triggers for tables whose rows are written once."""

import pgtrigger


def append_only(name: str, *, copied: bool = False) -> list[pgtrigger.Trigger]:
    """Statement triggers that refuse UPDATE, DELETE and TRUNCATE on the table of a model.

    One check per statement, so that a bulk INSERT of millions of rows pays nothing. What arrives by logical
    replication fires row triggers only: a table that is `copied` that way refuses row by row too.
    """
    refuse = "RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;"
    by_row = pgtrigger.Trigger(
        name=f"{name}_row_append_only",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=refuse,
    )
    return [
        *([by_row] if copied else []),
        pgtrigger.Trigger(
            name=f"{name}_append_only",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refuse,
        ),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refuse,
        ),
    ]


def written_once_but_forgotten(name: str, **forgotten: str) -> list[pgtrigger.Trigger]:
    """Like `append_only`, but the columns of `forgotten` may be emptied to the SQL value given: an erasure does so.

    One check per row of an UPDATE; nothing else of the row changes with it.
    """
    columns = "{" + ",".join(forgotten) + "}"
    emptied = " OR ".join(f"NEW.{column} IS DISTINCT FROM {value}" for column, value in forgotten.items())
    refuse, truncate = append_only(name)
    return [
        pgtrigger.Trigger(
            name=f"{name}_written_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF to_jsonb(NEW) - '{columns}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{columns}'::text[]
                   OR {emptied} THEN
                    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name=f"{name}_never_deleted",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func=refuse.func,
        ),
        truncate,
    ]
