from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.actions import recording
from oversight.actions import openness_report
from oversight.models import OpennessReport


class Command(BaseCommand):
    help = "Write and publish the openness reports that are due; with --month the one of that month."

    def add_arguments(self, parser):
        parser.add_argument("--month", help="2026-11: also a month before the first report")

    def handle(self, *args, month, **options):
        at = timezone.now()
        if month:
            try:
                openness_report.write_month(date.fromisoformat(f"{month}-01"), at=at)
            except ValueError as error:
                raise CommandError(f"not a month: {month}") from error
            except openness_report.NotDue as error:
                raise CommandError(str(error)) from error
            recording.record_waiting(at)
        openness_report.publish_due(at)
        for report in OpennessReport.objects.order_by("due_at"):
            state = f"public since {report.public_at:%Y-%m-%d}" if report.public_at else "waits for the record"
            self.stdout.write(f"{report.number}: {state}")
