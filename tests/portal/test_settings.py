"""Every setting that a promise rests on, read from the running system."""

import re

import psycopg
import pytest
import redis
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from devtools.servers import Servers
from portal import checks
from portal.celery import app
from portal.files import PublicFiles
from tests.parts import make_user
from tests.portal.running import PRODUCTION, ROOT, process, read

EVERYDAY_SECRETS = {"SECRET_KEY": "x", "FIELD_KEY": "x", "NIK_INDEX_KEY": "x"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """The servers that `make run` starts where no others are named; variable → address."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "ADMIN_DATABASE_URL"):
                patch.delenv(name, raising=False)
            addresses = servers.start()
        yield addresses
    finally:
        servers.stop()


# --- PostgreSQL --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"])
def test_the_embedded_database_loses_nothing_that_it_acknowledged(embedded, name):
    with psycopg.connect(embedded["ADMIN_DATABASE_URL"]) as session:
        assert session.execute(f"SHOW {name}").fetchone()[0] == "on"


def test_the_embedded_database_listens_on_no_network(embedded):
    with psycopg.connect(embedded["ADMIN_DATABASE_URL"]) as session:
        assert session.execute("SHOW listen_addresses").fetchone()[0] == ""


LIMITS = """
from django.db import connection
found = {}
with connection.cursor() as cursor:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "transaction_isolation",
                 "TimeZone", "role", "session_authorization"):
        cursor.execute(f"SHOW {name}")
        found[name] = cursor.fetchone()[0]
connection.close()
if getattr(connection, "pool", None):
    connection.close_pool()
"""


@pytest.mark.parametrize(
    ("role", "statement", "lock", "idle"),
    [
        ("portal_app", "5s", "3s", "15s"),
        ("portal_seq", "15min", "3s", "15s"),
        ("portal_work", "15min", "0", "0"),
        ("portal_owner", "15min", "0", "0"),
    ],
)
def test_each_process_works_as_its_own_role_with_its_limits(role, statement, lock, idle):
    found = read(LIMITS, DB_ROLE=role)

    assert role in (found["role"], found["session_authorization"])
    assert found["statement_timeout"] == statement
    assert found["lock_timeout"] == lock
    assert found["idle_in_transaction_session_timeout"] == idle
    assert found["transaction_isolation"] == "read committed"
    assert found["TimeZone"] == "UTC"


def test_a_statement_of_a_page_is_stopped_after_five_seconds():
    stopped = """
from django.db import connection, utils
try:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    found = "it ran"
except utils.OperationalError as error:
    found = str(error)
connection.close_pool()
"""
    assert "statement timeout" in read(stopped, DB_ROLE="portal_app")


def test_connections_are_checked_and_views_open_no_transaction_of_their_own(db):
    assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "FIELD_KEY", "NIK_INDEX_KEY"])
def test_a_setting_without_a_safe_default_fails_at_start(name):
    given = EVERYDAY_SECRETS | {"DATABASE_URL": "postgresql:///portal"} | {name: ""}

    done = process("manage.py", "check", **given)

    assert done.returncode != 0
    assert f"Set the environment variable {name}." in done.stderr


# --- Broker and cache --------------------------------------------------------------------------
def test_the_broker_forgets_nothing_and_the_cache_may(embedded):
    broker = redis.Redis(unix_socket_path=re.search(r"socket://([^?]+)", embedded["REDIS_URL"])[1])
    cache = redis.Redis.from_url(embedded["CACHE_URL"])

    kept = broker.config_get("maxmemory-policy", "appendonly", "appendfsync")
    lost = cache.config_get("maxmemory-policy", "appendonly")

    assert kept == {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}
    assert lost == {"maxmemory-policy": "allkeys-lru", "appendonly": "no"}
    assert broker.info("server")["run_id"] != cache.info("server")["run_id"]


# --- Celery ------------------------------------------------------------------------------------
def test_a_task_is_acknowledged_after_it_ran_and_comes_back_when_its_worker_dies():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_task_ends_before_the_broker_gives_it_to_another_worker():
    transport = app.conf.broker_transport_options

    assert app.conf.task_time_limit < transport["visibility_timeout"] / 2
    assert transport["visibility_timeout"] == 900
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (5, 1)


def test_a_lost_broker_is_noticed_soon_and_never_given_up():
    transport = app.conf.broker_transport_options

    assert (transport["socket_timeout"], transport["socket_connect_timeout"]) == (5, 2)
    assert transport["health_check_interval"] == 10
    assert app.conf.broker_connection_max_retries is None


def test_messages_are_json_and_results_are_not_kept():
    assert (app.conf.task_serializer, list(app.conf.accept_content)) == ("json", ["json"])
    assert app.conf.task_ignore_result is True


def test_no_code_of_the_portal_sends_to_the_broker():
    """Duties are rows; only beat rings. A page that sent would hang with the broker."""
    sends = re.compile(r"\.(delay|apply_async|send_task)\(")
    sources = [path for name in APPS for path in (ROOT / name).rglob("*.py")]

    assert len(sources) > 100
    assert [path for path in sources if sends.search(path.read_text())] == []


APPS = ("accounts", "ledger", "lib", "oversight", "portal", "publishing", "selection", "vacancies")


# --- Passwords and the second factor -----------------------------------------------------------
def test_passwords_are_kept_as_argon2id_with_nineteen_mebibytes():
    kept = make_password("kata-sandi-panjang")

    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("kata-sandi-panjang", kept)
    assert len(settings.PASSWORD_HASHERS) == 1  # an older, cheaper hash would be told apart by its time


def test_short_and_common_passwords_are_refused():
    weak = "from django.contrib.auth.password_validation import validate_password\n"
    weak += "from django.core.exceptions import ValidationError\nfound = []\n"
    weak += "for word in ('pendek', 'password1234', 'kereta-hijau-lewat'):\n"
    weak += "    try:\n        validate_password(word)\n    except ValidationError:\n        found.append(word)\n"

    assert read(weak) == ["pendek", "password1234"]


@pytest.mark.parametrize("given", [{"DEMO": True}, {"DEBUG": True}, {"PROFILE": "development"}, {}])
def test_no_setting_lets_staff_in_without_a_second_factor(db, settings, given):
    for name, value in given.items():
        setattr(settings, name, value)
    client = Client()
    client.force_login(make_user("vera@contoh.example", Role.VERIFIER))

    answer = client.get("/kelola/")

    assert (answer.status_code, answer["Location"]) == (302, "/akun/kode-kedua/pasang/")


def test_the_database_refuses_staff_whose_second_factor_is_off(db):
    vera = make_user("vera@contoh.example", Role.VERIFIER)

    with pytest.raises(IntegrityError, match="staff_requires_second_factor"):
        User.objects.filter(pk=vera.pk).update(requires_second_factor=False)


def test_codes_are_printed_for_a_demo_only(db, settings):
    make_user("vera@demo.example", Role.VERIFIER)
    settings.DEMO = False

    with pytest.raises(CommandError):
        call_command("demo_code", "vera@demo.example")


# --- Pages -------------------------------------------------------------------------------------
PAGES = ["/", "/bantuan/", "/akun/masuk/", "/pengumuman/", "/tidak-ada/"]


def policy(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_a_policy_without_inline_code_or_other_hosts(db, path):
    answer = Client().get(path)

    found = policy(answer["Content-Security-Policy"])
    assert found["default-src"] == ["'self'"]
    assert found["frame-ancestors"] == found["object-src"] == found["base-uri"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    allowed = {source for sources in found.values() for source in sources}
    assert allowed <= {"'self'", "'none'", "data:"}
    assert "Content-Security-Policy-Report-Only" not in answer


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_code_or_style(db, path):
    page = Client().get(path).content.decode()

    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_not_framed_not_sniffed_and_tell_no_other_site(db, path):
    answer = Client().get(path)

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_announcement_files_carry_the_same_headers_as_pages(db, tmp_path):
    place = tmp_path / "pengumuman" / "2026-1"
    place.mkdir(parents=True)
    (place / "index.html").write_text("<h1>Hasil</h1>")
    sent = {}

    def keep(status, headers):
        sent.update(headers, status=status)

    PublicFiles(None, tmp_path)({"REQUEST_METHOD": "GET", "PATH_INFO": "/pengumuman/2026-1/"}, keep)
    page = Client().get("/")

    assert sent["status"] == "200 OK"
    assert policy(sent["Content-Security-Policy"]) == policy(page["Content-Security-Policy"])
    for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert sent[name] == page[name]


def test_a_page_nobody_called_public_is_kept_by_no_cache(db):
    client = Client()
    client.force_login(make_user("alya@contoh.example", Role.APPLICANT))

    assert client.get("/akun/")["Cache-Control"] == "private, no-store"
    assert Client().get("/bantuan/")["Cache-Control"].startswith("public")


def test_public_pages_set_no_cookie(db):
    for path in ("/", "/bantuan/", "/pengumuman/"):
        assert not Client().get(path).cookies, path


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(db):
    alya = make_user("alya@contoh.example", Role.APPLICANT)
    alya.set_password("kereta-hijau-lewat")
    alya.save()
    EmailAddress.objects.create(user=alya, email=alya.email, verified=True, primary=True)
    client = Client()
    client.get("/akun/masuk/")

    client.post("/akun/masuk/", {"login": alya.email, "password": "kereta-hijau-lewat"})

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"] is True
        assert client.cookies[name]["samesite"] == "Lax"
        assert client.cookies[name]["path"] == "/"


# --- The production profile --------------------------------------------------------------------
ANSWERS = """
from django.conf import settings
from django.test import Client
page = Client().get("/bantuan/", secure=True, HTTP_HOST="portal.example")
form = Client().get("/akun/masuk/", secure=True, HTTP_HOST="portal.example")
plain = Client().get("/bantuan/", HTTP_HOST="portal.example")
cookie = form.cookies[settings.CSRF_COOKIE_NAME]
found = {
    "hsts": page.get("Strict-Transport-Security"),
    "plain": [plain.status_code, plain.get("Location")],
    "csrf": [settings.CSRF_COOKIE_NAME, cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]],
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_DOMAIN],
    "debug": settings.DEBUG,
}
"""


@pytest.fixture(scope="module")
def production():
    return read(ANSWERS, PORTAL_TEST="1", **PRODUCTION)


def test_production_speaks_tls_only_and_says_so_for_a_year(production):
    assert production["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert production["plain"] == [301, "https://portal.example/bantuan/"]
    assert production["debug"] is False


def test_production_binds_cookies_to_its_host(production):
    assert production["csrf"] == ["__Host-csrf", True, True, "/", ""]
    assert production["session"] == ["__Host-sesi", True, None]


def test_the_deployment_check_finds_nothing_in_production():
    done = process("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_production_refuses_to_be_a_demo():
    done = process("manage.py", "check", PORTAL_DEMO="1", **PRODUCTION)

    assert done.returncode != 0
    assert "PORTAL_DEMO" in done.stderr


def said(databases=("default",)) -> set[str]:
    return {issue.msg.split(":")[0] for issue in checks.database_keeps_what_it_acknowledges(databases=databases)}


def test_production_asks_for_a_second_machine_that_receives_the_log(db, settings):
    settings.PROFILE = "production"

    assert "No second machine receives the write-ahead log" in said()


def test_other_profiles_are_asked_nothing(db):
    assert said() == set()


@pytest.mark.parametrize(
    ("name", "value"), [("fsync", "off"), ("data_checksums", "off"), ("synchronous_commit", "off")]
)
def test_production_refuses_a_database_that_forgets(name, value):
    assert [issue.id for issue in checks._judged(name, value)] == ["portal.E001"]
    assert checks._judged(name, "on") == []


# --- The page about settings -------------------------------------------------------------------
def test_every_variable_that_is_read_is_described():
    source = (ROOT / "portal" / "settings.py").read_text()
    read_there = set(re.findall(r"(?:env|flag)\(\"([A-Z_]+)\"", source))
    page = (ROOT / "docs" / "settings.md").read_text()
    described = set(re.findall(r"^\| `([A-Z_]+)` ", page, re.MULTILINE))

    assert read_there
    assert read_there - described == set()
    assert not [name for name in read_there if re.search("MFA|OTP|FACTOR|2FA", name)]
