"""The own history of an account, and the public statistics of free items."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams.actions import items, keeping
from exams.actions import sitting as sittings
from exams.models import Answer, ItemStatistic, Sitting
from tests.exams.sitting_down import a_bank, a_format, answer_all, single
from tests.parts import make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def alya(db):
    cache.clear()
    a_bank()
    return make_user("alya@uji.example")


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def practised(user, blueprint=None) -> Sitting:
    sat = sittings.begin(blueprint or a_format(), user=user, at=timezone.now())
    answer_all(sat, "a")
    return sittings.end(sat)


def test_an_account_reads_its_history_and_deletes_what_it_wants(alya):
    sat, page = practised(alya), browser(alya)

    assert "Nilai 45 dari 45" in page.get(reverse("practice_history")).content.decode()
    past = reverse("practice_past", args=[sat.pk])
    assert "Karena a." in page.get(past).content.decode()
    page.post(past)

    assert not Sitting.objects.exists() and not Answer.objects.exists()


def test_nobody_reads_or_deletes_the_history_of_another(alya):
    past = reverse("practice_past", args=[practised(alya).pk])
    stranger = browser(make_user("lain@uji.example"))

    assert stranger.get(past).status_code == stranger.post(past).status_code == 404
    assert Client().get(past).status_code == 302
    assert Sitting.objects.exists()


def test_the_history_does_not_open_a_practice_that_runs(alya):
    sat = sittings.begin(a_format(), user=alya, at=timezone.now())

    assert browser(alya).get(reverse("practice_past", args=[sat.pk])).status_code == 404


def test_statistics_say_how_hard_an_item_is_and_never_which_option_is_right(alya, client):
    blueprint = a_format(twk=4, tiu=4, tkp=4)
    for n in range(30):
        sat = sittings.begin(blueprint, key=f"k{n}", at=timezone.now())
        answer_all(sat, "a" if n < 12 else "b")
        sittings.end(sat)
    keeping.keep(timezone.now())

    page = client.get(reverse("practice_statistics"))
    table = client.get(reverse("practice_statistics_csv")).content.decode()

    assert page.headers["Cache-Control"].startswith("public")
    kept = ItemStatistic.objects.get(version__item__code="twk-0")
    assert (kept.drawn, kept.counted, kept.share_right) == (30, 30, 40)
    assert round(kept.discrimination, 3) == 1  # whoever got this one got the others, too
    assert "40%" in page.content.decode() and "\r\ntwk-0,1,twk,uji,30,30,30,12,2.000,1.000\r\n" in table
    assert table.splitlines()[0].startswith("kode,versi,komponen")
    for words in (page.content.decode(), table):
        assert "Tanya" not in words and "Karena" not in words and "seed" not in words


def test_the_figures_are_those_computed_by_hand():
    """Four people; x is the item, y the rest of its component: (5,20) (5,15) (0,5) (0,10), nine times each."""
    people = [(5, 20), (5, 15), (0, 5), (0, 10)] * 9
    one = ItemStatistic(
        counted=36, full=18, sum_x=sum(x for x, _y in people), sum_xx=sum(x * x for x, _y in people),
        sum_y=sum(y for _x, y in people), sum_yy=sum(y * y for _x, y in people), sum_xy=sum(x * y for x, y in people),
    )  # fmt: skip

    assert one.share_right == 50 and one.mean == 2.5
    # mean y 12.5, deviations 7.5 2.5 -7.5 -2.5: covariance 12.5, spreads 2.5 and 5.59: 0.894
    assert round(one.discrimination, 3) == 0.894
    assert ItemStatistic(counted=29, full=29).share_right is None
    assert ItemStatistic(counted=40, full=40, sum_x=200, sum_xx=1000).discrimination is None


def test_statistics_of_secret_items_are_not_public(alya, client):
    wina = make_user("wina@uji.example")
    secret = items.write(
        code="rahasia-9", component="tiu", topic="uji", free=False, content=single("Apa?"), by=wina, at=timezone.now()
    )
    ItemStatistic.objects.create(version=secret, drawn=99, counted=99, full=9)

    assert "rahasia-9" not in client.get(reverse("practice_statistics")).content.decode()
    assert "rahasia-9" not in client.get(reverse("practice_statistics_csv")).content.decode()
