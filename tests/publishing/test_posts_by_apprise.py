"""Posts through apprise, each service against a server that speaks its protocol, refuses, stalls and half-closes."""

import json
from dataclasses import dataclass

import pytest
import requests
from apprise.plugins.mastodon import NotifyMastodon
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.twitter import NotifyTwitter
from apprise.plugins.whatsapp import NotifyWhatsApp

from publishing.adapters import answer, post, public_address
from publishing.adapters.answer import Answer, Verdict
from tests.publishing import stand_ins
from tests.publishing.stand_ins import certificates, standing_in

TARGET = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/@kabarkota?detect=no"
LINK = "https://portal.example/pengumuman/1/"


@dataclass(frozen=True)
class Service:
    """An address as staff write it (PORT stands for the stand-in's), and what its server gets to read."""

    target: str
    path: str
    said: str  # the key of the JSON under which the text stands
    key: str  # the header or path by which the server knows us


SERVICES = {
    "telegram": Service(TARGET, "/bot123456789:abcdefghijklmnopqrstuvwxyz012345678/sendMessage", "text", ""),
    "mastodon": Service("toots://kunci@localhost:PORT/", "/api/v1/statuses", "status", "Bearer kunci"),
    "x": Service("x://a/b/c/d?mode=tweet", "/2/tweets", "text", 'oauth_token="c"'),
    "whatsapp": Service("whatsapp://kunci123@1234567/+628123456789", "/v21.0/1234567/messages", "text.body", "Bearer kunci123"),
    "whatsapp of our own": Service(
        "evolutions://kunci@localhost:PORT/kota/628123456789", "/message/sendText/kota", "text", "kunci"
    ),
    "ntfy": Service("ntfys://localhost:PORT/kabar", "/", "message", ""),
}  # fmt: skip


@pytest.fixture
def server(monkeypatch, tmp_path):
    """The stand-in: services with a fixed address are led to it, those whose address names a server reach it by name."""
    theirs, _ours = certificates(tmp_path, "localhost")
    with standing_in(theirs) as found:
        base = f"https://localhost:{found.port}"
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"{base}/bot")
        monkeypatch.setattr(NotifyTwitter, "twitter_tweet", f"{base}/2/tweets")
        monkeypatch.setattr(NotifyWhatsApp, "notify_url", base + "/{fb_ver}/{phone_id}/messages")
        for plugin in (NotifyTelegram, NotifyMastodon, NotifyTwitter, NotifyWhatsApp):
            monkeypatch.setattr(plugin, "request_rate_per_sec", 0)
        monkeypatch.setattr(public_address, "is_public", lambda address: True)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "both.pem"))
        yield found


def send(server, target: str = TARGET) -> Answer:
    return post.send("Hasil SKD terbit", f"Lihat daftarnya.\n\n{LINK}", target=target.replace("PORT", str(server.port)))


def at(said, path: str):
    for part in path.split("."):
        said = said[part]
    return said


@pytest.mark.parametrize("name", SERVICES)
def test_a_post_arrives_once_with_its_title_text_and_link(server, name):
    service = SERVICES[name]
    assert post.problem(service.target.replace("PORT", str(server.port))) == ""

    found = send(server, service.target)

    assert found == Answer(Verdict.ARRIVED, "HTTP 200")
    [(path, headers, body)] = server.got
    assert path == service.path
    said = json.loads(body)
    assert "Hasil SKD terbit" in at(said, service.said) or said.get("title") == "Hasil SKD terbit"
    assert LINK in at(said, service.said)
    assert service.key in headers.get("Authorization", "") + headers.get("apikey", "")


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("mood", "verdict"),
    [
        (stand_ins.REFUSES, Verdict.REFUSED),
        (stand_ins.BUSY, Verdict.NOT_TAKEN),
        (stand_ins.BROKEN, Verdict.IN_DOUBT),
        (stand_ins.HALF_CLOSES, Verdict.IN_DOUBT),
        (stand_ins.REDIRECTS, Verdict.REFUSED),
    ],
)
def test_a_no_is_told_from_a_perhaps_and_nothing_goes_twice(server, name, mood, verdict):
    server.mood = mood

    assert send(server, SERVICES[name].target).verdict is verdict
    assert len(server.got) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_a_server_that_takes_the_post_and_says_nothing_leaves_it_in_doubt(server, name):
    server.mood = stand_ins.STALLS

    assert answer.within(lambda: send(server, SERVICES[name].target), 1).verdict is Verdict.IN_DOUBT
    assert len(server.got) == 1


def test_a_server_that_stalls_longer_than_apprise_waits_leaves_a_doubt(server):
    server.mood = stand_ins.STALLS

    assert send(server).verdict is Verdict.IN_DOUBT
    assert len(server.got) == 1


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_listening_is_certain(server, name):
    server.server.shutdown()
    server.server.server_close()

    assert send(server, SERVICES[name].target).verdict is Verdict.NOT_TAKEN


@pytest.mark.parametrize(
    "target",
    ["whatsapp://kunci123@1234567/+628123456789/+628123456780", "evolutions://kunci@localhost:PORT/kota/628123456789/628123456780"],
)  # fmt: skip
def test_what_only_some_of_the_recipients_got_waits_for_a_person(server, target):
    """Sent again it would reach the first number twice."""
    real = server.react

    def react(request):
        server.mood = stand_ins.TAKES if len(server.got) == 1 else stand_ins.REFUSES
        real(request)

    server.react = react

    assert send(server, target).verdict is Verdict.IN_DOUBT
    assert len(server.got) == 2


def test_a_template_of_whatsapp_gets_one_line(server):
    """Meta refuses a parameter with line breaks; and outside of a conversation it takes only templates."""
    found = send(server, "whatsapp://kabar:kunci123@1234567/+628123456789?lang=id&:body=1")

    template = json.loads(server.got[0][2])["template"]
    assert found.verdict is Verdict.ARRIVED
    assert (template["name"], template["language"]) == ("kabar", {"code": "id"})
    assert template["components"][0]["parameters"][0]["text"] == f"Hasil SKD terbit. Lihat daftarnya. {LINK}"


def test_a_template_would_have_line_breaks_without_that(server, monkeypatch):
    """The twin."""
    monkeypatch.setattr(post, "ONE_LINE", frozenset())

    send(server, "whatsapp://kabar:kunci123@1234567/+628123456789?lang=id&:body=1")

    assert "\n" in json.loads(server.got[0][2])["template"]["components"][0]["parameters"][0]["text"]


def test_a_call_that_only_reads_leaves_nothing_in_doubt(server):
    server.mood = stand_ins.HALF_CLOSES

    with post._watched() as calls, pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"https://localhost:{server.port}/", timeout=5)

    assert [one.verdict for one in calls] == [Verdict.NOT_TAKEN]


@pytest.mark.parametrize("name", SERVICES)
def test_without_watching_every_no_looks_the_same(server, monkeypatch, name):
    """The twin: apprise alone says "no" to a refusal and to a message that may have arrived."""
    monkeypatch.setattr(post, "_note", lambda request, answer: None)
    answers = set()
    for mood in (stand_ins.REFUSES, stand_ins.HALF_CLOSES):
        server.mood = mood
        answers.add(send(server, SERVICES[name].target))

    assert len(answers) == 1


REDIRECTED, UNCHECKED = "toots://kunci@localhost:PORT/?redirect=yes", "toots://kunci@localhost:PORT/?verify=no"


@pytest.mark.parametrize("target", [REDIRECTED, UNCHECKED])
def test_an_address_cannot_loosen_what_protects(server, target):
    assert post.problem(target.replace("PORT", str(server.port)))
    assert send(server, target).verdict is Verdict.REFUSED
    assert server.got == []


def test_a_loosened_address_would_follow_a_redirect(server, monkeypatch):
    """The twin."""
    monkeypatch.setattr(post, "_loosens", lambda service: False)
    server.mood, server.elsewhere = stand_ins.REDIRECTS, f"https://localhost:{server.port}/inside"

    send(server, REDIRECTED)

    assert server.got[1][0] == "/inside"


def test_a_loosened_address_would_trust_anybody(server, monkeypatch):
    """The twin: a server whose certificate nobody vouches for gets the post and the key."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    strict = send(server, UNCHECKED.removesuffix("?verify=no"))
    monkeypatch.setattr(post, "_loosens", lambda service: False)

    loose = send(server, UNCHECKED)

    assert (strict.verdict, loose.verdict) == (Verdict.NOT_TAKEN, Verdict.ARRIVED)


@pytest.mark.parametrize(
    "target",
    ["json://127.0.0.1/", "mailto://a:b@example.com", "tgram://pendek", "ntfy://example.com/kabar",
     "ntfys://127.0.0.1/kabar", "mastodons://kunci@localhost", "evolutions://kunci@10.0.0.1/kota/628123456789",
     "evolution://kunci@example.com/kota/628123456789", "", "file:///etc/passwd"],
)  # fmt: skip
def test_other_services_and_our_own_network_are_refused(target):
    assert post.problem(target)
    assert post.send("Judul", "Teks", target=target).verdict is Verdict.REFUSED
