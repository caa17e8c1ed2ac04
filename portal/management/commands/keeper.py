import signal
from threading import Event

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal import keeping


class Command(BaseCommand):
    help = "The loop that keeps deadlines, outside Celery: any number may run."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5.0, help="seconds between rounds")
        parser.add_argument("--once", action="store_true")

    def handle(self, *args, every, once, **options):
        if once:
            for keep in keeping.KEEPS:
                keeping.ring(keep, timezone.now())
            return
        stopped = Event()
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: stopped.set())
        keeping.loop(stopped, every)
