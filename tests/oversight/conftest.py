import pytest

from tests.oversight.story import make_watch


@pytest.fixture
def watch(own_database):
    return make_watch()
