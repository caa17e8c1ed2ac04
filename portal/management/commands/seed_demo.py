import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from portal.demo import city


class Command(BaseCommand):
    help = "Fill an empty database with the practice city. Deterministic from its seed; refuses outside a demo."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--applicants", type=int, default=2_000)
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are accounts already")

    def handle(self, *, seed, applicants, if_empty, **options):
        if not settings.DEMO:
            if if_empty:
                return
            raise CommandError("This is not a demo (PORTAL_DEMO=1): nothing was written.")
        if User.objects.exists():
            if if_empty:
                return
            raise CommandError("The database is not empty: the practice city is built on an empty one.")
        started = time.monotonic()
        city.build(seed=seed, applicants=applicants, say=self.say)
        self.stdout.write(f"Kota latihan siap setelah {time.monotonic() - started:.1f} detik.")

    def say(self, words: str) -> None:
        self.stdout.write(f"  {words}")
        self.stdout.flush()
