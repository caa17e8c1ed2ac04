"""The office publishes a recruitment, moves its dates and keeps the registry; others may not."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from portal.grants import WEB
from tests.parts import (
    DAY,
    enrol,
    make_agency,
    make_formation,
    make_recruitment,
    make_requirement,
    make_stage,
    make_user,
)  # fmt: skip
from tests.roles import working_as
from vacancies.models import Agency, Clarification, Formation, Holiday, Recruitment, Requirement, ScheduleChange, Stage

REGISTRY = [Agency, Recruitment, Stage, Formation, Requirement, Holiday, Clarification]


@pytest.fixture
def pia(db):
    return enrol(make_user("pia@contoh.example", Role.PREPARER))


@pytest.fixture
def rudi(db):
    return enrol(make_user("rudi@contoh.example", Role.PUBLISHER))


def sign_in(client, user):
    """As somebody who has just signed in, so that acts that bind do not ask again."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, method="mfa")
    request.session.save()
    return client


@pytest.fixture
def desk(client, pia):
    return sign_in(client, pia)


def make_ready() -> Recruitment:
    recruitment = make_recruitment(rulepack_digest="", slug="cpns-2026")
    make_stage(recruitment, "registration", 1, opens_at=timezone.now() + DAY)
    make_formation(recruitment)
    return recruitment


def test_a_publisher_publishes(client, rudi):
    recruitment = make_ready()

    answer = sign_in(client, rudi).post("/kelola/pengadaan/cpns-2026/terbit/", follow=True)

    recruitment.refresh_from_db()
    assert recruitment.published_by == rudi
    assert "Terbit. Semua orang" in answer.content.decode()


def test_the_desk_says_what_is_missing_and_publishing_is_refused(client, rudi):
    recruitment = make_recruitment(rulepack_digest="", slug="kosong")
    sign_in(client, rudi)

    assert "Belum ada formasi" in client.get("/kelola/pengadaan/kosong/").content.decode()
    answer = client.post("/kelola/pengadaan/kosong/terbit/", follow=True)

    recruitment.refresh_from_db()
    assert recruitment.published_at is None and "Belum ada tahap" in answer.content.decode()


def test_a_preparer_does_not_publish(desk):
    make_ready()

    assert desk.post("/kelola/pengadaan/cpns-2026/terbit/").status_code == 403
    assert not Recruitment.objects.published().exists()


def test_publishing_asks_to_sign_in_again_after_a_while(client, rudi):
    make_ready()
    client.force_login(rudi, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/kelola/pengadaan/cpns-2026/terbit/")

    assert answer.status_code == 302 and "masuk-ulang" in answer.headers["Location"]
    assert not Recruitment.objects.published().exists()


def moments(**days) -> dict:
    return {name: (timezone.now() + count * DAY).strftime("%Y-%m-%dT%H:%M") for name, count in days.items()}


def test_dates_move_on_the_page_with_a_reason(desk, pia):
    stage = make_stage(make_recruitment(published_by=pia), "test", 2, opens_at=timezone.now() + 2 * DAY)
    address = reverse("stage_schedule", args=[stage.pk])

    assert desk.post(address, moments(opens_at=3, closes_at=9)).status_code == 422
    assert desk.post(address, moments(opens_at=3, closes_at=9) | {"reason": "Gedung dipakai"}).status_code == 302
    assert {one.field for one in ScheduleChange.objects.all()} == {"opens_at", "closes_at"}


def test_the_page_reads_times_on_the_clocks_of_the_recruitment(desk):
    recruitment = make_recruitment(time_zone="Asia/Jayapura")
    stage = make_stage(recruitment, "test", 2)

    desk.post(
        reverse("stage_schedule", args=[stage.pk]), {"opens_at": "2026-12-01T08:00", "closes_at": "2026-12-02T08:00"}
    )

    stage.refresh_from_db()
    assert stage.opens_at.isoformat() == "2026-11-30T23:00:00+00:00"
    assert 'value="2026-12-01T08:00"' in desk.get(reverse("stage_schedule", args=[stage.pk])).content.decode()


def test_dates_that_cannot_be_come_back_in_words(desk, pia):
    stage = make_stage(make_recruitment(published_by=pia), "test", 2, opens_at=timezone.now() + 2 * DAY)

    answer = desk.post(reverse("stage_schedule", args=[stage.pk]), moments(opens_at=5, closes_at=4) | {"reason": "x"})

    assert answer.status_code == 422 and "sesudah waktu mulai" in answer.content.decode()


@pytest.mark.parametrize("model", REGISTRY)
def test_the_registry_opens_for_the_office_and_for_nobody_else(desk, client, rudi, model):
    address = reverse(f"admin:vacancies_{model._meta.model_name}_changelist")
    make_formation(make_ready(), code="LAIN")

    assert desk.get(address).status_code == 200
    sign_in(client, rudi)
    assert client.get(address).status_code == 200
    sign_in(client, enrol(make_user("vera@contoh.example", Role.VERIFIER)))
    assert client.get(address).status_code == 403


def change(model, obj) -> str:
    return reverse(f"admin:vacancies_{model._meta.model_name}_change", args=[obj.pk])


def test_what_binds_is_read_only_once_published(desk, pia, rf):
    recruitment = make_recruitment(published_by=pia)
    rule = make_requirement(recruitment, "ijazah")
    stage = make_stage(recruitment, "registration", 1)

    desk.post(change(Recruitment, recruitment), {"name": "Lain", "rulepack": "pppk-2024", "summary": "Lebih jelas"})
    answers = [desk.post(change(Requirement, rule), {"text": "Lain"}), desk.post(change(Stage, stage), {"order": 9})]

    recruitment.refresh_from_db()
    assert (recruitment.rulepack, recruitment.summary) == ("cpns-2024", "Lebih jelas")
    assert [answer.status_code for answer in answers] == [403, 403]


def test_before_it_is_published_the_office_builds_everything(desk):
    agency = make_agency()
    made = desk.post(
        reverse("admin:vacancies_recruitment_add"),
        {"name": "CPNS 2026", "slug": "cpns-2026", "kind": "cpns", "year": 2026, "agency": agency.pk, "decree": "SK 1",
         "summary": "", "time_zone": "Asia/Makassar", "rulepack": "cpns-2024", "sealed_until_closing": "on"},
    )  # fmt: skip
    assert made.status_code == 302, made.context["adminform"].form.errors
    recruitment = Recruitment.objects.get()
    made = desk.post(
        reverse("admin:vacancies_stage_add"),
        {"recruitment": recruitment.pk, "order": 1, "slug": "daftar", "kind": "registration", "name_internal": "Daftar",
         "name_public": "Pendaftaran", "opens_at": "2026-12-01T08:00", "closes_at": "2026-12-09T23:59",
         "announce_at": "", "objection_days": 3, "answer_days": 7, "answer_counts": "calendar"},
    )  # fmt: skip

    assert made.status_code == 302, made.context["adminform"].form.errors
    stage = Stage.objects.get()
    assert (stage.planned_opens_at, stage.planned_closes_at) == (stage.opens_at, stage.closes_at)
    assert stage.opens_at.isoformat() == "2026-12-01T00:00:00+00:00", "typed on the clocks of Makassar, WITA"
    shown = desk.get(change(Stage, stage)).content.decode()
    assert 'value="2026-12-01T08:00"' in shown


def test_a_formation_is_only_looked_up(desk):
    formation = make_formation(make_recruitment())

    assert desk.get(change(Formation, formation)).status_code == 200
    assert desk.post(change(Formation, formation), {"quota": 99}).status_code == 403
    assert desk.get(reverse("admin:vacancies_formation_add")).status_code == 403


def test_an_official_answer_names_who_gave_it_and_stays(desk, pia):
    recruitment = make_recruitment(published_by=pia)

    made = desk.post(
        reverse("admin:vacancies_clarification_add"),
        {"recruitment": recruitment.pk, "question": "Boleh S-2?", "answer": "Boleh."},
    )

    assert made.status_code == 302, made.context["adminform"].form.errors
    answer = Clarification.objects.get()
    assert answer.by == pia
    assert desk.post(change(Clarification, answer), {"answer": "Tidak."}).status_code == 403


def test_nothing_of_the_registry_is_deleted_but_what_may_be(rf, pia):
    request = rf.get("/")
    request.user = pia
    deletable = {model for model in REGISTRY if admin.site._registry[model].has_delete_permission(request)}

    assert deletable == {Requirement, Holiday}


def test_the_web_process_may_keep_the_registry(own_database, client):
    pia = enrol(make_user("pia2@contoh.example", Role.PREPARER))
    sign_in(client, pia)

    with working_as(WEB):
        made = client.post(
            reverse("admin:vacancies_holiday_add"), {"date": "2026-12-25", "name": "Natal", "decree": ""}
        )

    assert made.status_code == 302
    assert Holiday.objects.get().name == "Natal"
