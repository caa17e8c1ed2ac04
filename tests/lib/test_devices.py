import pytest

from lib.indonesian_text import device

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (ANDROID, "Chrome di Android"),
        (EDGE, "Edge di Windows"),
        (IPHONE, "Safari di iPhone"),
        ("curl/8.5", "perangkat lain"),
        ("", "perangkat lain"),
    ],
)
def test_a_device_is_named_in_words(said, words):
    assert device(said) == words
