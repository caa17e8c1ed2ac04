import os
from urllib.parse import urlparse

import psycopg
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

OWNER = "portal_owner"
WORKERS = ("portal_app", "portal_work", "portal_seq")
TEAM = "portal_team"


class Command(BaseCommand):
    help = "Create the database roles and the database, as the superuser of ADMIN_DATABASE_URL. May run again."
    requires_system_checks = ()

    def handle(self, *args, **options):
        url = os.environ.get("ADMIN_DATABASE_URL")
        if not url:
            raise CommandError("Set ADMIN_DATABASE_URL to a connection that may create roles and databases.")
        name = urlparse(os.environ["DATABASE_URL"]).path.lstrip("/") or "portal"
        with self.administrator(url) as connection:
            for role in (OWNER, *WORKERS, TEAM):
                self.role(connection, role)
            connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
            # Taken on by SET ROLE inside a team action only: its rights are not inherited. From PostgreSQL 16
            # on the grant says so, before it the role does.
            connection.execute(sql.SQL("ALTER ROLE portal_app NOINHERIT"))
            apart = " WITH INHERIT FALSE" if connection.info.server_version >= 160000 else ""
            for role in (OWNER, "portal_app"):
                connection.execute(sql.SQL("GRANT portal_team TO {}" + apart).format(sql.Identifier(role)))
            connection.execute("ALTER ROLE portal_app SET statement_timeout = '5s'")
            connection.execute("ALTER ROLE portal_app SET lock_timeout = '3s'")
            connection.execute("ALTER ROLE portal_app SET idle_in_transaction_session_timeout = '15s'")
            user = connection.execute("SELECT current_user").fetchone()[0]
            for role in (OWNER, *WORKERS):
                if user != role:
                    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(user)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
                )
        self.stdout.write("Roles and database are in place.")

    @staticmethod
    def administrator(url: str) -> psycopg.Connection:
        """A connection for `url`; through the server's own database where the one it names is still to be made."""
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError as error:
            if "does not exist" not in str(error):
                raise CommandError(f"The database server does not let us in: {error}") from None
            return psycopg.connect(url, dbname="postgres", autocommit=True)

    @staticmethod
    def role(connection, role: str) -> None:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(sql.Identifier(role)))
