import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from tests.conftest import database_of_its_own
from tests.oversight.healthy import Healthy
from tests.oversight.story import make_watch


@pytest.fixture
def watch(own_database):
    return make_watch()


@pytest.fixture(scope="module")
def built(tmp_path_factory, migrated_template, django_db_blocker):
    """The healthy story, made once for a file, in a database and in folders of its own."""
    place = tmp_path_factory.mktemp("sehat")
    folders = {"VAR": place, "PREPARED_ROOT": place / "prepared", "PUBLIC_ROOT": place / "public"}
    storages = django_settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": place / "documents"},
        }
    }
    with override_settings(STORAGES=storages, **folders), database_of_its_own(migrated_template, django_db_blocker):
        yield folders, Healthy()


@pytest.fixture
def story(built, settings):
    folders, made = built
    for name, path in folders.items():
        setattr(settings, name, path)
    return made
