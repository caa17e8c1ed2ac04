"""Settings, read from the environment in a fixed order of sections.

A setting without a safe default fails at start. `docs/settings.md` lists every variable.
"""

import os
import re
import shlex
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from lib import day_window

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """The variable `name`, or `default`; without either the process does not start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def flag(name: str) -> bool:
    return os.environ.get(name, "") in {"1", "true", "yes"}


# --- What kind of installation this is -------------------------------------------------------
PROFILE = env("PROFILE", "demo" if flag("PORTAL_DEMO") else "development")
DEMO = flag("PORTAL_DEMO")
DEBUG = flag("DEBUG")
if DEMO and PROFILE == "production":
    raise ImproperlyConfigured("PORTAL_DEMO has public passwords: it never runs with PROFILE=production.")
VAR = Path(env("PORTAL_VAR", str(BASE_DIR / "var")))
ERASURE_LIST = Path(env("ERASURE_LIST", str(VAR / "erasures" / "list.jsonl")))
RETENTION_DAYS = int(env("RETENTION_DAYS", "730"))
CASE_KEPT_DAYS = int(env("CASE_KEPT_DAYS", "365"))  # after a case was closed, what a citizen wrote is kept so long
BACKUP_DAYS = int(env("BACKUP_DAYS", "35"))  # the oldest backup and archive of the log that is kept; pages say so
PROFILE_PREVIEW_DAYS = int(env("PROFILE_PREVIEW_DAYS", "14"))  # a person sees the own profile so long before all do
EVENT_KEPT_DAYS = int(env("EVENT_KEPT_DAYS", "30"))  # after an event, who registered is kept so long
PRACTICE_KEPT_DAYS = int(env("PRACTICE_KEPT_DAYS", "7"))  # a practice test without account
PRACTICE_HISTORY_DAYS = int(env("PRACTICE_HISTORY_DAYS", "365"))  # the own history of an account
SECRET_KEY = env("SECRET_KEY")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = int(env("TRUSTED_PROXIES", "1" if PROFILE == "production" else "0"))
INSTANCE = {
    "name": env("INSTANCE_NAME", "Pemerintah Kota Contoh"),
    "short_name": env("INSTANCE_SHORT_NAME", "Kota Contoh"),
    "office": env("INSTANCE_OFFICE", "BKPSDM Kota Contoh"),
    "email": env("INSTANCE_EMAIL", "bkpsdm@kota-contoh.example"),
    "phone": env("INSTANCE_PHONE", "(000) 123456"),
}

# Districts (kecamatan) of the region: the first six digits of a NIK that was issued there, and the name.
DISTRICTS = dict(
    one.strip().split("=", 1)
    for one in env("DISTRICTS", "990101=Kota Lama;990102=Mekar;990103=Tanjung;990104=Rimba Raya;990105=Muara").split(
        ";"
    )
    if "=" in one
)

# --- Applications, in the order of their imports ---------------------------------------------
INSTALLED_APPS = [
    "lib",
    "accounts",
    "ledger",
    "publishing",
    "vacancies",
    "selection",
    "participation",
    "exams",
    "workforce",
    "oversight",
    "portal",
    "portal.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rules",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "csp",
]

MIDDLEWARE = [
    "oversight.untraced.Untraced",  # before anything that could keep who reports something
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.PrivateByDefault",
    "accounts.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.RequireSecondFactor",
]

ROOT_URLCONF = "portal.urls"
SILENCED_SYSTEM_CHECKS = ["urls.W002"]  # /lowongan/, /lowongan.csv and /lowongan.json share one table of addresses
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: one PostgreSQL schema, one database role per kind of process ------------------
DB_ROLE = env("DB_ROLE", "portal_owner")
WEB_PROCESS = DB_ROLE == "portal_app"
STATEMENT_TIMEOUT = {"portal_app": "5s"}.get(DB_ROLE, "15min")


def database(url: str) -> dict:
    """Django's connection settings for `url`, working as the database role of this process.

    A URL without a user logs in as the role itself (embedded server, or one URL per process).
    A URL with another user must belong to a member of the role, and takes the role on.
    """
    parts = urlparse(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    user = unquote(parts.username or "") or DB_ROLE
    role = "" if user == DB_ROLE else f" -c role={DB_ROLE}"
    options = {
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout=3s"
        f" -c idle_in_transaction_session_timeout=15s -c timezone=UTC{role}",
    }
    if DB_ROLE in {"portal_owner", "portal_work"}:
        options["options"] = f"-c statement_timeout={STATEMENT_TIMEOUT} -c timezone=UTC{role}"
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    if WEB_PROCESS:
        options["pool"] = {"min_size": 2, "max_size": 8, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "portal",
        "USER": user,
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port") or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "ATOMIC_REQUESTS": False,  # each action opens its own durable transaction
    }


DATABASES = {"default": database(env("DATABASE_URL"))}

# --- Broker (a doorbell) and cache: two instances --------------------------------------------
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_URL = env("CACHE_URL", "redis://127.0.0.1:6380/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 400  # less than half of the visibility timeout: a task is never delivered twice while it runs
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "ring the keeper": {"task": "selection.tasks.keep", "schedule": 5.0, "options": {"expires": 10}},
    "ring the oversight": {"task": "oversight.tasks.keep", "schedule": 10.0, "options": {"expires": 20}},
    "remind of drafts": {"task": "selection.tasks.remind", "schedule": 300.0, "options": {"expires": 300}},
    "ring the participation": {"task": "participation.tasks.keep", "schedule": 60.0, "options": {"expires": 60}},
    "ring the directory": {"task": "workforce.tasks.keep", "schedule": 60.0, "options": {"expires": 60}},
    "ring the exams": {"task": "exams.tasks.keep", "schedule": 5.0, "options": {"expires": 10}},
    "end tests in time": {"task": "exams.tasks.end", "schedule": 2.0, "options": {"expires": 4}},
    "ring the vacancies": {"task": "vacancies.tasks.keep", "schedule": 60.0, "options": {"expires": 60}},
    "send letters": {"task": "publishing.tasks.deliver", "schedule": 10.0, "options": {"expires": 20}},
    "post on outside channels": {"task": "publishing.tasks.post", "schedule": 10.0, "options": {"expires": 20}},
    "erase what was decided": {"task": "selection.tasks.erase_due", "schedule": 60.0, "options": {"expires": 120}},
    "erase what is past its time": {"task": "selection.tasks.erase_expired", "schedule": crontab(hour=18, minute=40)},
    "sweep what was left": {"task": "selection.tasks.sweep", "schedule": crontab(hour=18, minute=50)},
    "forget old cases": {"task": "participation.tasks.forget_old_cases", "schedule": crontab(hour=18, minute=55)},
    "verify the record": {"task": "ledger.tasks.verify_record", "schedule": crontab(hour=19, minute=10)},  # 02.10 WIB
}

# --- Oversight: the clocks of a finding ---------------------------------------------------------
ESCALATION_ANSWER_DAYS = int(env("ESCALATION_ANSWER_DAYS", "60"))  # working days, for a body above the office
PROBE_URL = env("PROBE_URL", f"{SITE_URL}/readyz")  # where the keeper looks whether the portal answers
FINDING_ANSWER_DAYS = int(env("FINDING_ANSWER_DAYS", "5"))  # working days
FINDING_HEADER_DAYS = int(env("FINDING_HEADER_DAYS", "3"))  # calendar days from sending to the public header
FINDING_TEXT_DAYS = int(env("FINDING_TEXT_DAYS", "7"))  # calendar days from there to the public version

# --- People: sign-in, passwords, second factor -----------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/akun/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_CHANGE_EMAIL = True  # one address; the old one stays until the new one is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a phone left open changes neither address nor password
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
PROOF_AFTER = int(env("PROOF_AFTER", "10"))
PROOF_WORK = int(env("PROOF_WORK", "50000"))  # hashes at most; a cheap phone does some ten thousand in a second
POSTS_WITH_PROOF = int(env("POSTS_WITH_PROOF", "600"))
POSTS_WITHOUT_PROOF = int(env("POSTS_WITHOUT_PROOF", "100"))
# Many phones share one address of their provider, so that the limits per address are wide. The one per account
# ends within seconds: nobody can keep its owner out until a deadline is over.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "30/m/ip,5/20s/key",
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/m/key",
    "practice": "120/h/ip",
    "feedback_code": "30/h/ip",
    "exam_door": "10/m/key",
    "save_identity": "20/h/user",
    "objection_upload": "40/d/user",
    "alert": "5/h/key",
    "report_comment": "10/h/ip,3/m/ip",
    "event": "5/h/key",
    "event_helped": "60/h/ip,5/h/key",
    "event_code": "5/h/key",
    "question": "10/h/key",
    "contribution": "10/h/key",
    "case": "5/h/key",
    "case_code": "60/h/ip",
    "helped": "60/h/user,5/h/key",
    "helped_code": "5/h/key",
    "case_helped": "60/h/user,5/h/key",
    "case_helped_alone": "60/h/user",
    "case_consent": "5/h/key",
    "profile": "240/m/ip",
    "profile_claim": "10/h/user",
    "certificate_check": "120/m/ip",
    "training_need": "10/h/key",
    # All forms without account together, by network (docs/adr/0019): free, with and without proof of work.
    "post_free": f"{PROOF_AFTER}/h/ip",
    "post_proven": f"{POSTS_WITH_PROOF}/h/ip",
    "post_unproven": f"{POSTS_WITHOUT_PROOF}/h/ip",
}
PASSWORD_RESET_TIMEOUT = 30 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES  # without it every visitor would share the proxy's limit
ACCOUNT_FORMS = {
    "login": "accounts.forms.Login",
    "signup": "accounts.forms.Signup",
    "add_email": "accounts.forms.AddEmail",
    "change_password": "accounts.forms.ChangePassword",
    "set_password": "accounts.forms.SetPassword",
    "reset_password": "accounts.forms.ResetPassword",
    "reset_password_from_key": "accounts.forms.ResetPasswordKey",
    "reauthenticate": "accounts.forms.Reauthenticate",
}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactor",
    "reauthenticate": "accounts.forms.SecondFactorAgain",
    "activate_totp": "accounts.forms.Enrol",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jabatan Terbuka"
MFA_ADAPTER = "accounts.second_factor.Adapter"

# --- Personal data: keys of their own, versioned by position (the first one encrypts) --------
FIELD_KEYS = env("FIELD_KEY").split(",")
NIK_INDEX_KEY = env("NIK_INDEX_KEY")

# --- Words, time -----------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["lib.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", "Asia/Jakarta")

# --- Pages -----------------------------------------------------------------------------------
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.instance",
            ],
            "builtins": ["template_partials.templatetags.partials", "lib.templatetags.portal_text"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
INSTALLED_APPS.append("django.forms")
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "documents"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or flag("PORTAL_TEST")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
RULEPACKS = BASE_DIR / "selection" / "rulepacks"
PREPARED_ROOT = VAR / "prepared"  # private: rendered announcements that nobody may see yet
PUBLIC_ROOT = VAR / "public"  # files that the web server hands out as they are

# --- The public record -----------------------------------------------------------------------
# The name of the record, an address without scheme. It never changes, not even with the address of the portal.
LOG_ORIGIN = env(
    "LOG_ORIGIN", f"{SITE_URL.partition('://')[2] if PROFILE == 'production' else 'kota-contoh.example'}/log"
)
SIGNER_COMMAND = shlex.split(env("SIGNER_COMMAND", ""))  # empty: a child process with key and memory under VAR
SIGNER_SECONDS = 30
PROMISE_KEY_FILE = Path(env("PROMISE_KEY_FILE", str(VAR / "promise" / "key")))
# Outside bodies that are asked to vouch for the record: "vkey address [group]", by line or semicolon.
WITNESSES = [line.strip() for line in re.split("[\n;]", env("WITNESSES", "")) if line.strip()]
WITNESS_QUORUM = env("WITNESS_QUORUM", "")  # how many witnesses, or groups, must sign; empty: more than half
AUDIT_BEACON = env("AUDIT_BEACON", "")  # a public random source that takes part in random audits; empty: none
LOG_POLICY = env("LOG_POLICY", "")  # instead of both: a file with the lines witness, group, quorum of a tlog-policy

# --- Security --------------------------------------------------------------------------------
SECURE = PROFILE == "production"
SESSION_COOKIE_NAME = "__Host-sesi" if SECURE else "sesi"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24
EXAM_COOKIE_NAME = "__Secure-ujian" if SECURE else "ujian"
PRACTICE_COOKIE_NAME = "__Secure-latihan" if SECURE else "latihan"
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    },
}

# --- Citizen reports -------------------------------------------------------------------------
REPORT_ONION = env("REPORT_ONION", "")  # an onion address of /lapor/, shown there; the service itself is set up outside
REPORT_RETENTION_DAYS = int(env("REPORT_RETENTION_DAYS", "730"))  # after a report was closed

# --- Mail ------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", INSTANCE["email"])
EMAIL_BACKEND = env("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
MAIL_PER_MINUTE = int(env("MAIL_PER_MINUTE", "0"))  # what the mail server takes, from all processes together; 0: all
MAILING_WINDOW = day_window.parse(env("MAILING_WINDOW", "06:00-21:00"))  # letters to many leave at these hours

# --- Imports ---------------------------------------------------------------------------------
IMPORT_MAX_XLSX_ROWS = 200_000
SCORE_FILE_BYTES = 1024 * 1024 * 1024

# --- Logs: JSON lines, no personal data ------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"untraced": {"()": "oversight.untraced.LeavesOut"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["untraced"]}},
    "loggers": {"django.request": {"filters": ["untraced"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
}
