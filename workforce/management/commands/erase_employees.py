from django.core.management.base import BaseCommand
from django.utils import timezone

from workforce.actions import erasure


class Command(BaseCommand):
    help = "Erase the data of employees that two people decided. May run again."

    def add_arguments(self, parser):
        parser.add_argument(
            "--replay", action="store_true", help="first erase again what a restored backup brought back"
        )

    def handle(self, *args, replay, **options):
        at = timezone.now()
        if replay:
            self.stdout.write(f"{erasure.replay(at)} penghapusan pegawai diulang.")
        self.stdout.write(f"{erasure.erase_due(at)} penghapusan pegawai dijalankan.")
