from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.actions import rotation, signing


class Command(BaseCommand):
    help = "Follow the record's key by a new one: start, then, when everybody has the new vkey, finish."

    def add_arguments(self, parser):
        parser.add_argument("step", choices=["show", "start", "finish"])

    def handle(self, *, step, **options):
        at = timezone.now()
        try:
            if step == "start":
                self.stdout.write(f"Kunci baru: {rotation.start(at=at)}")
            elif step == "finish":
                self.stdout.write(f"Kunci lama berhenti: {rotation.finish(at=at)}")
            else:
                rotation.announce_missing(at=at)
            for key in signing.keys_in_force():
                self.stdout.write(f"Berlaku: {key}")
        except signing.Refused as refused:
            raise CommandError(str(refused)) from None
