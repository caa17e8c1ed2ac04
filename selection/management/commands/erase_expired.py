from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from selection.actions import erasure, expiry


class Command(BaseCommand):
    help = "Erase personal data that is past its time, and what two people decided. May run again."

    def add_arguments(self, parser):
        parser.add_argument("--at", type=datetime.fromisoformat, help="as if it were this instant (with its zone)")
        parser.add_argument("--most", type=int, default=5000, help="applications in one run")
        parser.add_argument(
            "--replay", action="store_true", help="first erase again what a restored backup brought back"
        )

    def handle(self, *args, at, most, replay, **options):
        at = at or timezone.now()
        if replay:
            self.stdout.write(f"{erasure.replay(at)} penghapusan diulang.")
        self.stdout.write(f"{erasure.erase_due(at)} penghapusan yang disahkan dijalankan.")
        self.stdout.write(f"{expiry.erase_expired(at, most=most)} lamaran dihapus datanya karena masa simpan habis.")
