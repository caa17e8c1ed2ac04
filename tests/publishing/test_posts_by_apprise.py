"""Telegram through apprise, against a server that speaks its protocol."""

import json

import pytest
import requests
from apprise.plugins.telegram import NotifyTelegram

from publishing.adapters import post
from publishing.adapters.answer import Answer, Verdict
from tests.publishing import stand_ins
from tests.publishing.stand_ins import standing_in

TARGET = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/@kabarkota?detect=no"


@pytest.fixture
def telegram(monkeypatch):
    with standing_in() as found:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{found.port}/bot")
        monkeypatch.setattr(NotifyTelegram, "request_rate_per_sec", 0)
        yield found


def send(target: str = TARGET) -> Answer:
    return post.send("Hasil SKD terbit", "Lihat daftarnya.\n\nhttps://portal.example/pengumuman/1/", target=target)


def test_a_post_arrives_with_its_title_text_and_link(telegram):
    found = send()

    (path, _headers, body) = telegram.got[0]
    said = json.loads(body)
    assert found == Answer(Verdict.ARRIVED, "HTTP 200")
    assert path.endswith("/sendMessage")
    assert said["chat_id"] == "@kabarkota"
    assert "Hasil SKD terbit" in said["text"]
    assert "https://portal.example/pengumuman/1/" in said["text"]
    assert len(telegram.got) == 1


@pytest.mark.parametrize(
    ("mood", "verdict"),
    [
        (stand_ins.REFUSES, Verdict.REFUSED),
        (stand_ins.BUSY, Verdict.NOT_TAKEN),
        (stand_ins.BROKEN, Verdict.IN_DOUBT),
        (stand_ins.HALF_CLOSES, Verdict.IN_DOUBT),
        (stand_ins.STALLS, Verdict.IN_DOUBT),
    ],
)
def test_a_no_is_told_from_a_perhaps(telegram, mood, verdict):
    telegram.mood = mood

    assert send().verdict is verdict
    assert len(telegram.got) == 1


def test_nobody_listening_is_certain(telegram):
    telegram.server.shutdown()
    telegram.server.server_close()

    assert send().verdict is Verdict.NOT_TAKEN


def test_a_redirect_is_not_followed(telegram):
    telegram.mood = stand_ins.REDIRECTS

    assert send().verdict is Verdict.REFUSED
    assert len(telegram.got) == 1


def test_a_call_that_only_reads_leaves_nothing_in_doubt(telegram):
    telegram.mood = stand_ins.HALF_CLOSES

    with post._watched() as calls, pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"http://127.0.0.1:{telegram.port}/", timeout=5)

    assert [one.verdict for one in calls] == [Verdict.NOT_TAKEN]


def test_without_watching_every_no_looks_the_same(telegram, monkeypatch):
    """The twin: apprise alone says "no" to a refusal and to a message that may have arrived."""
    monkeypatch.setattr(post, "_note", lambda request, answer: None)
    answers = set()
    for mood in (stand_ins.REFUSES, stand_ins.HALF_CLOSES):
        telegram.mood = mood
        answers.add(send())

    assert len(answers) == 1


@pytest.mark.parametrize(
    "target",
    ["json://127.0.0.1/", "mailto://a:b@example.com", "tgram://pendek", "ntfy://example.com/kabar",
     "ntfys://127.0.0.1/kabar", "mastodons://kunci@localhost", "matrixs://a:b@10.0.0.1/#ruang", "", "file:///etc/passwd"],
)  # fmt: skip
def test_other_services_and_our_own_network_are_refused(target):
    assert post.problem(target)
    assert send(target).verdict is Verdict.REFUSED


def test_the_address_that_works_has_no_problem():
    assert post.problem(TARGET) == ""
