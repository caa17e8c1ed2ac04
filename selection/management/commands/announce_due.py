from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from selection.actions import announcement


class Command(BaseCommand):
    help = "Announce what is due, as the keeper does."

    def add_arguments(self, parser):
        parser.add_argument("--at", type=datetime.fromisoformat, help="as if it were this instant (with its zone)")

    def handle(self, *args, at, **options):
        opened = announcement.announce_due(at or timezone.now())
        self.stdout.write(f"{opened} pengumuman terbit.")
