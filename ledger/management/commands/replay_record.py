from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import log
from ledger.actions import replay, signing
from ledger.tlog.notes import parse_vkey


class Command(BaseCommand):
    help = "Append the entries that the published record has and this database lacks (after restoring a backup)."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="folder", type=Path, help="a copy of the record's folder, e.g. a mirror's")
        parser.add_argument("--key", action="append", help="a vkey of the log; asked from the signer when not given")

    def handle(self, *, folder, key, **options):
        keys = [parse_vkey(one) for one in key] if key else signing.keys_in_force()
        try:
            count = replay.replay(folder or log.folder(), keys, at=timezone.now())
        except replay.NotReplayed as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count} isi dikembalikan; catatan publik sekarang berisi {log.size()}.")
