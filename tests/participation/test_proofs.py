"""Forms without an account: few are free, many are asked for a proof of work, and nobody without JavaScript is shut out."""

import json
import re
from datetime import timedelta
from html import unescape
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lib import proof_of_work
from portal.grants import KEEPER, WEB, WORK
from publishing.actions import proofs
from publishing.models import SpentProof, Subscriber
from tests.lib.solving import payload
from tests.participation.holding import an_event
from tests.participation.test_consultations import Cast
from tests.roles import working_as

FREE, WITHOUT, WITH = 2, 3, 6


@pytest.fixture
def cast(own_database, settings):
    """A network from which two forms are free, three more pass without proof and six with one."""
    settings.PROOF_WORK = 50
    settings.ACCOUNT_RATE_LIMITS = {
        "post_free": f"{FREE}/h/ip",
        "post_unproven": f"{WITHOUT}/h/ip",
        "post_proven": f"{WITH}/h/ip",
        "alert": "5/h/key",
        "event": "5/h/key",
        "contribution": "10/h/key",
        "case": "5/h/key",
        "question": "5/h/key",
    }
    return Cast()


class Network:
    """Somebody who sends forms from an address of their own; other networks are not theirs."""

    used = 0

    def __init__(self):
        Network.used += 1
        self.client = Client(REMOTE_ADDR=f"198.51.{Network.used // 250}.{Network.used % 250 + 1}")
        self.sent = 0

    def send(self, address: str, proof: str | None = None, **fields):
        self.sent += 1
        given = {
            "email": f"w{Network.used}-{self.sent}@warga.example",
            "people": "1",
            "cadence": "daily",
            "text": "Halo",
        }
        if "/tulis/" in address and address.startswith("/aduan/"):
            page = self.client.get(address).content.decode()
            given |= {
                "kind": "question",
                "topic": "civil",
                "token": re.search(r'name="token" value="([^"]+)"', page)[1],
            }
        given |= fields if proof is None else fields | {"proof": proof}
        return self.client.post(address, given)

    def task(self, address: str) -> dict | None:
        found = re.search(r'data-proof="([^"]+)"', self.client.get(address).content.decode())
        return json.loads(unescape(found[1])) if found else None

    def use_up(self, address: str, many: int) -> None:
        assert [self.send(address).status_code for _ in range(many)] == [200] * many


def forms(cast) -> dict[str, str]:
    topic = cast.open_one()
    said = cast.say(topic)
    event = an_event(cast.pia, cast.rudi, at=timezone.now())
    return {
        "contribution": reverse("contribution_new", args=[topic.slug]),
        "support": reverse("contribution_support", args=[said.pk]),
        "event": reverse("event_registration_new", args=[event.slug]),
        "alert": reverse("alert_new"),
        "case": reverse("case_new"),
        "question": reverse("question_new", args=[event.slug]),
    }


def test_nothing_is_asked_of_a_few_and_a_proof_of_many_on_every_form(cast):
    for address in forms(cast).values():
        network = Network()
        assert network.task(address) is None
        assert b"<script" not in network.client.get(address).content
        network.use_up(address, FREE)

        page = network.client.get(address)

        text = page.content.decode()
        assert network.task(address)["maxnumber"] == 50
        assert text.count("<script") == 1 and 'src="/static/js/proof.js" defer></script>' in text
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "private, no-store"


def test_without_javascript_forms_go_on_up_to_a_limit_and_keep_what_was_typed(cast):
    address, network = forms(cast)["contribution"], Network()
    network.use_up(address, FREE + WITHOUT)

    refused = network.send(address, text="Kata yang tidak boleh hilang", email="tidakhilang@warga.example")

    shown = refused.content.decode()
    assert refused.status_code == 429
    assert "Kata yang tidak boleh hilang" in shown and "tidakhilang@warga.example" in shown
    assert "terlalu banyak kiriman" in shown
    assert Network().send(address).status_code == 200  # another network


def test_a_proof_goes_further(cast):
    address, network = forms(cast)["contribution"], Network()
    network.use_up(address, FREE + WITHOUT)

    codes = [network.send(address, payload(network.task(address))).status_code for _ in range(WITH + 1)]

    assert codes == [200] * WITH + [429]
    assert SpentProof.objects.count() == WITH + 1


def without_proof_left(cast, form: str):
    """A network that gets no further without a good proof."""
    address, network = forms(cast)[form], Network()
    network.use_up(address, FREE + WITHOUT)
    return address, network


def test_a_proof_counts_once(cast, monkeypatch):
    address, network = without_proof_left(cast, "alert")
    proof = payload(network.task(address))

    assert [network.send(address, proof).status_code for _ in range(3)] == [200, 429, 429]

    def forgetful(payload, purpose, *, at):  # the twin: it proves as before, and nobody remembers
        return proof_of_work.solved(payload, purpose, at=at) is not None

    monkeypatch.setattr(proofs, "spend", forgetful)
    assert network.send(address, proof).status_code == 200


@pytest.mark.parametrize("kind", ["expired", "of another form", "with another salt", "made up"])
def test_what_proves_nothing_opens_nothing(cast, kind, monkeypatch):
    address, network = without_proof_left(cast, "event")
    now = timezone.now()
    task = proof_of_work.challenge("alert" if kind == "of another form" else "event", work=50, at=now)
    if kind == "expired":
        task = proof_of_work.challenge("event", work=50, at=now - timedelta(seconds=proof_of_work.GOOD_FOR))
    proof = payload(task, salt="f" * 24 + task["salt"][24:]) if kind == "with another salt" else payload(task)
    if kind == "made up":
        proof = payload(task, signature="0" * 64)

    assert network.send(address, proof).status_code == 429
    assert not SpentProof.objects.exists()

    monkeypatch.setattr(proofs, "spend", lambda payload, purpose, *, at: True)  # the twin: nobody looks at the proof
    assert network.send(address, proof).status_code == 200


def test_all_forms_of_a_network_count_together(cast):
    addresses, network = forms(cast), Network()
    network.use_up(addresses["alert"], FREE)

    assert network.task(addresses["event"]) and network.task(addresses["contribution"])


def test_the_report_to_the_team_is_free_of_it(cast):
    network = Network()
    network.use_up(reverse("alert_new"), FREE + WITHOUT)
    stranger = Client(REMOTE_ADDR=network.client.defaults["REMOTE_ADDR"])

    for name in ("report_start", "report_new", "report_thread"):
        page = stranger.get(reverse(name))
        assert b"<script" not in page.content and b"proof" not in page.content
    assert not stranger.cookies


def test_two_who_bring_one_proof_at_once_are_one(cast):
    now, barrier, answers = timezone.now(), Barrier(2), []
    proof = payload(proof_of_work.challenge("alert", work=50, at=now))

    def bring():
        barrier.wait()
        answers.append(proofs.spend(proof, "alert", at=now))
        connection.close()

    threads = [Thread(target=bring) for _ in range(2)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert sorted(answers) == [False, True]


@pytest.mark.parametrize("role", [WORK, KEEPER])
def test_a_spent_proof_is_kept_until_it_is_too_old_anyway(cast, role):
    now = timezone.now()
    with working_as(WEB):
        assert proofs.spend(payload(proof_of_work.challenge("alert", work=50, at=now)), "alert", at=now)
    with working_as(role):
        assert proofs.sweep(now + timedelta(seconds=proof_of_work.GOOD_FOR)) == 0
        assert proofs.sweep(now + timedelta(seconds=proof_of_work.GOOD_FOR) + proofs.KEPT_AFTER) == 1


def test_nothing_about_the_visitor_is_kept(cast):
    address, network = forms(cast)["alert"], Network()
    network.use_up(address, FREE)
    network.send(address, payload(network.task(address)))

    assert {one.name for one in SpentProof._meta.fields} == {"challenge", "expires_at"}
    assert Subscriber.objects.exists() and SpentProof.objects.count() == 1
