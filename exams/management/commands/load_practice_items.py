from django.core.management.base import BaseCommand
from django.utils import timezone

from exams.actions import shipped


class Command(BaseCommand):
    help = "Bring the free items and practice formats of the product into the item bank. May run twice."

    def handle(self, **options):
        added, unchanged, retired = shipped.load(at=timezone.now())
        self.stdout.write(f"Soal latihan: {added} baru, {unchanged} tetap, {retired} berhenti dipakai.")
