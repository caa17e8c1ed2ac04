import hashlib
import sys

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal import grants
from portal.demo import city
from portal.pages import verifier

UNFINISHED_CITY = 3


class Command(BaseCommand):
    help = "All that has to be in place before the programs start, in one process: roles, tables, practice items, style sheets, the verifier to fetch, demo."
    requires_system_checks = ()

    def handle(self, **options):
        call_command("setup_roles", stdout=self.stdout)
        migrations = MigrationExecutor(connection)
        if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        else:
            grants.apply(connection)
        if settings.DEMO and city.is_unfinished():
            self.stderr.write(
                "The practice city was interrupted while it was built; it has to begin on an empty database."
            )
            sys.exit(UNFINISHED_CITY)
        call_command("load_practice_items", stdout=self.stdout)
        self.collect_static_files()
        verifier.put_in_place()
        if settings.DEMO:
            call_command("seed_demo", if_empty=True, stdout=self.stdout)
            call_command("demo_accounts", stdout=self.stdout)

    @staticmethod
    def collect_static_files() -> None:
        """Collecting also packs each file, which takes seconds: only when one of them is new or changed."""
        seen = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
        for finder in get_finders():
            for path, storage in finder.list([]):
                size, changed = storage.size(path), storage.get_modified_time(path)
                seen.update(f"{storage.path(path)} {size} {changed}\n".encode())
        stamp = settings.VAR / "static.sha256"
        if settings.STATIC_ROOT.exists() and stamp.exists() and stamp.read_text() == seen.hexdigest():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(seen.hexdigest())
