"""Taking on the database role of the oversight team.

The web role may read findings and holds but not write them: a page of the office that is taken over
cannot file, close or lift anything. An action of the team takes the role on for its own statements, and so
does an owner of one of its accounts who changes how to sign in.
"""

from contextlib import contextmanager

from django.db import ProgrammingError, connection, transaction

ROLE = "portal_team"


class CannotActForTeam(Exception):
    """The database role of this process is no member of the team's role; `setup_roles` makes it one."""


@contextmanager
def as_team():
    """Run the block as `portal_team`, then take the earlier role back. Needs a transaction around it.

    An exception in the block rolls the block back and the role with it. Raises CannotActForTeam where the
    process may not take the role on (worker and keeper never may).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("as_team() needs a transaction: SET LOCAL ends with it")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        before = cursor.fetchone()[0]
        try:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
        except ProgrammingError as error:
            raise CannotActForTeam(f"this process may not act as {ROLE}: run manage.py setup_roles") from error
        yield
        # Names of roles are ours, and `none` is a keyword: quoting would make it a role's name.
        cursor.execute(f"SET LOCAL ROLE {before}")


@contextmanager
def as_owner(user):
    """Run the block so that the password and second factor of `user` may change: the owner is at work.

    An account of the team is changed by the team's role alone, so that no form of the office can. Anybody
    else's needs nothing.
    """
    if user.is_authenticated and user.made_by_team:
        with transaction.atomic(), as_team():
            yield
    else:
        yield
