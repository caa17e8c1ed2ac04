"""Letters to many people: queued at once, sent over SMTP one by one, each marked before the next."""

import os
import smtplib
import subprocess
import sys
import time
from contextlib import contextmanager
from email.message import EmailMessage

from django.conf import settings
from django.db import connection

from accounts.models import User
from bench import made_up
from bench.measure import Line, rate, taken
from publishing.actions import claiming, delivery, mailing, publication
from publishing.models import Delivery

AFTER = made_up.AT + 2 * claiming.LEASE  # what a killed worker had in hand is free again

PEOPLE = """INSERT INTO accounts_user (email, password, name, is_active, is_staff, is_superuser, public_label,
    requires_second_factor, made_by_team, date_joined)
SELECT 'surat' || n || '@bench.example', '!', '', true, false, false, '', false, false, now() FROM generate_series(1, %s) n"""


def measure(quick: bool, people: int) -> list[Line]:
    count = 1_000 if quick else 100_000
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [count])
    made = publication.publish(
        source="bench:mail", subject="Hasil SKD terbit", body="Lihat hasil Anda.\n" * 5, url="/pengumuman/1/",
        at=made_up.AT,
    )  # fmt: skip
    users = User.objects.filter(email__startswith="surat")
    many = mailing.begin(made, zone="Asia/Jakarta", at=made_up.AT)
    queueing = taken(lambda _run: publication.queue_for(made, users, at=made_up.AT, mailing=many), 1)
    few = max(count // 20, 100)
    with _sink() as (port, ended):
        before = taken(lambda _run: _bare(port, few), 1)
        ended()
    with _sink() as (port, ended):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        killed = _killed_worker(port, count // 20)
        quarter = taken(lambda _run: _send(AFTER, count // 4), 1)
        rest = taken(lambda _run: _send(AFTER, count), 1)
        came, apart = ended()
    with _sink() as (port, ended):
        after = taken(lambda _run: _bare(port, few), 1)
        ended()
    if apart != count or came > count + 1 or Delivery.objects.exclude(state="sent").exists():
        raise RuntimeError(f"{count} letters were queued, {came} came, {apart} of them apart")
    seconds, sent = quarter.seconds + rest.seconds, count - killed
    bare = 2 * few / (before.seconds + after.seconds)
    work = (quarter.work + rest.work) / sent / ((before.work + after.work) / 2 / few)
    return [
        Line(f"{count:,} letters queued", f"{rate(count, queueing.seconds)} letters/s ({queueing.seconds:.1f} s)"),
        Line(
            f"{count:,} letters of one mailing sent over SMTP by one worker, each marked in the database before the next; "
            f"a worker before it was killed after {killed:,}: {apart:,} people got theirs, {came - apart} of them twice",
            f"{rate(sent, seconds)} letters/s",
            f"the same letters over one connection without a database: {bare:,.0f} letters/s",
            f"{sent / seconds / bare:.2f} × the rate, {work:.1f} × the processor time",
            f"{rest.memory} (the first quarter: {quarter.memory})",
        ),
    ]


def _send(at, most: int) -> None:
    """Ring as keeper and beat do, until `most` letters left or nothing is due."""
    left = most
    while left > 0 and (sent := delivery.deliver_due(at, most=left)):
        left -= sent


WORKER = """
import sys
import django
django.setup()
from bench import made_up
from publishing.actions import delivery
while delivery.deliver_due(made_up.AT):
    pass
"""


def _killed_worker(port: int, about: int) -> int:
    """A worker of its own that is killed when about so many letters left; how many are marked as sent."""
    running = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env=os.environ | {
            "EMAIL_BACKEND": settings.EMAIL_BACKEND, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)
        },
    )  # fmt: skip
    try:
        while Delivery.objects.filter(state="sent").count() < about and running.poll() is None:
            time.sleep(0.05)
    finally:
        running.kill()
        running.wait()
    return Delivery.objects.filter(state="sent").count()


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
