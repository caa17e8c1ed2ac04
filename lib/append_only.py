"""Triggers for tables whose rows are written once."""

import pgtrigger


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Statement triggers that refuse UPDATE, DELETE and TRUNCATE on the table of a model.

    One check per statement, so that a bulk INSERT of millions of rows pays nothing.
    """
    refuse = "RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;"
    return [
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
