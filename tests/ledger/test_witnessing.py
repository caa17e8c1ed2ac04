"""Witnesses vouch for the record; none of them can hold it up, and what they refuse is an alarm."""

import logging
import threading
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from ledger import log, post, witnesses
from ledger.actions import recording, witnessing
from ledger.models import Checkpoint, Cosignature, Refusal, Witness
from ledger.signer import keys
from ledger.tlog import notes
from ledger.tlog.checkpoints import Checkpoint as Tree
from ledger.tlog.checkpoints import format_checkpoint
from ledger.tlog.witness import format_add_checkpoint
from ledger.vouching import Vouching
from portal import checks
from portal.grants import KEEPER, WORK
from tests.ledger import outsiders
from tests.ledger.outsiders import says, stranger, witness
from tests.ledger.parts import grow, hold, path
from tests.parts import NOON
from tests.roles import working_as
from verifier import notes as outside_notes
from verifier import policy as outside_policy

pytestmark = pytest.mark.usefixtures("own_database")
LATER = NOON + witnessing.HEARTBEAT
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
KEY = notes.Key("rude.example/w1", notes.COSIGNER, PRIVATE.public_key().public_bytes_raw())


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings):
    monkeypatch.setattr(witnessing, "SECONDS", 1)
    settings.WITNESSES, settings.WITNESS_QUORUM, settings.LOG_POLICY = [], "", ""


@pytest.fixture
def univ(tmp_path, settings):
    with witness(tmp_path / "univ", "univ.example/w1") as found:
        settings.WITNESSES = [found.line]
        yield found


def ask(at=NOON) -> list:
    """Ask and wait for the end of all conversations."""
    threads = witnessing.ask(at)
    [thread.join(20) for thread in threads]
    assert not any(thread.is_alive() for thread in threads)
    return threads


def seen_outside() -> outside_policy.Vouched:
    """What the verifier makes of the published checkpoint under the published policy."""
    return outside_policy.vouched(
        outside_policy.read(path("policy").read_bytes()), outside_notes.note(path().read_bytes())
    )


def test_a_checkpoint_is_public_at_once_and_effective_when_the_witness_vouches(univ):
    grow(3)
    assert (seen_outside().checkpoint.size, seen_outside().quorum) == (4, False)
    assert str(Vouching().of(3)) == "waiting 0 1"

    ask()

    assert (seen_outside().checkpoint.size, seen_outside().quorum, list(seen_outside().times)) == (4, True, ["w1"])
    assert str(Vouching().of(3)) == "effective 1 1"
    made = Cosignature.objects.get()
    assert (made.cosigner, made.checkpoint.size) == (univ.label, 4)
    assert made.line in path().read_text()


def test_what_the_record_grew_by_is_vouched_for_with_a_proof(univ):
    grow(3)
    ask()
    grow(300, first=3)
    assert str(Vouching().of(3)) == "effective 1 1"
    assert str(Vouching().of(4)) == "waiting 0 1"

    ask()

    assert (seen_outside().checkpoint.size, seen_outside().quorum) == (304, True)
    assert Witness.objects.get().size == 304


def test_nobody_is_asked_twice_and_a_heartbeat_renews_the_time(univ):
    grow(1)
    ask()
    assert ask() == ask(NOON + timedelta(minutes=4)) == []
    before = seen_outside().times
    time.sleep(1.1)  # the witness's own clock counts seconds

    ask(LATER)

    assert seen_outside().times["w1"] > before["w1"]
    assert Cosignature.objects.count() == 2
    assert path().read_text().count("univ.example/w1") == 1


def test_the_size_that_a_409_names_is_tried(univ):
    grow(3)
    ask()
    grow(2, first=3)
    Witness.objects.all().delete()  # the portal forgot how far the witness was

    ask()

    assert (seen_outside().checkpoint.size, seen_outside().quorum) == (6, True)


BAD = {
    "refuses": says(403, b"no\n"),
    "is out of order": says(503, b"later\n"),
    "stalls": outsiders.stall,
    "dribbles": outsiders.dribble,
    "dribbles headers": outsiders.dribble_headers,
    "half-closes": outsiders.half_close,
    "never ends": outsiders.endless,
    "sends elsewhere": outsiders.elsewhere,
    "talks nonsense": says(200, b"\xff\x00\n"),
    "says nothing": says(200),
    "names sizes for ever": says(409, b"1\n", "text/x.tlog.size"),
    "names no size": says(409, b"-1\n", "text/x.tlog.size"),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_one_bad_witness_holds_up_neither_the_record_nor_the_others(answer, univ, settings):
    with stranger(str(KEY), answer) as rude:
        settings.WITNESSES, settings.WITNESS_QUORUM = [rude.line, univ.line], "1"
        grow(3)

        started = time.monotonic()
        threads = witnessing.ask(NOON)
        assert time.monotonic() - started < 0.5
        grow(2, first=3)  # the record goes on meanwhile
        [thread.join(8) for thread in threads]

        assert not any(thread.is_alive() for thread in threads)
        ask()
        assert (seen_outside().checkpoint.size, seen_outside().quorum) == (6, True)
        assert not Cosignature.objects.filter(cosigner=rude.label).exists()
        assert Witness.objects.get(label=rude.label).trouble
        assert rude.asked <= witnessing.ROUNDS


def test_without_the_watch_a_dribbling_witness_keeps_the_portal_waiting(monkeypatch):
    """The twin: a limit per read alone never ends."""
    monkeypatch.setattr(post, "_hang_up", lambda _line: None)
    with stranger(str(KEY), outsiders.dribble) as rude:
        thread = threading.Thread(target=lambda: pytest.raises(post.Silent, post.post, rude.url, b"", seconds=1))
        thread.start()
        thread.join(3)

        assert thread.is_alive()
    thread.join(5)


def test_a_witness_that_fails_is_asked_ever_more_rarely(settings):
    with stranger(str(KEY), says(503)) as rude:
        settings.WITNESSES = [rude.line]
        grow(1)
        asked, at = [], NOON
        while at < NOON + timedelta(hours=1):
            if ask(at):
                asked.append(at - NOON)
            at += timedelta(seconds=5)

    pauses = [late - early for early, late in zip(asked, asked[1:], strict=False)]
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert pauses[-1] == witnessing.LONGEST_PAUSE


def test_two_processes_do_not_ask_together(settings):
    with stranger(str(KEY), outsiders.stall) as rude:
        settings.WITNESSES = [rude.line]
        grow(1)

        first, second = witnessing.ask(NOON), witnessing.ask(NOON)
        [thread.join(8) for thread in first]

    assert (len(first), len(second), rude.asked) == (1, 0, 1)


def test_without_the_claim_they_do(settings, monkeypatch):
    """The twin."""
    monkeypatch.setattr(witnessing, "_claim", lambda label, *_: Witness.objects.get_or_create(label=label))
    with stranger(str(KEY), says(503)) as rude:
        settings.WITNESSES = [rude.line]
        grow(1)
        [thread.join(8) for thread in [*witnessing.ask(NOON), *witnessing.ask(NOON)]]

    assert rude.asked == 2


def signed_by(private, key, change=lambda text: text):
    """A witness that cosigns whatever it is sent, with `change` to it."""

    def answer(handler, request):
        text = notes.parse_note(request.partition(b"\n\n")[2]).text
        says(200, notes.sign_line(key, change(text), private.sign, 1772445660).encode())(handler, request)

    return answer


def test_a_cosignature_counts_only_under_this_checkpoint_and_by_this_key(settings):
    grow(1)
    other = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    other_key = notes.Key(KEY.name, notes.COSIGNER, other.public_key().public_bytes_raw())
    lies = [
        signed_by(PRIVATE, KEY, lambda text: text.replace("\n2\n", "\n1\n")),
        signed_by(other, KEY),
        signed_by(other, other_key),
    ]
    for turn, answer in enumerate([*lies, signed_by(PRIVATE, KEY)]):
        with stranger(str(KEY), answer) as rude:
            settings.WITNESSES = [rude.line]
            ask(NOON + turn * timedelta(minutes=10))

        assert Cosignature.objects.count() == (turn == len(lies))


def test_without_looking_at_the_signature_a_lie_is_published(settings, monkeypatch):
    """The twin."""
    monkeypatch.setattr(witnessing, "verify_note", lambda _note, keys: ("", dict.fromkeys(keys, 1772445660)))
    grow(1)
    with stranger(str(KEY), signed_by(PRIVATE, KEY, lambda text: text.replace("\n2\n", "\n1\n"))) as rude:
        settings.WITNESSES = [rude.line]
        ask()

    assert Cosignature.objects.count() == 1


def test_lines_of_strangers_are_not_published(settings):
    def answer(handler, request):
        text = notes.parse_note(request.partition(b"\n\n")[2]).text
        line = notes.sign_line(KEY, text, PRIVATE.sign, 1772445660)
        says(200, f"— stranger.example AAAAAAAA\n{line}".encode())(handler, request)

    grow(1)
    with stranger(str(KEY), answer) as rude:
        settings.WITNESSES = [rude.line]
        ask()

    assert Cosignature.objects.count() == 1
    assert "stranger" not in path().read_text()


def show_another_past(univ, size: int) -> None:
    """Somebody with the log's key had the witness cosign a tree that is not the published one."""
    key = keys.read(settings.VAR / "signer" / "key", settings.LOG_ORIGIN)[0]
    text = format_checkpoint(Tree(settings.LOG_ORIGIN, size, bytes(32)))
    request = format_add_checkpoint(0, [], (text + "\n" + key.sign(text)).encode())
    assert post.post(f"{univ.url}/add-checkpoint", request, seconds=5).status == 200


def test_a_422_is_an_alarm_with_evidence_kept_once(univ, caplog):
    show_another_past(univ, 4)
    grow(3)

    with caplog.at_level(logging.ERROR):
        ask(LATER)
        ask(LATER + timedelta(hours=1))

    refusal = Refusal.objects.get()
    assert (refusal.status, refusal.witness, refusal.checkpoint.size, refusal.at) == (422, univ.label, 4, LATER)
    assert bytes(refusal.request).startswith(b"old 4\n") and bytes(log.signed().note) in bytes(refusal.request)
    assert [one.message for one in caplog.records if "ALARM" in one.message] == [caplog.records[0].message]
    assert "checkpoint 4" in caplog.records[0].message
    assert not Cosignature.objects.exists()
    assert str(Vouching().of(3)) == "waiting 0 1"


def test_a_witness_that_saw_more_than_there_is_is_an_alarm(settings):
    with stranger(str(KEY), says(409, b"900\n", "text/x.tlog.size")) as rude:
        settings.WITNESSES = [rude.line]
        grow(1)
        ask()

    assert Refusal.objects.get().status == 409


@pytest.mark.parametrize("verb", ["UPDATE ledger_refusal SET status = 1", "DELETE FROM ledger_refusal"])
def test_evidence_and_cosignatures_stay(verb, settings):
    test_a_witness_that_saw_more_than_there_is_is_an_alarm(settings)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_keeper_and_worker_may_ask(role, univ):
    with working_as(role):
        grow(1)
        ask()

    assert Cosignature.objects.count() == 1


def test_before_the_first_checkpoint_nobody_is_asked(univ):
    hold()

    assert witnessing.ask(NOON) == []
    assert str(Vouching().of(0)) == "public 0 0"


def test_without_witnesses_an_entry_is_public_and_no_more():
    grow(1)

    assert str(Vouching().of(1)) == "public 0 0"
    assert path("policy").read_text().endswith("quorum none\n")


def test_a_new_policy_is_shown_at_the_next_ring(univ, settings):
    grow(1)
    settings.WITNESSES = []

    recording.record_waiting(NOON)

    assert "witness" not in path("policy").read_text()
    assert Checkpoint.objects.count() == 1


def vkeys(count: int) -> list[str]:
    made = [Ed25519PrivateKey.from_private_bytes(bytes([n + 1]) * 32) for n in range(count)]
    return [
        str(notes.Key(f"w{n}.example", notes.COSIGNER, one.public_key().public_bytes_raw()))
        for n, one in enumerate(made)
    ]


@pytest.mark.parametrize(
    ("groups", "quorum", "tail", "fewest"),
    [
        (["", "", ""], "", "group quorum-of-witnesses 2 w1 w2 w3\nquorum quorum-of-witnesses\n", 2),
        (["", "", ""], "3", "group quorum-of-witnesses 3 w1 w2 w3\nquorum quorum-of-witnesses\n", 3),
        (["", ""], "0", "quorum none\n", 0),
        ([], "", "quorum none\n", 0),
        (
            ["kampus", "kampus", "pers"],
            "",
            "group kampus any w1 w2\ngroup pers any w3\ngroup quorum-of-witnesses 2 kampus pers\n"
            "quorum quorum-of-witnesses\n",
            2,
        ),
    ],
)
def test_settings_make_a_policy(groups, quorum, tail, fewest, settings):
    grow(1)
    settings.WITNESSES = [
        f"{key} https://w.example {group}" for key, group in zip(vkeys(len(groups)), groups, strict=True)
    ]
    settings.WITNESS_QUORUM = quorum

    text = witnesses.policy_text(log.known_keys())

    assert text.endswith(tail)
    assert witnesses.policy(log.known_keys()).fewest() == fewest
    assert len(outside_policy.read(text.encode()).witnesses) == len(groups)


def test_a_file_says_it_more_finely(tmp_path, settings):
    grow(1)
    rules = "".join(f"witness a{n} {key} https://a{n}.example/\n" for n, key in enumerate(vkeys(4)))
    rules += "group u 2 a0 a1 a2\ngroup both all u a3\nquorum both\n"
    (tmp_path / "rules").write_text(rules)
    settings.LOG_POLICY = str(tmp_path / "rules")

    policy = witnesses.policy(log.known_keys())

    assert policy.fewest() == 3
    assert [one.url for one in witnesses.asked(policy)] == [f"https://a{n}.example" for n in range(4)]


@pytest.mark.parametrize(
    ("lines", "quorum", "words"),
    [
        (["{0}"], "", "not a vkey, an address"),
        (["{0} https://a.example kampus", "{1} https://b.example"], "", "all witnesses have a group or none"),
        (["{0} https://a.example"], "2", "larger than the number"),
        (["{0} https://a.example"], "+1", ""),
        (["{0} ftp://a.example"], "", "cannot be asked"),
        (["{0} https://user:word@a.example"], "", "cannot be asked"),
        (["{0} https://a.example/?x=1"], "", "cannot be asked"),
        (["{0}A https://a.example"], "", ""),
        (["{0} https://a.example", "{0} https://b.example"], "", "one key under two names"),
    ],
)
def test_settings_that_make_no_policy_are_refused_at_the_start(lines, quorum, words, settings):
    settings.WITNESSES, settings.WITNESS_QUORUM = [line.format(*vkeys(2)) for line in lines], quorum

    (error,) = checks.witnesses_make_a_policy()

    assert words in error.msg


def test_settings_that_make_one_pass(settings):
    settings.WITNESSES = [f"{key} http://127.0.0.1:1/{n}" for n, key in enumerate(vkeys(2))]
    assert checks.witnesses_make_a_policy() == []

    settings.PROFILE = "production"  # there a witness is asked over TLS only
    assert len(checks.witnesses_make_a_policy()) == 1


def test_a_policy_file_that_is_not_there_is_refused_at_the_start(settings, tmp_path):
    settings.LOG_POLICY = str(tmp_path / "nowhere")

    assert len(checks.witnesses_make_a_policy()) == 1
