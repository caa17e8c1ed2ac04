"""The public page of the oversight: who they are, for how long, with which interests, and how much they read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import FileAccess
from oversight.actions import hold, interest, reading
from oversight.models import Membership, Reading
from tests.oversight.story import NOON
from tests.parts import DAY, enrol, make_user
from tests.roles import working_as

BACKEND = "django.contrib.auth.backends.ModelBackend"


def page(client) -> str:
    return client.get("/pengawasan/").content.decode()


def test_it_names_who_watches_with_affiliation_and_term_and_not_who_left(watch, client):
    former = make_user("lama@tim.example", "overseer", name="Mantan Anggota")
    Membership.objects.create(
        team=watch.team, user=former, role="overseer", affiliation="LSM Lama", since=NOON - 9 * DAY, until=NOON
    )
    Membership.objects.filter(user=watch.omar).update(until=timezone.now() + 100 * DAY)

    shown = page(client)

    assert "Oka" in shown and "Universitas" in shown and watch.team.mandate in shown
    assert "sampai" in shown and "Mantan Anggota" not in shown
    assert watch.oka.email not in shown, "an address to sign in with is nobody's business"


def test_holds_that_were_lifted_stay_with_their_reason_and_whose_word_it_was(watch, client):
    placed = hold.place(watch.stage, reason="Daftar tidak cocok.", by=watch.oka, at=NOON)
    hold.lift(placed, reason="Putusan nomor 7.", by=watch.ova, at=NOON)

    shown = page(client)

    assert "Daftar tidak cocok." in shown and "Putusan nomor 7." in shown and "pejabat yang berwenang" in shown


def test_an_interest_is_public_while_it_runs(watch, client):
    mine = watch.team.memberships.get(user=watch.oka)
    interest.declare(mine, by=watch.oka, at=timezone.now(), recruitment=watch.stage.recruitment)

    assert "Tidak ikut memutus" in page(client)


def test_what_the_team_reads_is_counted_by_month_and_nobody_is_named(watch, client):
    client.force_login(enrol(watch.oka), backend=BACKEND)
    with working_as("portal_app"):
        for _ in range(3):
            assert client.get(f"/pengawasan/ruang/tahap/{watch.stage.pk}/").status_code == 200
    FileAccess.objects.create(subject="x", by=watch.oka, role="overseer", purpose="Sampel", at=timezone.now())
    client.logout()

    assert Reading.objects.get().n == 3
    assert {field.name for field in Reading._meta.fields} == {"id", "month", "kind", "n"}
    (row,) = reading.totals()
    assert (row["stage"], row["finding"], row["files"]) == (3, 0, 1)
    assert "Yang dibaca tim" in page(client)


def test_looks_of_two_months_are_two_rows(watch):
    for at in (NOON, NOON + DAY, NOON + 30 * DAY):
        reading.note("stage", at=at)

    assert list(Reading.objects.values_list("n", flat=True)) == [1, 2]


def test_the_month_is_the_one_where_the_portal_is(watch):
    reading.note("stage", at=NOON.replace(day=30, hour=17) + timedelta(minutes=1))  # 1 December in WIB

    assert Reading.objects.get().month.month == 12


@pytest.mark.parametrize("findings", [1, 12])
def test_it_asks_the_same_number_of_questions_for_one_finding_and_for_many(
    watch, client, django_assert_max_num_queries, findings
):
    for _ in range(findings):
        watch.sent(at=timezone.now() - 10 * DAY)
    page(client)

    with django_assert_max_num_queries(14):
        page(client)
