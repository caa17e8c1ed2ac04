from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User
from portal.demo.cast import CAST, PASSWORD
from portal.demo.reports import PASSPHRASE


class Command(BaseCommand):
    help = "Print the accounts of the practice city."

    def handle(self, **options):
        if not settings.DEMO or not User.objects.filter(email=CAST[0].email).exists():
            return
        self.stdout.write(f"Accounts of the practice city; password of all: {PASSWORD}")
        for member in CAST:
            code = "  (needs a code: demo_code)" if member.needs_code else ""
            self.stdout.write(f"  {member.email:<20} {member.does}{code}")
        self.stdout.write(f"Passphrase of oka and nia for citizen reports: {PASSPHRASE}")
        self.stdout.write("A code: .venv/bin/python dev.py manage demo_code vera@demo.example")
