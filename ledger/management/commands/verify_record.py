from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger import audit, files, log, stillness
from ledger.actions import publishing

MOST = 50
TURNS = 3


class Command(BaseCommand):
    help = (
        "Compare every entry, hash, file and checkpoint of the public record; exit code 1 when something differs"
        " or the record stands still."
    )

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
        for _turn in range(TURNS):
            whole = audit.Whole(facts=facts)
            count, said = self.compare(whole)
            if not count or log.signed_size() == whole.public:
                break  # what was published while it was read would look like a difference
        for problem in said:
            self.stderr.write(problem)
        still = stillness.since(timezone.now())
        if still:
            self.stderr.write(
                f"the record stands still: facts have waited to be signed since {still:%Y-%m-%d %H:%M} UTC"
            )
        if still and not count:
            raise CommandError("Catatan publik tidak bergerak. Lihat docs/runbooks/record.md.")
        if count:
            raise CommandError(
                f"Catatan publik: {count} perbedaan pada {whole.size} isi. Lihat docs/runbooks/record.md."
            )
        self.stdout.write(f"Catatan publik: {whole.size} isi dan {len(whole.marks)} titik periksa cocok.")

    @staticmethod
    def compare(whole: audit.Whole) -> tuple[int, list[str]]:
        """How many differences there are, and the first of them."""
        count, said = 0, []
        try:
            for problem in whole.problems():
                count += 1
                if count <= MOST:
                    said.append(problem)
        except audit.Differs as differs:
            count += 1
            said.append(str(differs))
        return count, said

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
