import logging
import signal
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from selection.actions import keeping

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "The loop that keeps deadlines, outside Celery: any number may run."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=5.0, help="seconds between rounds")
        parser.add_argument("--once", action="store_true")

    def handle(self, *args, every, once, **options):
        self.running = True
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self.stop)
        while self.running:
            started = time.monotonic()
            close_old_connections()
            try:
                keeping.keep(timezone.now())
            except Exception:
                logger.exception("a round failed")
                connection.close()
            if once:
                return
            while self.running and time.monotonic() - started < every:
                time.sleep(0.2)

    def stop(self, *_):
        self.running = False
