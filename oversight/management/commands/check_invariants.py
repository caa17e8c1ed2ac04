from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from oversight.invariants import INVARIANTS, look


class Command(BaseCommand):
    help = "Look whether what cannot happen did not happen; ends with 1 when something did, or could not be looked at."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", help="checks to make; all when none is named")

    def handle(self, *args, names, **options):
        if unknown := set(names) - INVARIANTS.keys():
            raise CommandError(f"no such check: {', '.join(sorted(unknown))}")
        at, wrong = timezone.now(), 0
        for name in names or INVARIANTS:
            wrong += not self._looks_well(name, at)
        if wrong:
            raise CommandError(f"{wrong} checks found something or could not be made")

    def _looks_well(self, name: str, at) -> bool:
        try:
            sight = look(name, at)
        except (DatabaseError, OSError) as error:
            self.stderr.write(f"{name}: not looked at: {error}")
            return False
        if not sight.offending:
            self.stdout.write(f"{name}: {sight.looked} looked at, none offends")
            return True
        named = "; ".join(sight.examples)
        self.stderr.write(f"{name}: {sight.offending} of {sight.looked} offend: {named}")
        return False
