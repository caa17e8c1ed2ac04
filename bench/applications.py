"""Sending applications: as many as arrive in one second, and one after another."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.encrypted import nik_index
from accounts.models import Person, User
from bench import made_up
from bench.load import arrive, server
from bench.measure import Line, in_turn, rate
from selection.models import Answers, Application, Receipt
from vacancies.models import Formation, Recruitment

SECRET = "b" * 32
BARE = "CREATE TABLE IF NOT EXISTS bare_application (id bigserial PRIMARY KEY, ref text UNIQUE, at timestamptz)"


def measure(quick: bool, people: int) -> list[Line]:
    burst, steady = (50, 100) if quick else (500, 2_000)
    requests = [_sending(one) for one in _drafts(burst + steady)]
    with server() as running:
        arrive(running, requests[:20], within=0, status=302)  # warms up
        at_once = arrive(running, requests[20:burst], within=(burst - 20) / burst, status=302)
        in_row = arrive(running, requests[burst:], within=0, status=302)
    kept = Receipt.objects.filter(application__ref__startswith="B-").count()
    if kept != burst + steady:
        raise RuntimeError(f"{burst + steady} were acknowledged and {kept} are there")
    (bare,) = in_turn([lambda run: _inserts(300)], 3)
    return [
        Line(
            f"{burst - 20} applications sent within {(burst - 20) / burst:.2f} s, all acknowledged and there",
            f"{at_once}, slowest {max(at_once.latencies) * 1000:.0f} ms",
        ),
        Line(
            f"{steady:,} applications sent over 8 connections",
            str(in_row),
            f"one connection that commits single rows: {rate(300, bare.seconds)}/s",
            f"{in_row.per_second / (300 / bare.seconds):.2f} × the rate",
        ),
    ]


def _drafts(count: int) -> list[Application]:
    """Finished drafts of as many people, for a recruitment that is open now."""
    now = timezone.now()
    of = made_up.recruitment("lamaran")
    Recruitment.objects.filter(pk=of.pk).update(mirrors_national=False, rulepack="local-contract")
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    made_up.stage(of, 1, kind="registration", rule="", **times, **{f"planned_{name}": at for name, at in times.items()})
    formation = Formation.objects.create(
        recruitment=of, code="B", slug="lamaran-b", position="Analis", unit=of.agency, unit_path="Dinas", quota=1
    )
    users = User.objects.bulk_create(
        User(email=f"pelamar{n}@bench.example", password=f"!{n:040d}") for n in range(count)
    )
    persons = Person.objects.bulk_create(
        Person(user=user, name="Nama Rekaan", nik=f"99{n:014d}", nik_index=nik_index(f"99{n:014d}"),
               birth_date="1995-05-15", phone="080000000000", address="Alamat rekaan")
        for n, user in enumerate(users)
    )  # fmt: skip
    found = Application.objects.bulk_create(
        Application(ref=f"B-{n}", recruitment=of, formation=formation, user=person.user, person=person)
        for n, person in enumerate(persons)
    )
    Answers.objects.bulk_create(
        Answers(application=one, identity_at=now, education_at=now, accommodation_at=now, statement_at=now)
        for one in found
    )
    return found


def _sending(application: Application) -> bytes:
    """The request by which its signed-in applicant sends it."""
    user = application.user
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    body = f"csrfmiddlewaretoken={SECRET}"
    return (
        f"POST {reverse('application_check', args=[application.ref])} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={SECRET}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _inserts(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        for _ in range(count):
            cursor.execute("INSERT INTO bare_application (ref, at) VALUES (gen_random_uuid(), now())")
