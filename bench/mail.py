"""Letters to many people: queued at once, sent over SMTP one by one, each marked before the next."""

import smtplib
import subprocess
import sys
from contextlib import contextmanager
from email.message import EmailMessage

from django.conf import settings
from django.db import connection

from accounts.models import User
from bench import made_up
from bench.measure import Line, rate, taken
from publishing.actions import delivery, publication
from publishing.models import Delivery

PEOPLE = """INSERT INTO accounts_user (email, password, name, is_active, is_staff, is_superuser, public_label,
    requires_second_factor, made_by_team, date_joined)
SELECT 'surat' || n || '@bench.example', '!', '', true, false, false, '', false, false, now() FROM generate_series(1, %s) n"""


def measure(quick: bool, people: int) -> list[Line]:
    count = 500 if quick else 100_000
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [count])
    made = publication.publish(
        source="bench:mail", subject="Hasil SKD terbit", body="Lihat hasil Anda.\n" * 5, url="/pengumuman/1/",
        at=made_up.AT,
    )  # fmt: skip
    users = User.objects.filter(email__startswith="surat")
    queueing = taken(lambda _run: publication.queue_for(made, users, at=made_up.AT), 1)
    with _sink() as (port, ended):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        quarter = taken(lambda _run: _send(count // 4), 1)
        rest = taken(lambda _run: _send(count), 1)
        came, apart = ended()
    if (came, apart) != (count, count) or Delivery.objects.exclude(state="sent").exists():
        raise RuntimeError(f"{count} letters were queued, {came} came, {apart} of them apart")
    few = max(count // 20, 100)
    with _sink() as (port, ended):
        bare = taken(lambda _run: _bare(port, few), 1)
        ended()
    seconds = quarter.seconds + rest.seconds
    return [
        Line(f"{count:,} letters queued", f"{rate(count, queueing.seconds)} letters/s ({queueing.seconds:.1f} s)"),
        Line(
            f"{count:,} letters sent over SMTP by one worker, each marked in the database; each came once",
            f"{rate(count, seconds)} letters/s",
            f"the same letters over one connection without a database: {rate(few, bare.seconds)} letters/s",
            f"{(count / seconds) / (few / bare.seconds):.2f} × the rate",
            f"{rest.memory} (the first quarter: {quarter.memory})",
        ),
    ]


def _send(most: int) -> None:
    left = most
    while left > 0 and (sent := delivery.deliver_due(made_up.AT, batch=min(left, 200))):
        left -= sent


def _bare(port: int, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n in range(count):
            message = EmailMessage()
            message["Subject"], message["From"], message["To"] = "Hasil SKD terbit", "a@b.example", f"o{n}@b.example"
            message["Message-ID"] = f"<bare-{n}@b.example>"
            message.set_content("Lihat hasil Anda.\n" * 8)
            server.send_message(message)


@contextmanager
def _sink():
    """A mail server in a process of its own: its port, and a function that ends it and says what came."""
    running = subprocess.Popen(
        [sys.executable, "-m", "bench.mail_sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    port = int(running.stdout.readline())

    def ended() -> tuple[int, int]:
        running.stdin.close()
        came, apart = running.stdout.readline().split()
        return int(came), int(apart)

    try:
        yield port, ended
    finally:
        running.kill()
        running.wait()
