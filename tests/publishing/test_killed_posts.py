"""A process that is killed while a channel's server holds a post: a chat's waits for a person, a webhook's goes again."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from apprise.plugins.telegram import NotifyTelegram

from publishing.actions import posting
from publishing.adapters import webhook
from publishing.models import Channel, Post
from publishing.states import PostState
from tests.parts import NOON
from tests.publishing.stand_ins import STALLS, TAKES, certificates, standing_in
from tests.publishing.test_posting import make_news
from tests.publishing.test_posts_by_apprise import TARGET

NAME = "penerima.example"
CHILD = """
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = {name!r}
from datetime import datetime
from publishing.actions import posting
from tests.publishing.test_killed_posts import lead_to
lead_to({port}, {pem!r})
posting.send_posts(datetime.fromisoformat({at!r}))
"""


def lead_to(port: int, pem: str) -> None:
    """Both adapters speak to the stand-in on `port` of this machine; everything else is the portal's own."""
    import ssl

    NotifyTelegram.notify_url = f"http://127.0.0.1:{port}/bot"
    NotifyTelegram.request_rate_per_sec = 0
    trusting = ssl.create_default_context(cafile=pem) if Path(pem).is_file() else None
    posting.webhook.send = partial(webhook.send, resolve=lambda host: "127.0.0.1", port=port, context=trusting)


@pytest.fixture
def adapters(monkeypatch):
    """What `lead_to` changes here is put back."""
    for place, name in ((NotifyTelegram, "notify_url"), (NotifyTelegram, "request_rate_per_sec"), (webhook, "send")):
        monkeypatch.setattr(place, name, getattr(place, name))


def killed_in_the_middle(database: str, server, pem: str = "") -> None:
    """Five pieces of news; the server takes two and holds the third, and the sending process is killed."""
    for n in range(5):
        make_news(f"announcement:{n}:v1")
    posting.queue_posts(NOON)
    real, seen = server.react, []

    def react(request):
        seen.append(request)
        server.mood = STALLS if len(seen) == 3 else TAKES
        real(request)

    server.react = react
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(name=database, port=server.port, pem=pem, at=NOON.isoformat())],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
    )
    deadline = time.monotonic() + 60
    while len(seen) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(seen) == 3
    lead_to(server.port, pem)
    for at in (NOON, NOON + posting.LOST_AFTER + timedelta(minutes=1)):
        posting.recover(at)
        posting.send_posts(at)


def states() -> list[str]:
    return list(Post.objects.order_by("publication__source").values_list("state", flat=True))


def test_a_post_that_a_dead_process_had_begun_is_never_sent_again_by_itself(own_database, adapters):
    Channel.objects.create(code="tgram", name="Telegram", kind=Channel.Kind.POST, target=TARGET)
    with standing_in() as server:
        killed_in_the_middle(own_database, server)

        assert states() == [PostState.SENT, PostState.SENT, PostState.UNKNOWN, PostState.SENT, PostState.SENT]
        assert len(server.got) == 5


def test_a_webhook_that_a_dead_process_had_begun_goes_again_with_its_id(own_database, adapters, tmp_path):
    Channel.objects.create(
        code="hook",
        name="Lembaga",
        kind=Channel.Kind.WEBHOOK,
        target=f"https://{NAME}/terima",
        secret=webhook.new_secret(),
    )
    context, _trusting = certificates(tmp_path, NAME)
    with standing_in(context) as server:
        killed_in_the_middle(own_database, server, str(tmp_path / "both.pem"))

        assert states() == [PostState.SENT] * 5
        identifiers = [headers["webhook-id"] for _path, headers, _body in server.got]
        assert (len(identifiers), len(set(identifiers))) == (6, 5)
        assert identifiers[2] == identifiers[3]
