"""The embedded servers start wherever somebody put the clone."""

import stat

import pytest

from devtools.servers import short_directory


@pytest.mark.parametrize("name", ["dengan spasi", "50%", "tanya?", "x" * 90])
def test_a_socket_never_lies_under_a_path_that_a_url_cannot_carry(tmp_path, name):
    place = short_directory(tmp_path / name / "s")

    assert not str(place).startswith(str(tmp_path))
    assert len(str(place)) <= 85
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    place.rmdir()


def test_a_plain_path_is_taken_as_it_is(tmp_path):
    short = tmp_path.parents[2] / "polos"

    assert short_directory(short) == short
    short.rmdir()
