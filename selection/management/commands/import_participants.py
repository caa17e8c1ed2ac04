from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from selection.actions import participants
from selection.actions.scores import Refused
from vacancies.models import Stage


class Command(BaseCommand):
    help = "Import a published participant list."

    def add_arguments(self, parser):
        parser.add_argument("stage", help="recruitment/stage, by their slugs")
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="e-mail of the member of staff who answers for the file")

    def handle(self, *args, **options):
        recruitment, _, slug = options["stage"].partition("/")
        stage = Stage.objects.filter(recruitment__slug=recruitment, slug=slug).first()
        by = User.objects.filter(email__iexact=options["by"]).first()
        if stage is None:
            raise CommandError(
                f"Tidak ada tahap {options['stage']}. Tulis pengadaan/tahap, seperti pada alamat halamannya."
            )
        if by is None or not by.has_role(Role.PREPARER):
            raise CommandError(f"{options['by']} bukan akun penyiap data.")
        path = options["file"]
        if not path.is_file():
            raise CommandError(f"Berkas {path} tidak ada.")
        try:
            with open(path, "rb") as file:
                count = participants.import_participants(stage, file, by=by, at=timezone.now(), file_name=path.name)
        except Refused as refused:
            for problem in refused.problems[:50]:
                self.stderr.write(f"baris {problem.row or '–'} {problem.column}: {problem.words}")
            raise CommandError(f"{refused.count} masalah; tidak ada yang disimpan.") from None
        self.stdout.write(f"{count} peserta baru.")
