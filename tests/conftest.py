"""Fixtures for all tests.

`db` (pytest-django) wraps a test in a transaction. A test that needs real commits, threads or several
connections asks for `own_database`: append-only tables refuse the TRUNCATE by which such tests are usually
cleaned, so each gets a clone of the migrated database and the clone is dropped after.
"""

import os
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connections
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases


def pytest_configure(config) -> None:
    """Each worker counts in a cache of its own: one that empties it changes no limit under the other's test."""
    connections.settings["default"]["TEST"]["TEMPLATE"] = os.environ.get("TEST_TEMPLATE")  # devtools/tables.py
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    place = settings.CACHES["default"]
    if worker and "db=0" in place["LOCATION"]:
        place["LOCATION"] = place["LOCATION"].replace("db=0", f"db={1 + int(worker.removeprefix('gw'))}")


LONG = ("tests/journeys/", "tests/faults/", "tests/portal/test_demo", "tests/bench/")  # minutes in few tests


def pytest_collection_modifyitems(items) -> None:
    """Long files first, so that at the end no worker waits for another's last one."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def folders(place) -> dict:
    """The settings by which everything that is written to files lands in `place`."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place / "documents"}}
    return {
        "VAR": place,
        "PREPARED_ROOT": place / "prepared",
        "PUBLIC_ROOT": place / "public",
        "EMAIL_FILE_PATH": place / "mail",
        "ERASURE_LIST": place / "erasures.jsonl",
        "STORAGES": settings.STORAGES | {"default": storage},
    }


@pytest.fixture(autouse=True)
def private_folders(tmp_path, settings):
    """Every test writes its files into a folder of its own."""
    for name, value in folders(tmp_path).items():
        setattr(settings, name, value)


@pytest.fixture(autouse=True)
def nobody_came_before():
    """What an earlier test of this worker sent counts for no limit of this one."""
    cache.clear()


@pytest.fixture(autouse=True)
def unhurried(settings):
    """All tests send forms from one address within the hour. The limits per network have tests of their own."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | dict.fromkeys(
        ["post_free", "post_proven", "post_unproven"], "100000/h/ip"
    )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The migrated test database, also where a run selects only tests that clone it."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    name = connections["default"].settings_dict["NAME"]
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        _end_sessions(name)
        teardown_databases(made, verbosity=0)


@contextmanager
def _maintenance():
    """A cursor outside any transaction: as the server's administrator, who may end any role's connections."""
    url = os.environ.get("ADMIN_DATABASE_URL")
    if url:
        with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            yield cursor
    else:
        with connections["default"]._nodb_cursor() as cursor:
            yield cursor


def _end_sessions(name: str) -> None:
    """End the connections that some thread of a test left open on the database `name`."""
    with _maintenance() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def _drop(name: str) -> None:
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _clone(source: str, name: str) -> None:
    """A new database like `source`; connections that some test left open on it are ended first."""
    _drop(name)
    _end_sessions(source)
    with _maintenance() as cursor:
        for turn in range(50):
            try:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" OWNER {settings.DB_ROLE}')
                return
            except (psycopg.OperationalError, OperationalError):
                if turn == 49:
                    raise
                time.sleep(0.1)


@pytest.fixture(scope="session")
def migrated_template(django_db_setup, django_db_blocker):
    """The name of a clone of the migrated test database that nobody connects to."""
    with django_db_blocker.unblock():
        source = connections["default"].settings_dict["NAME"]
        connections.close_all()
        name = f"{source}_template"
        _clone(source, name)
        connections.close_all()
    yield name
    with django_db_blocker.unblock():
        _drop(name)


@pytest.fixture
def own_database(migrated_template, django_db_blocker):
    """The default connection on a fresh clone; threads that open their own connections land there too."""
    with database_of_its_own(migrated_template, django_db_blocker) as clone:
        yield clone


@contextmanager
def database_of_its_own(template, django_db_blocker, *, keep_as=None):
    """What `own_database` gives a test, for a fixture that several tests share; kept as a template of the name given."""
    with django_db_blocker.unblock():
        original = connections["default"].settings_dict["NAME"]
        clone = f"{original}_clone"
        connections.close_all()
        _clone(template, clone)
        connections["default"].close()
        for place in (connections["default"].settings_dict, settings.DATABASES["default"]):
            place["NAME"] = clone
        try:
            yield clone
        finally:
            connections.close_all()
            for place in (connections["default"].settings_dict, settings.DATABASES["default"]):
                place["NAME"] = original
            if keep_as:
                _clone(clone, keep_as)
            _drop(clone)
            connections.close_all()


@contextmanager
def lived_in(name, migrated_template, django_db_blocker, place, live):
    """A template called `name` in which `live()` took place, with its files in `place`, for tests that clone it."""
    try:
        with (
            override_settings(**folders(place)),
            database_of_its_own(migrated_template, django_db_blocker, keep_as=name),
        ):
            live()
        yield name
    finally:
        with django_db_blocker.unblock():
            _drop(name)
