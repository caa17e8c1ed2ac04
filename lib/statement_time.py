"""How long the statements of a transaction may take."""

from django.db import connection


def allow_minutes() -> None:
    """Let this transaction take minutes: a page has five seconds, on which a file of millions must not fail."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '15min'")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
