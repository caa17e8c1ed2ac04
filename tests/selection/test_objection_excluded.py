"""Who is not continued objects like everybody else where the stage has a window, and comes back only when it is granted."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from selection.actions import objection, objection_decision, ranking, readmission
from selection.models import Application, Outcome
from selection.objectable import chance_of, points_of
from selection.states import State
from tests.parts import enrol
from tests.selection.objecting import Contested


class Excluding(Contested):
    """Citra, who has everything, is excluded before the files are summed up; Dewi withdrew."""

    def _judge(self, at):
        super()._judge(at)
        for name, to in (("citra", State.EXCLUDED), ("dewi", State.WITHDRAWN)):
            Application.objects.filter(pk=self.files[name].pk).move(to, by=self.rudi, at=at)


@pytest.fixture
def city(own_database):
    return Excluding()


def decided(sent, city, *, granted: bool):
    return objection_decision.decide(
        sent, verdicts={"hasil": granted}, answer="Kami baca suratnya.", summary="Alasan pengecualian diperiksa.",
        by=city.joko, at=timezone.now(),
    )  # fmt: skip


def test_who_was_excluded_reads_the_window_and_objects_to_the_own_result(city, client):
    ref = city.files["citra"].ref
    client.force_login(city.citra, backend="django.contrib.auth.backends.ModelBackend")

    tracking = client.get(f"/lamaran/{ref}/pantau/").content.decode()
    page = client.get(f"/sanggah/{ref}/", follow=True).content.decode()
    sent = city.filed("citra", text="Saya tidak melakukannya.")

    assert "Ajukan sanggah" in tracking
    assert "Tidak dilanjutkan dalam seleksi" in page
    assert sent.items.get().key == "hasil"
    assert sent.evidence["result"]["code"] == "DIS"


def test_granted_by_two_the_person_is_in_the_selection_again_with_what_the_files_say(city):
    sent = city.filed("citra")

    assert decided(sent, city, granted=True).state == "proposed"
    objection_decision.confirm(sent, by=city.dina, at=timezone.now())

    application = Application.objects.get(pk=city.files["citra"].pk)
    assert application.state == State.SUBMITTED
    assert application.steps.get(new=State.SUBMITTED).because == sent.number
    shadow = readmission.retally(city.stage, by=city.pia, at=timezone.now())
    ranking.apply(shadow, by=city.rudi, at=timezone.now())
    outcome = Outcome.objects.get(set=shadow, application=application)
    assert (outcome.code, outcome.advances) == ("MS", True)


def test_refused_the_person_stays_out(city):
    decided(city.filed("citra"), city, granted=False)

    assert Application.objects.get(pk=city.files["citra"].pk).state == State.EXCLUDED


def test_nobody_comes_back_without_a_granted_objection(city):
    city.filed("citra")
    mine = Application.objects.filter(pk=city.files["citra"].pk)

    with pytest.raises(DatabaseError, match="comes back by a granted objection"), transaction.atomic():
        mine.move(State.SUBMITTED, by=city.rudi, at=timezone.now())

    assert mine.get().state == State.EXCLUDED


def test_who_withdrew_has_nothing_to_object_to(city):
    application = Application.objects.get(pk=city.files["dewi"].pk)
    chance = chance_of(application, city.stage)

    assert points_of(chance.outcome) == []
    with pytest.raises(objection.NotOpen):
        objection.start(application, city.stage, by=city.dewi, at=timezone.now())


def test_the_desk_opens_the_case(city, client):
    sent = city.filed("citra")
    client.force_login(enrol(city.joko), backend="django.contrib.auth.backends.ModelBackend")
    from tests.accounts.test_second_factor import remember

    remember(client, city.joko, "mfa")
    page = client.get(f"/kelola/sanggah/{sent.pk}/")

    assert page.status_code == 200 and "Tidak dilanjutkan dalam seleksi" in page.content.decode()
