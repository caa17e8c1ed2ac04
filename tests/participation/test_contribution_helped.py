"""An officer at a post writes down what a person says to a consultation; nothing shows before the person agreed."""

import re

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from participation.actions import consultations, contributions
from participation.models import Contribution
from publishing.actions import consenting, delivery
from publishing.models import Publication
from tests.participation.test_consultations import BACKEND, Cast
from tests.parts import DAY, enrol, make_user

SAID = {"email": "mbah@warga.example", "text": "Loket untuk lansia di lantai satu.", "name": "Mbah"}


@pytest.fixture
def cast(db):
    found = Cast()
    found.open = found.open_one()
    found.oni = enrol(make_user("oni@kelurahan.example", Role.AGENCY_OFFICER))
    return found


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def public(consultation) -> str:
    return Client().get(reverse("consultation_detail", args=[consultation.slug])).text


def taken_down(cast) -> str:
    """Oni writes it down; the address where the code is asked for."""
    return browser(cast.oni).post(reverse("contribution_helped_new", args=[cast.open.pk]), SAID).url


def test_the_code_of_the_persons_letter_lets_the_words_show(cast):
    place = taken_down(cast)
    made = Contribution.objects.get()
    assert made.text not in public(cast.open)
    delivery.deliver_due(timezone.now() + DAY)
    [letter] = [one for one in mail.outbox if one.to == [SAID["email"]]]
    code = re.search(r"\b(\d{6})\b", letter.body)[1]
    wrong = "000000" if code != "000000" else "000001"
    oni = browser(cast.oni)

    assert made.text in oni.get(place).text and SAID["email"] not in oni.get(place).text
    assert oni.post(place, {"code": wrong}).status_code == 422
    assert made.text not in public(cast.open)
    assert oni.post(place, {"code": code}).status_code == 302

    shown = public(cast.open)
    assert made.text in shown and "Mbah" in shown and "Oni" not in shown
    assert not Publication.objects.filter(body__contains=code).exists()
    assert oni.get(place).status_code == 404


def test_another_officer_and_the_desk_do_not_enter_the_code(cast):
    place = taken_down(cast)
    other = enrol(make_user("oki@kelurahan.example", Role.AGENCY_OFFICER))

    assert [browser(who).get(place).status_code for who in (other, cast.pia)] == [404, 404]


def test_guessing_the_code_ends_at_a_limit(cast, settings):
    place, oni = taken_down(cast), browser(cast.oni)
    answers = {oni.post(place, {"code": f"{number:06d}"}).status_code for number in range(7)}

    assert answers == {422, 429}
    assert Contribution.objects.get().confirmed_at is None


def test_the_code_of_one_person_opens_no_others_words(cast):
    made = [
        contributions.contribute(
            cast.open, address=f"w{n}@warga.example", name="", text=f"Kata {n}", parent=None, at=timezone.now(),
            helped_by=cast.oni,
        )
        for n in range(2)
    ]  # fmt: skip
    code = made[0].subscriber.code(contributions.code_source(made[0]))

    with pytest.raises(consenting.WrongCode):
        contributions.consent(made[1], code, at=timezone.now())
    contributions.consent(made[0], code, at=timezone.now())
    assert list(Contribution.objects.confirmed()) == [made[0]]


def test_who_wrote_it_down_is_not_rewritten(cast):
    taken_down(cast)

    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        Contribution.objects.update(helped_by=cast.pia)


def test_after_the_closing_nobody_writes_down_or_agrees(cast):
    place = taken_down(cast)
    made = Contribution.objects.get()
    code = made.subscriber.code(contributions.code_source(made))
    with connection.cursor() as cursor:  # its time has run out
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE participation_consultation DISABLE TRIGGER USER")
        cursor.execute("UPDATE participation_consultation SET closes_at = clock_timestamp()")
        cursor.execute("ALTER TABLE participation_consultation ENABLE TRIGGER USER")

    assert browser(cast.oni).post(place, {"code": code}).status_code == 422
    answer = browser(cast.oni).post(reverse("contribution_helped_new", args=[cast.open.pk]), SAID, follow=True)
    assert answer.redirect_chain == [(reverse("consultation_desk_list"), 302)]
    assert "sedang tidak menerima masukan" in answer.text
    assert Contribution.objects.get().confirmed_at is None


def test_an_officer_sees_what_is_open_and_no_draft(cast):
    consultations.write(
        title="Rancangan rahasia", body="x", opens_at=cast.now, closes_at=cast.now + DAY, by=cast.pia, at=cast.now
    )
    page = browser(cast.oni).get(reverse("consultation_desk_list")).text

    assert "Tulis masukan seseorang" in page and cast.open.title in page
    assert f'href="{reverse("consultation_desk", args=[cast.open.pk])}"' not in page
    assert "Tulis konsultasi" not in page and "Rancangan rahasia" not in page


def test_without_asking_for_the_code_an_officer_could_speak_for_anybody(cast, monkeypatch):
    """The twin."""
    monkeypatch.setattr(consenting, "constant_time_compare", lambda *codes: True)
    place = taken_down(cast)

    browser(cast.oni).post(place, {"code": "123456"})

    assert SAID["text"] in public(cast.open)
