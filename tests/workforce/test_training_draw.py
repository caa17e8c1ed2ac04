"""The draw of seats: nobody knows or chooses the seed, and anybody computes the order again."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from ledger.actions import recording
from ledger.models import Checkpoint, Pending
from lib import draw
from oversight.actions import training_letters
from portal.grants import KEEPER, TEAM, WEB, WORK
from publishing.models import Delivery
from tests.parts import make_user
from tests.roles import working_as
from tests.workforce.teaching import Draw, a_training
from tests.workforce.test_panel_pages import browser
from tests.workforce.test_trainings import without
from verifier import cli
from verifier import draw as outside
from workforce.actions import training as trainings
from workforce.actions import training_draw as draws
from workforce.models import Enrolment, Party, Training, TrainingDraw, TrainingReveal, TrainingRound, TrainingSecret
from workforce.refusals import NotPossible

HOUR = timedelta(hours=1)


@pytest.fixture
def city(own_database):
    return Draw()


def facts(kind: str) -> list[dict]:
    return [json.loads(bytes(one.body))["body"] for one in Pending.objects.filter(kind=kind).order_by("pk")]


def order(city) -> list[str]:
    return list(city.training.enrolments.exclude(place=None).order_by("place").values_list("number", flat=True))


# --- Before: both are bound, and nobody knows ---------------------------------------------------
def test_a_draw_is_published_only_when_both_parties_are_bound(own_database):
    pia, rudi = make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)
    now = timezone.now()
    training = a_training(pia, rudi, at=now, rule="draw", published=False)
    draws.commit(training, party=Party.OFFICE, value=outside.new_secret()[0], by=pia, at=now)

    with pytest.raises(NotPossible, match="menyerahkan sidik"):
        trainings.publish(training, by=rudi, at=now)
    with pytest.raises(NotPossible, match="tidak dapat diganti"):
        draws.commit(training, party=Party.OFFICE, value=outside.new_secret()[0], by=pia, at=now)


def test_once_people_can_enrol_no_digest_is_taken_any_more(city):
    with pytest.raises(DatabaseError, match="before enrolment opens"), transaction.atomic():
        TrainingSecret.objects.create(
            training=city.training, party="office", digest="a" * 64, by=city.rudi, at=timezone.now()
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrainingSecret.objects.update(digest="b" * 64)


def test_without_the_trigger_a_digest_could_be_given_out_after_people_enrolled(own_database):
    """The twin: an officer who has seen who enrolled would still choose a secret."""
    now = timezone.now()
    pia, rudi = make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)
    training = a_training(pia, rudi, at=now)
    with pytest.raises(NotPossible, match="sebelum pelatihan terbit"):
        draws.commit(training, party=Party.OFFICE, value="a" * 64, by=pia, at=now)
    without("training_secret_in_time", TrainingSecret)

    assert draws.commit(training, party=Party.OFFICE, value="a" * 64, by=pia, at=now).pk


def test_once_a_digest_is_given_out_neither_rule_nor_address_changes(own_database):
    now = timezone.now()
    pia, rudi = make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)
    training = a_training(pia, rudi, at=now, rule="draw", published=False)
    draws.commit(training, party=Party.OFFICE, value="a" * 64, by=pia, at=now)

    for change in ({"rule": "first"}, {"slug": "lain"}):
        again = Training.objects.get()
        for name, value in change.items():
            setattr(again, name, value)
        with pytest.raises(NotPossible, match="tidak berubah lagi"):
            trainings.prepare(again, by=pia, at=now)


def test_nobody_gets_a_place_before_the_draw_and_who_keeps_a_secret_takes_no_part(city):
    assert {one.state for one in city.rows} == {"asked"}
    with pytest.raises(NotPossible, match="tidak dapat ikut"):
        trainings.enrol(city.training, by=city.pia, at=timezone.now())
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Enrolment.objects.filter(pk=city.rows[0].pk).update(place=1, state="seated")


def test_the_seed_rests_on_a_checkpoint_that_did_not_exist_when_the_list_was_closed(city):
    recording.record_waiting(timezone.now())
    before = Checkpoint.objects.order_by("-size").first()
    found = city.closed().opened()

    assert found.checkpoint.size > before.size
    assert found.checkpoint.size > city.training.closed_fact.n
    older = Checkpoint.objects.exclude(pk=found.checkpoint_id).order_by("-size").first()
    assert older is not None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrainingRound.objects.update(checkpoint=older)
    with pytest.raises(DatabaseError, match="first checkpoint after"), transaction.atomic():
        TrainingRound.objects.create(
            training=city.training, number=2, parties=["office", "team"], after=city.training.closed_fact,
            checkpoint=older, opened_at=timezone.now(), due_at=timezone.now() + HOUR,
        )  # fmt: skip


def test_without_the_trigger_the_log_could_take_a_checkpoint_that_everybody_knew(city):
    """The twin."""
    recording.record_waiting(timezone.now())
    known = Checkpoint.objects.order_by("-size").first()
    city.over()
    draws.keep(timezone.now())
    city.training.refresh_from_db()
    row = {
        "training": city.training, "number": 1, "parties": ["office", "team"], "after": city.training.closed_fact,
        "checkpoint": known, "opened_at": timezone.now(), "due_at": timezone.now() + HOUR,
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="first checkpoint after"), transaction.atomic():
        TrainingRound.objects.create(**row)
    without("training_round_follows", TrainingRound)

    assert TrainingRound.objects.create(**row).pk


def test_between_closing_and_draw_the_list_stands(city):
    city.closed()

    assert facts("training.closed")[0]["digest"] == draw.digest(sorted(one.number for one in city.rows))
    with pytest.raises(NotPossible, match="mundur setelah undian"):
        trainings.withdraw(city.training, by=city.people[0], at=timezone.now())
    with pytest.raises(NotPossible, match="tidak sedang dibuka"):
        trainings.enrol(city.training, by=make_user("telat@latih.example"), at=timezone.now())


# --- The draw -----------------------------------------------------------------------------------
def test_both_secrets_and_the_checkpoint_make_the_order_and_everybody_hears(city):
    made = city.drawn()

    found = made.round
    root = bytes(found.checkpoint.root).hex()
    seed = outside.seed(
        "pelatihan", city.training.slug, 1, city.team[1], city.office[1], found.checkpoint.size, root, "-"
    )
    assert made.seed == seed
    assert order(city) == outside.order(seed, {one.number for one in city.rows})
    states = city.training.enrolments.order_by("place").values_list("state", flat=True)
    assert list(states) == ["seated", "seated", "waiting", "waiting", "waiting"]
    assert city.training.taken == 2
    [fact] = facts("training.drawn")
    assert fact["digest"] == draw.digest(order(city)) and fact["seed"] == seed
    assert Delivery.objects.filter(recipient__in=city.people).count() == 5
    assert draws.keep(timezone.now()) == 0, "once"


def test_the_verifier_computes_the_order_again_from_what_is_public(city, tmp_path, capsys):
    city.drawn()
    client = Client()
    page = client.get(reverse("training_draw", args=[city.training.slug])).content.decode()
    listed = client.get(reverse("training_numbers", args=[city.training.slug])).content
    file = tmp_path / "daftar.txt"
    file.write_bytes(listed)
    command = page.split("verifier.pyz ")[1].split("</pre>")[0].split()
    command[1] = str(file)

    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert "Cocok." in said
    assert [line.split()[1] for line in said.splitlines() if line[0].isdecimal()] == order(city)
    file.write_bytes(listed.replace(city.rows[0].number.encode(), b"ZZZZZZZZZZ"))
    assert cli.main(command) == 1, "another person in the list"
    file.write_bytes(listed)
    command[command.index("--office") + 1] = "a" * 64
    assert cli.main(command) == 1, "another secret"
    assert "Tidak cocok" in capsys.readouterr().out
    assert cli.main(["draw", str(file), "--size", "3", "--root", "a" * 64]) == 1, "neither audit nor training"


@pytest.mark.parametrize("role", [WORK, KEEPER])
def test_the_processes_close_and_draw_under_their_own_roles(city, role):
    city.over()
    with working_as(role):
        city.closed()
        found = city.opened()
    city.show(Party.TEAM, found)
    city.show(Party.OFFICE, found)
    with working_as(role):
        assert draws.keep(timezone.now()) == 1
    assert len(order(city)) == 5


def test_a_bribed_officer_cannot_put_a_friend_first(city):
    """Straight in the database: another seed, another checkpoint, a place of one's own, a page's role."""
    found = city.closed().opened()
    city.show(Party.TEAM, found)
    city.show(Party.OFFICE, found)
    friend = Enrolment.objects.filter(pk=city.rows[0].pk)

    for seed in ("a" * 64, outside.seed("pelatihan", city.training.slug, 1, "-", city.office[1], found.checkpoint.size,
                                        bytes(found.checkpoint.root).hex(), "-")):  # fmt: skip
        with pytest.raises(DatabaseError, match="follows from the values"), transaction.atomic():
            TrainingDraw.objects.create(training=city.training, round=found, seed=seed, drawn_at=timezone.now())
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        friend.update(place=1, state="seated")
    with working_as(WEB), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        TrainingDraw.objects.create(training=city.training, round=found, seed="a" * 64, drawn_at=timezone.now())
    draws.keep(timezone.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrainingDraw.objects.update(seed="a" * 64)


def test_without_the_triggers_a_seed_of_ones_own_would_decide(city):
    """The twin."""
    found = city.closed().opened()
    wanted = next(
        seed for n in range(500) for seed in [f"{n:064x}"]
        if outside.order(seed, {one.number for one in city.rows})[0] == city.rows[0].number
    )  # fmt: skip
    without("training_draw_follows", TrainingDraw)

    TrainingDraw.objects.create(training=city.training, round=found, seed=wanted, drawn_at=timezone.now())

    assert order(city)[0] == city.rows[0].number


@pytest.mark.parametrize(("role", "party"), [(WEB, "team"), (TEAM, "office")])
def test_neither_party_speaks_for_the_other(city, role, party):
    found = city.closed().opened()
    secret = TrainingSecret.objects.get(training=city.training, party=party)
    value = (city.team if party == "team" else city.office)[1]

    with working_as(role), pytest.raises(DatabaseError, match="for the other party"), transaction.atomic():
        TrainingReveal.objects.create(round=found, secret=secret, value=value, by=city.pia, at=timezone.now())


def test_without_the_trigger_the_office_would_speak_for_the_team(city):
    """The twin."""
    found = city.closed().opened()
    secret = TrainingSecret.objects.get(training=city.training, party="team")
    without("training_reveal_fits", TrainingReveal)

    with working_as(WEB):
        made = TrainingReveal.objects.create(round=found, secret=secret, value="a" * 64, by=city.pia, at=timezone.now())
    assert made.pk


def test_only_the_value_behind_the_digest_counts(city):
    found = city.closed().opened()

    with pytest.raises(NotPossible, match="tidak cocok"):
        city.show(Party.OFFICE, found, value="c" * 64)
    with pytest.raises(NotPossible, match="64 huruf"):
        city.show(Party.OFFICE, found, value="bukan")
    city.show(Party.OFFICE, found)
    with pytest.raises(NotPossible, match="sudah dibuka"):
        city.show(Party.OFFICE, found)


def test_a_cancelled_training_is_not_drawn(city):
    found = city.closed().opened()
    trainings.cancel(city.training, reason="Gedungnya rusak.", by=city.rudi, at=timezone.now())
    city.show(Party.TEAM, found)
    city.show(Party.OFFICE, found)

    assert draws.keep(timezone.now()) == 0 and order(city) == []


# --- Withholding --------------------------------------------------------------------------------
def test_who_withholds_is_named_and_the_seats_are_drawn_without_them(city):
    first = city.closed().opened(timezone.now() - draws.REVEAL_WITHIN - HOUR)
    without("training_reveal_fits", TrainingReveal)  # shown in time, an hour ago
    TrainingReveal.objects.create(
        round=first, secret=TrainingSecret.objects.get(party="team"), value=city.team[1], by=city.oka, at=timezone.now()
    )
    draws.keep(timezone.now())
    assert [one["party"] for one in facts("training.withheld")] == ["office"]
    recording.record_waiting(timezone.now())
    second = city.opened()
    assert (second.number, second.parties) == (2, ["team"]) and second.checkpoint.size > first.checkpoint.size
    city.show(Party.TEAM, second)

    assert draws.keep(timezone.now()) == 1
    city.training.refresh_from_db()
    root = bytes(second.checkpoint.root).hex()
    assert city.training.draw.seed == outside.seed(
        "pelatihan", city.training.slug, 2, city.team[2], "-", second.checkpoint.size, root, "-"
    )
    assert city.training.taken == 2, "no seat stays empty because somebody withheld"
    page = Client().get(reverse("training_draw", args=[city.training.slug])).content.decode()
    assert "Undian diulang tanpa pihak ini" in page


def test_where_both_withhold_the_new_checkpoint_alone_decides(city):
    city.closed().opened(timezone.now() - draws.REVEAL_WITHIN - HOUR)
    draws.keep(timezone.now())
    recording.record_waiting(timezone.now())
    second = city.opened()

    assert second.parties == []
    assert draws.keep(timezone.now()) == 1 and len(order(city)) == 5


def test_a_round_without_a_party_that_showed_its_value_is_refused(city):
    found = city.closed().opened(timezone.now() - draws.REVEAL_WITHIN - HOUR)
    draws.keep(timezone.now())
    recording.record_waiting(timezone.now())
    last = found.withheld.order_by("-fact_id").first().fact

    with pytest.raises(DatabaseError, match="or a withheld value"), transaction.atomic():
        TrainingRound.objects.create(
            training=city.training, number=2, parties=["office"], after=last,
            checkpoint=Checkpoint.objects.filter(size__gt=last.n).order_by("size").first(),
            opened_at=timezone.now(), due_at=timezone.now() + HOUR,
        )  # fmt: skip


# --- Afterwards and pages -----------------------------------------------------------------------
def test_after_the_draw_who_leaves_gives_the_seat_to_the_next_and_the_list_stays_checkable(city):
    city.drawn()
    rows = list(city.training.enrolments.order_by("place"))
    address = reverse("training_numbers", args=[city.training.slug])
    before = Client().get(address).content

    trainings.withdraw(city.training, by=rows[0].user, at=timezone.now())

    states = city.training.enrolments.order_by("place").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "seated", "seated", "waiting", "waiting"]
    assert Client().get(address).content == before
    assert draw.digest(before.decode().split()) == city.training.list_digest


def test_both_parties_hand_in_by_their_own_pages(city):
    found = city.closed().opened()
    training_letters.tell_due(timezone.now())
    training_letters.tell_due(timezone.now())
    assert Delivery.objects.filter(recipient=city.oka).count() == 1
    assert Delivery.objects.filter(recipient=city.pia, publication__source__endswith=":office").count() == 1
    office, team = browser(city.pia), browser(city.oka)
    page, room = reverse("training_desk", args=[city.training.pk]), reverse("team_trainings")

    assert (
        "Rahasia putaran 1" in office.get(page).content.decode()
        and "Rahasia putaran 1" in team.get(room).content.decode()
    )
    assert office.post(page, {"do": "reveal", "reveal-value": "c" * 64}).status_code == 422
    assert office.post(page, {"do": "reveal", "reveal-value": city.office[1]}).status_code == 302
    team.post(room, {"do": "reveal", "which": found.pk, "value": city.team[1]})
    assert office.post(room, {"do": "reveal", "which": found.pk, "value": city.team[1]}).status_code == 403
    assert found.reveals.count() == 2
    assert draws.keep(timezone.now()) == 1


def test_the_teams_page_costs_the_same_for_many_draws(city):
    city.closed().opened()
    room, address = browser(city.oka), reverse("team_trainings")
    room.get(address)
    with CaptureQueriesContext(connection) as few:
        room.get(address)
    for _one in range(5):
        a_training(city.pia, city.rudi, at=timezone.now(), rule="draw", published=False)
    with CaptureQueriesContext(connection) as many:
        room.get(address)

    assert len(many) == len(few)


def test_the_public_page_names_nobody(city):
    city.drawn()
    page = Client().get(reverse("training_draw", args=[city.training.slug]))

    assert page.headers["Cache-Control"].startswith("public")
    words = page.content.decode()
    assert all(one.number in words for one in city.rows)
    assert not any(one.email in words or one.name in words for one in city.people)
