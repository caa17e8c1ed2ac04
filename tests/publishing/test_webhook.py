"""A webhook: signed, to the public internet only, and honest about what came of it."""

import base64
import hashlib
import hmac
import json
import socket

import pytest

from publishing.adapters import answer, public_address, webhook
from publishing.adapters.answer import Answer, Verdict
from tests.parts import NOON
from tests.publishing import stand_ins
from tests.publishing.stand_ins import certificates, standing_in

NAME, SECRET = "terima.kota-lain.example", webhook.new_secret()


@pytest.fixture
def server(tmp_path):
    theirs, ours = certificates(tmp_path, NAME)
    with standing_in(theirs) as found:
        found.trust = ours
        yield found


def send(server, target=f"https://{NAME}/terima?dari=portal", **changed) -> Answer:
    return webhook.send(
        {"title": "Lowongan dibuka: CPNS – 2026"},
        **{
            "target": target,
            "secret": SECRET,
            "identifier": "post_7",
            "at": NOON,
            "resolve": lambda host: "127.0.0.1",
            "context": server.trust,
            "port": server.port,
        }
        | changed,
    )


def test_the_receiver_can_check_who_sent_it_and_when(server):
    found = send(server)

    (path, headers, body) = server.got[0]
    signed = f"post_7.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET[len("whsec_") :])
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert found == Answer(Verdict.ARRIVED, "HTTP 200")
    assert path == "/terima?dari=portal"
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["Host"].startswith(NAME)
    assert json.loads(body)["title"] == "Lowongan dibuka: CPNS – 2026"


def test_the_signature_is_that_of_the_specification():
    """The example that the libraries of Standard Webhooks are tested with."""
    found = webhook.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


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
def test_what_the_server_does_decides_what_we_say(server, mood, verdict):
    server.mood = mood

    assert send(server).verdict is verdict
    assert len(server.got) == 1  # no redirect was followed, nothing was repeated


@pytest.mark.parametrize("mood", [stand_ins.STALLS, stand_ins.DRIPS])
def test_a_server_that_does_not_come_to_an_end_holds_nobody_up(server, mood):
    server.mood = mood

    assert answer.within(lambda: send(server), 1).verdict is Verdict.IN_DOUBT


def test_nobody_listening_is_certain(server):
    server.server.shutdown()
    server.server.server_close()

    assert send(server).verdict is Verdict.NOT_TAKEN


def test_a_server_with_another_name_gets_nothing(server):
    assert send(server, target="https://nama-lain.example/").verdict is Verdict.NOT_TAKEN
    assert server.got == []


# Ways to write an address inside the office's own network, or this machine.
INSIDE = [
    "127.0.0.1", "127.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "017700000001", "localhost",
    "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fc00::1]",
    "[fd12:3456:789a::1]", "[ff02::1]", "[2001:db8::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]",
    "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[fec0::1]", "[100::1]", "[::127.0.0.1]",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_no_spelling_leads_into_our_own_network(host):
    with pytest.raises(public_address.NotPublic):
        public_address.resolve(host.strip("[]"))

    assert webhook.problem(f"https://{host}/") != ""


def answering(*rounds):
    """A name server: each look-up gets the next of `rounds`."""
    left = list(rounds)

    def getaddrinfo(*_args, **_kwargs):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in found]

    return getaddrinfo


def test_a_name_with_one_address_inside_is_refused(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answering(["93.184.215.14", "10.0.0.5"]))

    with pytest.raises(public_address.NotPublic):
        public_address.resolve("dua-alamat.example")


def test_a_name_that_changes_between_check_and_call_is_asked_once(monkeypatch, server):
    """DNS rebinding: public when asked first, this machine when asked again."""
    monkeypatch.setattr(socket, "getaddrinfo", answering(["93.184.215.14"], ["127.0.0.1"]))
    connected = []

    def create_connection(address, *_args, **_kwargs):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)

    found = send(server, target="https://rebind.example/", resolve=public_address.resolve)

    assert connected == [("93.184.215.14", server.port)]
    assert found.verdict is Verdict.NOT_TAKEN


def test_without_the_check_the_inside_is_reached(server):
    """The twin: the same call with a look-up that does not ask whether the address is public."""
    found = send(server, resolve=lambda host: "127.0.0.1")

    assert found.verdict is Verdict.ARRIVED
    assert send(server, target="https://localhost/", resolve=public_address.resolve).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    "target",
    ["http://terima.example/", "ftp://terima.example/", "https://", "https://a:b@terima.example/",
     "https://terima.example:8443/", "https://terima.example:x/", "javascript:alert(1)", "https://[::1", ""],
)  # fmt: skip
def test_an_address_of_another_shape_is_refused_in_words(target):
    assert webhook.problem(target).endswith((".", "terima."))
