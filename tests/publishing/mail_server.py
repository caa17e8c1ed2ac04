"""A mail server that speaks SMTP, and can refuse, defer, stall, break off and half-close."""

import asyncio
import threading
from contextlib import contextmanager
from email import message_from_bytes

from aiosmtpd.smtp import SMTP

TAKES, UNKNOWN_PERSON, LATER, FULL, BREAKS_OFF, STALLS, SHUTS_DOWN, HALF_CLOSES, SLOW = (
    "takes", "550 no such person", "451 later", "552 too large", "breaks off", "stalls", "421 shutting down",
    "half-closes", "slow",
)  # fmt: skip


class Sink:
    """What the server does with a letter; `got` keeps those it took, `mood` says how it behaves, by address if wanted."""

    def __init__(self):
        self.mood, self.moods, self.got, self.pause = TAKES, {}, [], 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = self.moods.get(address, self.mood)
        if mood == UNKNOWN_PERSON:
            return "550 no such person " + address
        if mood == LATER:
            return "451 come later"
        if mood == SHUTS_DOWN:
            return "421 shutting down"
        if mood == HALF_CLOSES:  # it says nothing more, and goes on listening
            server.transport.write_eof()
            await asyncio.sleep(30)
        if mood == SLOW:
            await asyncio.sleep(self.pause)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        mood = self.moods.get(envelope.rcpt_tos[0], self.mood)
        if mood == FULL:
            return "552 too large"
        if mood == STALLS:
            await asyncio.sleep(30)
        if mood == SLOW:
            await asyncio.sleep(self.pause)
        self.got.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        if mood == BREAKS_OFF:  # it has the letter, and nobody hears so
            server.transport.abort()
            return "250 unheard"
        return "250 taken"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _message in self.got]


@contextmanager
def mail_server(settings):
    """A running server that the portal sends its mail to."""
    sink, loop, up = Sink(), asyncio.new_event_loop(), threading.Event()
    running = {}

    async def serve():
        running["server"] = await loop.create_server(
            lambda: SMTP(sink, hostname="localhost", timeout=60, loop=loop), "127.0.0.1", 0
        )
        up.set()

    loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert up.wait(30)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    settings.EMAIL_PORT = running["server"].sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
