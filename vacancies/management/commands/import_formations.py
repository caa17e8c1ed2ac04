from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from vacancies.actions import formation_import
from vacancies.models import Recruitment


class Command(BaseCommand):
    help = "Read a formation file (CSV or XLSX as SSCASN gives it) and say what it would change; --apply changes it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--recruitment", required=True, help="slug of the recruitment")
        parser.add_argument("--by", help="e-mail of the account that applies")
        parser.add_argument("--apply", action="store_true", help="apply at once when the file has no problem")
        parser.add_argument("--reason", default="", help="public reason of the change")

    def handle(self, *, file, recruitment, by, apply, reason, **options):
        user = User.objects.filter(email__iexact=by).first() if by else None
        target = Recruitment.objects.filter(slug=recruitment).first()
        if target is None:
            known = ", ".join(Recruitment.objects.values_list("slug", flat=True)[:20])
            raise CommandError(f"Tidak ada pengadaan {recruitment}. Yang ada: {known}")
        if apply and user is None:
            raise CommandError("Sebut akun yang menerapkan: --by EMAIL.")
        if not file.is_file():
            raise CommandError(f"Berkas {file} tidak ada.")
        try:
            with open(file, "rb") as opened:
                if apply:
                    made = formation_import.stage_file(target, opened, file_name=file.name, by=user, at=timezone.now())
                else:
                    made = formation_import.examine(target, opened)
        except formation_import.Refused as refused:
            for problem in refused.problems:
                where = f"baris {problem.row}, {problem.column}: " if problem.row else ""
                self.stderr.write(f"{where}{problem.words} {problem.cell}".rstrip())
            raise CommandError(f"{refused.count} masalah. Tidak ada yang disimpan.") from None
        self.report(made.report)
        if not apply:
            self.stdout.write("Belum diterapkan. Ulangi dengan --apply --by EMAIL.")
            return
        try:
            formation_import.apply(made, by=user, at=timezone.now(), reason=reason)
        except formation_import.NotApplied as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Diterapkan.")

    def report(self, report: dict) -> None:
        """The counts, and each change as old and new."""
        self.stdout.write(
            f"{report['rows']} baris: {report['new']} formasi baru, {report['changed']} berubah, "
            f"{report['same']} sama, {report['absent']} tidak ada dalam berkas (dibiarkan)."
        )
        for line in report["formations"]:
            for change in line["changes"]:
                self.stdout.write(f"{line['code']} {change['field']}: {change['old']} -> {change['new']}")
