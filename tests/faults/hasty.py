"""The portal's pages with one protection taken out of saving answers, or killed at a point of it. PORTAL_HASTY says which."""

import os
import signal
import threading
import time
from types import SimpleNamespace

from django.utils import timezone

from portal.wsgi import application

from exams.actions import sitting as sittings  # isort: skip - after the portal is loaded

__all__ = ["application"]

real = sittings.answer
saved = 0


def acknowledge_first(*args, **kwargs):
    """Saved a moment later, when the browser has been told already."""
    threading.Thread(target=lambda: (time.sleep(1), real(*args, **kwargs)), daemon=True).start()
    return SimpleNamespace(number=0, at=timezone.now())


def die_unheard(*args, **kwargs):
    """Every tenth answer is saved, and the process is killed before the browser hears of it."""
    global saved
    given = real(*args, **kwargs)
    saved += 1
    if saved == 10:
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    return given


sittings.answer = {"acknowledge first": acknowledge_first, "die unheard": die_unheard}[os.environ["PORTAL_HASTY"]]
