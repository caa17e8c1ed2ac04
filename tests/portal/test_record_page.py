"""The page about the public record tells in plain words how far it is and who vouches for it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.roles import Role
from ledger import log
from ledger.actions import record, recording
from ledger.models import Cosignature, Refusal
from tests.ledger.parts import grow
from tests.ledger.test_witnessing import vkeys
from tests.parts import NOON, make_user
from tests.workforce.teaching import a_training

pytestmark = pytest.mark.usefixtures("own_database")
SINCE = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)


def read() -> str:
    return " ".join(Client().get("/catatan/").content.decode().split())


def label(vkey: str) -> str:
    return "+".join(vkey.split("+")[:2])


@pytest.fixture
def three(settings):
    """Three witnesses of whom two are needed."""
    keys = vkeys(3)
    settings.WITNESSES, settings.WITNESS_QUORUM, settings.LOG_POLICY = (
        [f"{key} https://w.example" for key in keys],
        "2",
        "",
    )
    return keys


def vouch(vkey: str) -> None:
    Cosignature.objects.create(checkpoint=log.signed(), cosigner=label(vkey), line="— x y\n", signed_at=SINCE)


def test_before_the_first_entry_it_says_so():
    assert "belum berisi" in read()


def test_without_witnesses_it_says_that_there_are_none():
    grow(3)

    page = read()

    assert "Jumlah isi: <strong>4</strong>" in page
    assert "2 November 2026" in page
    assert "Publik." in page and "(0 saksi)" in page
    assert "Belum ada saksi (0)" in page
    assert "Berlaku (disaksikan" not in page


def test_it_waits_with_one_of_two_and_is_effective_with_both(three):
    grow(3)
    vouch(three[0])

    assert "menunggu saksi: 1 dari 2" in read()
    vouch(three[2])
    page = read()

    assert "Berlaku (disaksikan 2 pihak luar, diperlukan 2)" in page
    assert "menunggu saksi: " not in page
    assert page.count("3 November 2026") == 4  # two witnesses: since when, and last
    assert page.count("Belum pernah") == 2  # the third


def test_what_a_witness_refused_is_said(three):
    grow(3)
    Refusal.objects.create(
        checkpoint=log.signed(), witness=label(three[1]), status=422, request=b"x", answer="no", at=NOON
    )

    assert f"saksi {label(three[1])} menolak catatan dengan 4 isi" in read()


def test_it_may_be_kept_by_caches_and_costs_the_same_with_many_checkpoints(three, django_assert_max_num_queries):
    grow(1)
    for number in range(5):
        grow(1, first=number + 1)
        vouch(three[0])

    with django_assert_max_num_queries(8):
        answer = Client().get("/catatan/")

    assert "public" in answer.headers["Cache-Control"]
    assert not answer.cookies


def test_it_shows_the_command_with_the_key_of_this_record():
    grow(1)

    assert escape(str(log.known_keys()[0])) in read()


def test_every_page_leads_there():
    assert 'href="/catatan/"' in Client().get("/").content.decode()


def test_entries_are_told_in_sentences_the_newest_first_and_older_ones_on_the_next_page():
    grow(24)

    page = read()
    older = " ".join(Client().get("/catatan/", {"sebelum": "5"}).content.decode().split())

    assert page.count("Tim pengawas meminta tahap ini ditahan.") == 20
    assert page.index("Isi ke-24,") < page.index("Isi ke-5,") and "Isi ke-4," not in page
    assert 'href="?sebelum=5#isi"' in page and "hold.placed" not in page and "ditulis tim pengawas" in page
    assert older.count("Tim pengawas meminta tahap ini ditahan.") == 4 and "Catatan ini dimulai." in older
    assert "?sebelum=" not in older


def test_what_an_entry_names_by_a_code_is_called_by_its_name():
    pia, rudi = make_user("pia@kota.example", Role.PREPARER), make_user("rudi@kota.example", Role.PUBLISHER)
    training = a_training(pia, rudi, at=timezone.now())
    for pack in ("cpns-2024", "sudah-tiada"):
        record.append("rulepack.bound", at=NOON, recruitment="cpns", rulepack=pack, digest="ab" * 32)
    recording.record_waiting(NOON)

    page = read()

    assert "Aturan seleksi “Seleksi CPNS 2024” ditetapkan." in page and "cpns-2024" not in page
    assert "Aturan seleksi sudah-tiada ditetapkan." in page
    assert f"Pelatihan {escape(training.title)} terbit" in page and training.slug not in page


@pytest.mark.parametrize("before", ["x", "-3", "0", "9" * 40, "²"])
def test_an_address_that_makes_no_sense_shows_a_page_all_the_same(before):
    grow(3)

    assert Client().get("/catatan/", {"sebelum": before}).status_code == 200


def test_the_page_asks_as_often_for_many_entries_as_for_one(django_assert_max_num_queries):
    grow(1)
    with CaptureQueriesContext(connection) as few:
        read()
    grow(30, first=1)

    with django_assert_max_num_queries(len(few)):
        read()
