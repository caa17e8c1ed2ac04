"""A recruitment is published once, with its rules bound by hash."""

import json
from threading import Thread

import pytest
from django.db import connections

from accounts.roles import Role
from ledger.models import Pending
from lib import rulepack_files
from portal.grants import WEB
from publishing.models import Publication
from tests.parts import NOON, make_formation, make_recruitment, make_stage, make_user
from tests.roles import working_as
from vacancies.actions import recruitment as actions
from vacancies.models import FacetCount, Recruitment, Revision


@pytest.fixture
def rudi(db):
    return make_user("rudi@contoh.example", Role.PUBLISHER)


def make_ready(**fields) -> Recruitment:
    recruitment = make_recruitment(rulepack_digest="", **fields)
    make_stage(recruitment, "registration", 1)
    make_stage(recruitment, "test", 2, rule="skd")
    make_formation(recruitment, quota=3)
    return recruitment


def test_published_rules_are_bound_by_the_hash_of_their_file(rudi):
    recruitment = actions.publish(make_ready(), by=rudi, at=NOON)

    assert (recruitment.published_at, recruitment.published_by) == (NOON, rudi)
    assert recruitment.rulepack_digest == rulepack_files.load("cpns-2024").digest
    assert Revision.objects.get().summary == "Diterbitkan"
    assert FacetCount.objects.get(facet="need").count == 1


def test_the_record_says_what_was_published(rudi):
    actions.publish(make_ready(slug="cpns-contoh"), by=rudi, at=NOON)

    bound, published = [json.loads(one.body) for one in Pending.objects.order_by("pk")]
    assert (bound["type"], bound["body"]["rulepack"]) == ("rulepack.bound", "cpns-2024")
    counts = published["body"]["formations"], published["body"]["quota"]
    assert (published["type"], *counts) == ("vacancy.published", 1, 3)


def test_everybody_is_told_what_is_open_until_when_and_that_it_is_free(rudi):
    recruitment = actions.publish(make_ready(slug="cpns-contoh"), by=rudi, at=NOON)

    news = Publication.objects.get(source="recruitment:cpns-contoh")
    assert (news.for_all, news.opened_at, news.url) == (True, NOON, "/seleksi/cpns-contoh/")
    assert recruitment.name in news.subject
    assert "3 kebutuhan pegawai" in news.body
    assert "Pendaftaran" in news.body
    assert "Tidak dipungut biaya" in news.body


def test_publishing_twice_changes_nothing(rudi):
    recruitment = make_ready()
    actions.publish(recruitment, by=rudi, at=NOON)

    actions.publish(recruitment, by=rudi, at=NOON)

    assert Revision.objects.count() == 1 and Pending.objects.count() == 2


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: one.formations.update(withdrawn_at=NOON), "Belum ada formasi"),
        (lambda one: one.stages.update(rule="tidak-ada"), "Paket aturan tidak lengkap"),
        (lambda one: Recruitment.objects.filter(pk=one.pk).update(rulepack="hilang"), "Paket aturan tidak lengkap"),
        (lambda one: one.formations.update(need="khusus"), r"tidak mengatur jenis kebutuhan Kebutuhan khusus \(PPPK\)"),
    ],
)
def test_it_refuses_while_something_is_missing(rudi, spoil, words):
    recruitment = make_ready()
    spoil(recruitment)

    with pytest.raises(actions.NotReady, match=words):
        actions.publish(recruitment, by=rudi, at=NOON)

    recruitment.refresh_from_db()
    assert recruitment.published_at is None and not Pending.objects.exists()


def test_it_refuses_without_stages(rudi):
    recruitment = make_recruitment(rulepack_digest="")
    make_formation(recruitment)

    with pytest.raises(actions.NotReady, match="Belum ada tahap"):
        actions.publish(recruitment, by=rudi, at=NOON)


def test_two_who_publish_at_once_publish_once_also_as_the_web_process(own_database):
    rudi = make_user("rudi@contoh.example", Role.PUBLISHER)
    recruitment = make_ready()
    failures = []

    def press():
        try:
            actions.publish(recruitment, by=rudi, at=NOON)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    with working_as(WEB):
        threads = [Thread(target=press) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

    assert failures == []
    assert Revision.objects.count() == 1 and Pending.objects.count() == 2
