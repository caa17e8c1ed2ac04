"""What each database role may do, tried by logging in as the role."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.team_role import as_team
from portal import grants
from portal.grants import KEEPER, ROLES, TEAM, WEB, WORK
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")

VERBS = {
    "R": "SELECT * FROM {table} WHERE false",
    "I": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "U": "UPDATE {table} SET {column} = {column} WHERE false",
    "D": "DELETE FROM {table} WHERE false",
}
# Triggers of append-only tables fire per statement, also for no row at all.
BY_TRIGGER = "append-only"


def may(statement: str) -> bool:
    """Whether the database lets the present role run `statement`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Exception as error:
        if "permission denied" in str(error):
            return False
        if BY_TRIGGER in str(error):
            return True
        raise
    return True


def columns() -> dict[str, str]:
    """A column of each table that every role with UPDATE on the whole table may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, min(column_name) FROM information_schema.columns"
            " WHERE table_schema = 'public' AND is_generated = 'NEVER' AND is_identity = 'NO' GROUP BY table_name"
        )
        return dict(cursor.fetchall())


def granted(letters_of: dict, table: str, role: str) -> set[str]:
    return set(letters_of.get((table, role), ""))


def test_every_table_of_a_model_says_who_may_use_it():
    existing = set(connection.introspection.table_names())

    assert grants.tables_of_models() & existing - grants.TABLES.keys() == set()


def test_every_table_named_here_exists():
    assert grants.TABLES.keys() - set(connection.introspection.table_names()) == set()


@pytest.mark.parametrize("role", [WEB, WORK, KEEPER])
def test_each_role_may_do_what_is_written_and_nothing_else(role):
    letters, column = grants.rights(), columns()
    part = {table for (table, _role), _columns in grants.COLUMNS.items()}

    with working_as(role):
        wrong = [
            (table, letter)
            for table in grants.TABLES
            for letter, verb in VERBS.items()
            if not (letter == "U" and table in part)
            and may(verb.format(table=table, column=f'"{column[table]}"')) != (letter in granted(letters, table, role))
            and not (letter == "I" and "R" not in granted(letters, table, role))  # the try reads what it inserts
        ]

    assert wrong == []


def test_the_team_may_do_what_is_written_and_nothing_else():
    letters, column = grants.rights(), columns()

    with working_as(WEB), transaction.atomic(), as_team():
        wrong = [
            (table, letter)
            for table in grants.TABLES
            for letter, verb in VERBS.items()
            if may(verb.format(table=table, column=f'"{column[table]}"')) != (letter in granted(letters, table, TEAM))
            and not (letter == "I" and "R" not in granted(letters, table, TEAM))
        ]

    assert wrong == []


def test_the_web_role_inherits_nothing_from_the_team():
    """Otherwise every page could write findings and holds without taking the team's role on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('portal_app', 'portal_team', 'MEMBER')")
        assert cursor.fetchone()[0]
        cursor.execute("SELECT pg_has_role('portal_app', 'portal_team', 'USAGE')")
        assert not cursor.fetchone()[0]


@pytest.mark.parametrize(("table", "role", "columns"), [(*place, names) for place, names in grants.COLUMNS.items()])
def test_a_role_changes_the_named_columns_only(table, role, columns):
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        everything = {row[0] for row in cursor.fetchall()}

    with working_as(role):
        changeable = {name for name in everything if may(f'UPDATE {table} SET "{name}" = "{name}" WHERE false')}

    assert changeable - {"id"} == set(columns)


@pytest.mark.parametrize("role", ROLES[:3])
def test_no_role_changes_the_schema_or_the_rights(role):
    with working_as(role):
        for statement in (
            "CREATE TABLE mine (id integer)",
            "ALTER TABLE selection_outcome DISABLE TRIGGER ALL",
            "DROP TABLE oversight_finding",
            "TRUNCATE ledger_pending",
            "ALTER ROLE portal_app SUPERUSER",
        ):
            assert refused(statement), statement
        may("GRANT INSERT ON selection_hold TO portal_app")  # a warning, not an error, without the right to grant
        assert not may("INSERT INTO selection_hold SELECT * FROM selection_hold WHERE false")


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError:
        return True
    return False


def test_roles_are_no_superusers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'portal%%' AND (rolsuper OR rolcreaterole OR rolbypassrls)"
        )
        assert cursor.fetchall() == []
