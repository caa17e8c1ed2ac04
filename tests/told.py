"""A story that the tests of a file begin with, told once: each test gets it as it was told, with folders of its own.

`whole, city = told_once("whole", Contested)` in a test file makes two fixtures. A test that asks for `city` works in a
transaction that is rolled back, on a database in which the story took place; with `commits=True` on a clone of that
database, for tests that need real commits, threads or several connections.
"""

import copy
import shutil
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from tests.conftest import _clone, _drop, database_of_its_own, lived_in


def told_once(name: str, make, *, commits: bool = False):
    """(module fixture called `name`, test fixture): what `make()` returned, copied for each test."""

    @pytest.fixture(scope="module", name=name)
    def whole(migrated_template, django_db_blocker, tmp_path_factory):
        place, told = tmp_path_factory.mktemp("cerita"), []
        template = f"{migrated_template}_told"
        with lived_in(template, migrated_template, django_db_blocker, place, lambda: told.append(make())):
            if commits:
                yield template, place, told[0]
                return
            with django_db_blocker.unblock():
                _clone(template, f"{template}_worn")
                connections.close_all()
            yield f"{template}_worn", place, told[0]
            with django_db_blocker.unblock():
                connections.close_all()
                _drop(f"{template}_worn")

    @pytest.fixture
    def own(request, tmp_path, private_folders, django_db_blocker):
        if alone := {"db", "own_database", "transactional_db"} & set(request.fixturenames):
            pytest.fail(f"{request.node.name} asks for {', '.join(alone)}, but its story brings a database along")
        database, place, story = request.getfixturevalue(name)
        shutil.copytree(place, tmp_path, dirs_exist_ok=True)
        where = database_of_its_own(database, django_db_blocker) if commits else worn(database, django_db_blocker)
        with where:
            yield copy.deepcopy(story)

    return whole, own


@contextmanager
def worn(database: str, django_db_blocker):
    """The default connection on `database`, in a transaction of a test: what it did is undone."""
    with django_db_blocker.unblock():
        connections.close_all()
        places = (connections["default"].settings_dict, settings.DATABASES["default"])
        before = [place["NAME"] for place in places]
        for place in places:
            place["NAME"] = database
        atomic = transaction.atomic()
        atomic._from_testcase = True  # as Django's own TestCase has it: what must be outermost may begin within
        try:
            with atomic:
                yield
                if not connection.needs_rollback:
                    connection.check_constraints()
                transaction.set_rollback(True)
        finally:
            connections.close_all()
            for place, name in zip(places, before, strict=True):
                place["NAME"] = name
