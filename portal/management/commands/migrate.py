from django.core.management.commands import migrate
from django.db import connections

from portal import grants


class Command(migrate.Command):
    """Django's own; when the tables stand as this release wants them, every role gets its rights (portal/grants.py)."""

    def handle(self, *args, **options):
        super().handle(*args, **options)
        partly = options["app_label"] or options["plan"] or options["check_unapplied"]
        if not partly:
            grants.apply(connections[options["database"]])
