from django.core.management.base import BaseCommand, CommandError

from ledger import audit, files, log
from ledger.actions import publishing

MOST = 50


class Command(BaseCommand):
    help = "Compare every entry, hash, file and checkpoint of the public record; exit code 1 when something differs."

    def add_arguments(self, parser):
        parser.add_argument("--facts", action="store_true", help="also hold every entry against the allow-list")
        parser.add_argument(
            "--repair",
            action="store_true",
            help="first write files that are missing; changed ones are left as they are",
        )

    def handle(self, *, facts, repair, **options):
        if repair:
            self.repair()
        whole, count = audit.Whole(facts=facts), 0
        try:
            for problem in whole.problems():
                count += 1
                if count <= MOST:
                    self.stderr.write(problem)
        except audit.Differs as differs:
            count += 1
            self.stderr.write(str(differs))
        if count:
            raise CommandError(
                f"Catatan publik: {count} perbedaan pada {whole.size} isi. Lihat docs/runbooks/record.md."
            )
        self.stdout.write(f"Catatan publik: {whole.size} isi dan {len(whole.marks)} titik periksa cocok.")

    def repair(self) -> None:
        """Write what is missing below the last checkpoint out of the database, once its tree is the signed one."""
        last = log.signed()
        if last is None:
            return
        if log.root(last.size) != bytes(last.root):
            raise CommandError("The database does not hold the signed tree: nothing can be repaired from it.")
        written = 0
        for one in publishing.contents(0, last.size):
            try:
                written += files.put(log.folder(), [one])
            except files.Changed as changed:
                self.stderr.write(str(changed))
        if not (log.folder() / files.CHECKPOINT).exists():
            publishing.show(last)
        self.stdout.write(f"{written} berkas ditulis kembali.")
