"""A granted objection: identical cases are opened too, the stage is summed up in shadow, and version 2 readmits."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from oversight import comparison
from oversight.invariants import look
from portal.grants import KEEPER, WEB
from publishing.models import Delivery
from selection import rules
from selection.actions import announcement, ranking, readmission, settlement
from selection.actions import objection_decision as decisions
from selection.actions.explanation import explain
from selection.models import Objection, Outcome, OutcomeSet, Reopening
from selection.objectable import chance_of
from selection.queries import current_set, participants
from selection.tracking import journey
from tests.oversight.story import told
from tests.parts import DAY
from tests.roles import working_as
from tests.selection.objecting import Contested, without_triggers
from tests.selection.test_objection_decision import decide, granted, sign_in
from tests.told import told_once

REASON = "Sanggah yang dikabulkan."


contested, city = told_once("contested", Contested)


def codes(stage, at=None):
    return [one.code for one in settlement.unsettled(stage, at or timezone.now())]


def settle_identical(city, *, met=True):
    for one in Reopening.objects.unsettled():
        readmission.judge(one, met=met, by=city.joko, at=timezone.now())
        readmission.agree(one, by=city.dina, at=timezone.now())


def second_version(city):
    """Summed up again by Pia, applied by Rudi, prepared and approved, opened by the keeper."""
    shadow = readmission.retally(city.stage, by=city.pia, at=timezone.now())
    ranking.apply(shadow, by=city.rudi, at=timezone.now())
    return city.announce(timezone.now(), reason=REASON)


def test_granting_one_opens_identical_cases_and_no_others(city):
    granted(city, "alya")

    opened = {one.application.user: one for one in Reopening.objects.all()}
    assert set(opened) == {city.alya, city.budi}, "Dewi wants another post, Eka lacks something else"
    assert (opened[city.alya].verdict, opened[city.alya].second_by) == ("MS", city.dina)
    assert opened[city.budi].verdict == ""
    assert told(f"reopened:{city.files['budi'].ref}:{opened[city.budi].objection_id}") == {city.budi.email}
    assert any("dibuka kembali" in one.words for one in journey(city.files["budi"], timezone.now()).messages)


def test_a_granted_objection_ends_in_version_two_with_everybody_readmitted(city, settings):
    old = city.set
    granted(city, "alya")
    with pytest.raises(readmission.NotReady, match="belum diputus dua orang"):
        readmission.retally(city.stage, by=city.pia, at=timezone.now())
    settle_identical(city)

    shadow = readmission.retally(city.stage, by=city.pia, at=timezone.now())

    assert shadow.state == OutcomeSet.State.SHADOW
    assert current_set(city.stage) == old, "nothing in force changes by computing"
    moved = {one["p"]: (one["old_code"], one["new_code"]) for one in ranking.compare(old, shadow)}
    ins = {city.files[name].participant_number for name in ("alya", "budi")}
    assert moved == dict.fromkeys(ins, ("TMS", "MS"))
    with pytest.raises(ranking.SamePerson):
        ranking.apply(shadow, by=city.pia, at=timezone.now())
    ranking.apply(shadow, by=city.rudi, at=timezone.now())
    second = city.announce(timezone.now(), reason=REASON)
    assert (second.version, second.supersedes) == (2, city.stage.announcements.get(version=1))
    assert second.public_at
    page = (settings.PUBLIC_ROOT / "pengumuman" / second.number / "v2" / "index.html").read_text()
    assert all(p in page for p in ins)
    assert {one.user for one in participants(city.next)} == {city.alya, city.budi, city.citra}
    assert comparison.of_announcement(second).agrees
    for name in ("two_agreed_on_each_file", "objection_results_by_two", "objections_judged_by_others",
                 "objections_sent_in_time"):  # fmt: skip
        assert look(name, timezone.now()).offending == 0, name
    for name in ("alya", "budi"):
        application = city.files[name]
        assert told(f"changed:{second.number}:v2:{application.pk}") == {application.user.email}
        outcome = Outcome.objects.select_related("set__stage", "application").get(
            set=second.outcome_set, application=application
        )
        assert outcome.decided_by == "objection"
        assert explain(outcome).reasons == []
        assert "sanggah yang dikabulkan" in explain(outcome).decided
        assert any("Anda lanjut" in one.words for one in journey(application, timezone.now()).messages)
    assert not Delivery.objects.filter(publication__source__startswith="changed:", recipient=city.citra).exists()


def test_what_two_say_against_an_identical_case_leaves_it_and_tells(city):
    granted(city, "alya")
    settle_identical(city, met=False)

    second_version(city)

    assert {one.user for one in participants(city.next)} == {city.alya, city.citra}
    reopened = Reopening.objects.get(application=city.files["budi"])
    assert told(f"unchanged:{city.files['budi'].ref}:{reopened.objection_id}") == {city.budi.email}


def test_an_identical_case_wants_two_people_without_a_part(city):
    granted(city, "alya")
    reopened = Reopening.objects.unsettled().get()
    readmission.judge(reopened, met=True, by=city.joko, at=timezone.now())

    with pytest.raises(readmission.NotAllowed):
        readmission.agree(reopened, by=city.joko, at=timezone.now())
    city.vera.groups.set(city.joko.groups.all())
    with pytest.raises(readmission.NotAllowed, match="ikut dalam hasil"):
        readmission.agree(reopened, by=city.vera, at=timezone.now())
    for change in ({"second_by": city.joko}, {"second_by": city.vera}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Reopening.objects.filter(pk=reopened.pk).update(second_at=timezone.now(), **change)
    again = readmission.disagree(reopened, by=city.dina)
    assert again.verdict == ""
    without_triggers("selection_reopening")
    judged = {"verdict": "MS", "first_by": city.vera, "first_at": timezone.now()}
    assert Reopening.objects.filter(pk=reopened.pk).update(**judged) == 1, "the twin: without the trigger Vera could"


def test_nothing_is_opened_without_a_grant(city):
    refused = decide(city.filed("alya"), False, city.joko)

    assert not Reopening.objects.exists()
    with pytest.raises(DatabaseError, match="because an objection was granted"), transaction.atomic():
        Reopening.objects.create(objection=refused, application=city.files["budi"], stage=city.stage, at=timezone.now())
    with pytest.raises(readmission.NotReady, match="Tidak ada sanggah"):
        readmission.retally(city.stage, by=city.pia, at=timezone.now())


def test_the_next_stage_waits_for_window_decisions_and_publication(city):
    outcome_set = OutcomeSet.objects.create(
        stage=city.next, version=1, rulepack="x", rulepack_digest="0", made_at=timezone.now()
    )
    ranking.settle(outcome_set, OutcomeSet.State.APPLIED, by=city.pia, at=timezone.now())
    about = {"objection_window", "objections", "granted"}

    def waits():
        return about & set(codes(city.next))

    assert waits() == {"objection_window"}
    objection = city.filed("alya")
    assert waits() == {"objection_window", "objections"}
    later = timezone.now() + 5 * DAY
    assert about & set(codes(city.next, later)) == {"objections"}
    decide(objection, True, city.joko)
    decisions.confirm(objection, by=city.dina, at=timezone.now())
    assert about & set(codes(city.next, later)) == {"objections", "granted"}, "Budi's file waits, too"
    settle_identical(city)
    assert about & set(codes(city.next, later)) == {"granted"}
    assert "reopened" in codes(city.stage)
    second_version(city)
    assert not about & set(codes(city.next, later))
    assert "reopened" not in codes(city.stage)


# --- A pass that was announced is taken away ----------------------------------------------------
def reversed_by_two(city, *, made_by, decided_by, reason="Dokumen palsu.", who="citra"):
    """A shadow in which somebody whose pass was announced does not pass any more; then applied."""
    in_force = current_set(city.stage)
    shadow = ranking.begin_set(city.stage, by=made_by, at=timezone.now(), reason=reason)
    for one in in_force.outcomes.all():
        one.pk, one.set = None, shadow
        if one.application == city.files[who]:
            one.code, one.advances = "TMS", False
        one.save()
    ranking.settle(shadow, OutcomeSet.State.APPLIED, by=decided_by, at=timezone.now())


def test_a_reversed_pass_has_a_letter_and_a_window_of_its_own(city, settings):
    assert chance_of(city.files["citra"], city.stage).announcement.version == 1
    reversed_by_two(city, made_by=city.pia, decided_by=city.rudi)

    second = city.announce(timezone.now() - 1.2 * DAY, reason="Dokumen palsu.")

    chance = chance_of(city.files["citra"], city.stage)
    assert chance.announcement == second
    assert chance_of(city.files["alya"], city.stage).announcement.version == 1, "nobody else gets a second chance"
    letter = Delivery.objects.get(publication__source=f"changed:{second.number}:v2:{city.files['citra'].pk}")
    assert "masa sanggah baru" in letter.publication.body
    with connection.cursor() as cursor:
        cursor.execute("SELECT opens_objection(%s, %s)", [city.files["citra"].pk, second.pk])
        assert cursor.fetchone()[0] is True
        cursor.execute("SELECT opens_objection(%s, %s)", [city.files["alya"].pk, second.pk])
        assert cursor.fetchone()[0] is False
    with pytest.raises(DatabaseError, match="opens no objection"), transaction.atomic():
        Objection.objects.create(
            application=city.files["alya"], stage=city.stage, announcement=second, started_at=timezone.now()
        )
    pointer = (settings.PUBLIC_ROOT / "pengumuman" / second.number / "index.html").read_text()
    assert "masa sanggah baru" in pointer
    assert len(settlement.windows_of(city.stage)) == 2


@pytest.mark.parametrize("alone", ["one person", "no reason"])
def test_the_database_wants_two_people_and_a_reason_to_reverse_what_was_announced(city, alone):
    with pytest.raises(DatabaseError), transaction.atomic():
        if alone == "one person":
            reversed_by_two(city, made_by=city.pia, decided_by=city.pia)
        else:
            reversed_by_two(city, made_by=city.pia, decided_by=city.rudi, reason="")

    if alone == "no reason":
        without_triggers("selection_outcomeset")
        reversed_by_two(city, made_by=city.pia, decided_by=city.pia, reason="")  # the twin: one alone, and no word why


def test_who_decided_an_earlier_objection_of_a_person_does_not_decide_the_next(city):
    granted(city, "alya")
    settle_identical(city)
    second_version(city)
    reversed_by_two(city, made_by=city.pia, decided_by=city.rudi, who="alya")
    city.announce(timezone.now() - 1.2 * DAY, reason="Dokumen palsu.")

    again = city.filed("alya")

    assert city.files["alya"].objections.count() == 2
    for earlier in (city.joko, city.dina):
        assert not rules.may_judge(earlier, again)
        with pytest.raises(DatabaseError, match="took no part"), transaction.atomic():
            Objection.objects.filter(pk=again.pk).update(
                state="proposed", decided_by=earlier, decided_at=timezone.now(), answer="x", summary="x"
            )


# --- Pages -------------------------------------------------------------------------------------
def test_two_people_settle_an_identical_case_on_pages_and_the_owner_sees_it(city, client):
    granted(city, "alya")
    reopened = Reopening.objects.unsettled().get()
    page = reverse("reopening_detail", args=[reopened.pk])
    sign_in(client, city.joko)
    assert "Dokumen tidak terbaca" in client.get(page).content.decode()
    document = reopened.application.documents.get()
    client.get(reverse("reopening_document", args=[reopened.pk, document.pk]))
    assert FileAccess.objects.filter(subject=reopened.application.ref, by=city.joko).count() == 2
    client.post(page, {"decision": "met"})
    client.post(page, {"decision": "agree"})
    reopened.refresh_from_db()
    assert reopened.second_at is None
    sign_in(client, city.dina)
    assert reopened.application.ref in client.get(reverse("objection_queue")).content.decode()

    client.post(page, {"decision": "agree"})

    reopened.refresh_from_db()
    assert reopened.second_by == city.dina
    sign_in(client, city.pia)
    desk = client.get(reverse("stage_desk", args=[city.stage.pk])).content.decode()
    assert "Rekap ulang dengan putusan sanggah" in desk
    client.post(reverse("stage_result", args=[city.stage.pk]))
    assert city.stage.outcome_sets.filter(state="shadow").count() == 1
    assert client.get(reverse("reopening_detail", args=[reopened.pk])).status_code == 403


def test_nobody_with_a_part_in_it_reads_a_reopened_file(city, client):
    granted(city, "alya")
    reopened = Reopening.objects.unsettled().get()
    city.wati.groups.set(city.joko.groups.all())
    sign_in(client, city.wati)

    assert client.get(reverse("reopening_detail", args=[reopened.pk])).status_code == 403
    address = reverse("reopening_document", args=[reopened.pk, reopened.application.documents.get().pk])
    assert client.get(address).status_code == 403


def test_the_rights_of_the_pages_and_of_the_keeper_suffice_from_draft_to_version_two(own_database):
    """Everything people do runs as the web's database role, what opens by itself as the keeper's, and no more."""
    city = Contested()
    with working_as(WEB):
        found = granted(city, "alya")
        settle_identical(city)
        shadow = readmission.retally(city.stage, by=city.pia, at=timezone.now())
        ranking.apply(shadow, by=city.rudi, at=timezone.now())
        made = announcement.prepare(city.stage, by=city.pia, at=timezone.now(), reason=REASON)
        announcement.approve(made, by=city.rudi, at=timezone.now())
    with working_as(KEEPER):
        announcement.announce_due(timezone.now())

    assert found.state == "granted"
    assert city.announced.version == 2
    assert city.announced.public_at
    assert told(f"changed:{city.announced.number}:v2:{city.files['budi'].pk}") == {city.budi.email}
