"""Deciding: by people without a part in the result, refused by one, granted by two, recorded, published without a name."""

import hashlib
import json
import time
from itertools import permutations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from accounts.roles import Role
from ledger.actions import record
from oversight.indicators import MEASURES
from publishing.models import Delivery
from selection import objection_states, objection_statistics, rules
from selection.actions import objection_decision as decisions
from selection.models import Objection, ObjectionItem
from selection.objection_states import ObjectionState
from tests.oversight.story import facts, together
from tests.parts import DAY, enrol, make_user
from tests.selection.objecting import Contested, without_triggers
from tests.told import told_once

ANSWER, SUMMARY = "Halaman 2 memang terbaca.", "Ijazah yang diunggah terbaca seluruhnya; penilaian pemeriksa keliru."
STATES = list(ObjectionState)


contested, city = told_once("contested", Contested)


def decide(objection, granted: bool, by, **more):
    said = {"answer": ANSWER, "summary": SUMMARY} | more
    verdicts = {one.key: granted for one in objection.items.all()}
    return decisions.decide(objection, verdicts=verdicts, by=by, at=timezone.now(), **said)


def granted(city, name="alya"):
    objection = decide(city.filed(name), True, city.joko)
    return decisions.confirm(objection, by=city.dina, at=timezone.now())


def sign_in(client, user):
    """With a second factor shown just now."""
    client.force_login(enrol(user), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


# --- Works and tells ---------------------------------------------------------------------------
def test_one_person_refuses_with_reasons_and_it_is_told_recorded_and_published(city, client):
    refused = decide(city.filed("alya"), False, city.joko)

    assert refused.state == ObjectionState.REFUSED
    assert [(one.old, one.new) for one in refused.steps.all()] == [("draft", "filed"), ("filed", "refused")]
    told = Delivery.objects.get(publication__source=f"objection:{refused.number}:decided")
    assert told.recipient == city.alya
    assert facts("objection.decided") == 1
    fact = json.loads(bytes(refused.fact.body))["body"]
    assert fact == {
        "recruitment": city.recruitment.slug, "stage": "administrasi", "number": refused.number, "result": "refused",
        "digest": fact["digest"],
    }  # fmt: skip
    published = client.get(reverse("objection_decision_file", args=[refused.number])).content
    assert hashlib.sha256(published).hexdigest() == fact["digest"]
    page = client.get(reverse("objection_decision", args=[refused.number])).content.decode()
    assert SUMMARY in page
    assert "Ijazah asli" in page
    for private in (ANSWER, "Halaman 2 terbaca jelas.", city.alya.email, city.files["alya"].participant_number,
                    city.files["alya"].ref, "halaman 2", "Joko"):  # fmt: skip
        assert private not in page
        assert private not in published.decode()


def test_granting_waits_for_a_second_person(city):
    proposed = decide(city.filed("alya"), True, city.joko)

    assert proposed.state == ObjectionState.PROPOSED
    assert facts("objection.decided") == 0
    with pytest.raises(decisions.NotAllowed, match="orang lain"):
        decisions.confirm(proposed, by=city.joko, at=timezone.now())

    found = decisions.confirm(proposed, by=city.dina, at=timezone.now())

    assert found.state == ObjectionState.GRANTED
    assert facts("objection.decided") == 1
    assert found.items.get().granted is True


def test_the_second_person_may_differ_and_says_why(city):
    proposed = decide(city.filed("alya"), True, city.joko)
    with pytest.raises(decisions.Incomplete):
        decisions.give_back(proposed, because=" ", by=city.dina, at=timezone.now())

    back = decisions.give_back(proposed, because="Halaman 2 tetap buram.", by=city.dina, at=timezone.now())

    assert (back.state, back.decided_by) == (ObjectionState.FILED, None)
    assert back.items.get().granted is None
    assert back.steps.last().because == "Halaman 2 tetap buram."
    assert decide(back, False, city.joko).state == ObjectionState.REFUSED


def test_a_point_that_is_right_is_kept_where_the_others_fail(city):
    """Two things lack; one of them was judged wrongly. The result stays, and the page says what was granted."""
    stage_items = city.filed("alya")
    without_triggers("selection_objectionitem")
    ObjectionItem.objects.create(
        objection=stage_items, key="syarat-pengalaman", title="Pengalaman dua tahun", requirement=city.years,
        ground="clause", text="x",
    )  # fmt: skip
    verdicts = {"syarat-ijazah": False, "syarat-pengalaman": True}

    found = decisions.decide(
        stage_items, verdicts=verdicts, answer=ANSWER, summary=SUMMARY, by=city.joko, at=timezone.now()
    )

    assert found.state == ObjectionState.REFUSED
    assert {one.key: one.granted for one in found.items.all()} == verdicts


# --- Refuses -----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["vera", "wati", "pia", "rudi"])
def test_whoever_had_a_part_in_the_result_does_not_decide(city, who):
    """Verifiers, who prepared, who approved: whatever role they get, the action refuses, and so does the database."""
    objection, user = city.filed("alya"), getattr(city, who)
    user.groups.set(city.joko.groups.all())

    assert not rules.may_judge(user, objection)
    with pytest.raises(decisions.NotAllowed):
        decide(objection, False, user)
    with pytest.raises(decisions.NotAllowed):
        decisions.open_file(objection, by=user, at=timezone.now())
    with pytest.raises(DatabaseError, match="took no part"), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(
            state="proposed", decided_by=user, decided_at=timezone.now(), answer="x", summary="x"
        )


def test_without_the_trigger_a_verifier_could_decide_their_own_case(city):
    """The twin of the protection: the same statement goes through where the trigger is gone."""
    objection = city.filed("alya")
    without_triggers("selection_objection")

    changed = Objection.objects.filter(pk=objection.pk).update(
        state="proposed", decided_by=city.vera, decided_at=timezone.now(), answer="x", summary="x"
    )

    assert changed == 1


def test_the_person_does_not_decide_their_own_objection(city):
    objection = city.filed("alya")
    city.alya.groups.set(city.joko.groups.all())

    with pytest.raises(decisions.NotAllowed):
        decide(objection, True, city.alya)


def test_the_database_wants_two_different_people_to_grant(city):
    proposed = decide(city.filed("alya"), True, city.joko)
    fact = record.append("hold.placed", at=timezone.now(), recruitment="a", stage="b", hold=1)

    with pytest.raises(DatabaseError, match="objection_granted_by_two"), transaction.atomic():
        Objection.objects.filter(pk=proposed.pk).update(
            state="granted", confirmed_by=city.joko, confirmed_at=timezone.now(), fact=fact
        )


def test_twin_without_the_constraint_one_person_alone_would_grant(city):
    proposed = decide(city.filed("alya"), True, city.joko)
    fact = record.append("hold.placed", at=timezone.now(), recruitment="a", stage="b", hold=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE selection_objection DROP CONSTRAINT objection_granted_by_two")

    Objection.objects.filter(pk=proposed.pk).update(
        state="granted", confirmed_by=city.joko, confirmed_at=timezone.now(), fact=fact
    )

    assert Objection.objects.get(pk=proposed.pk).state == "granted"


@pytest.mark.parametrize("said", [{"answer": " "}, {"summary": ""}])
def test_a_decision_without_reasons_is_refused(city, said):
    with pytest.raises(decisions.Incomplete):
        decide(city.filed("alya"), False, city.joko, **said)


def test_every_point_is_judged(city):
    with pytest.raises(decisions.Incomplete, match="setiap butir"):
        decisions.decide(
            city.filed("alya"), verdicts={}, answer=ANSWER, summary=SUMMARY, by=city.joko, at=timezone.now()
        )


def test_a_summary_that_names_the_person_is_refused(city):
    objection = city.filed("alya")
    person = objection.application.person

    for secret in (person.name, person.nik, city.alya.email, objection.application.participant_number.lower()):
        with pytest.raises(decisions.Incomplete, match="nama atau nomor"):
            decide(objection, False, city.joko, summary=f"Pelamar {secret} benar.")


def test_a_decision_stays(city):
    refused = decide(city.filed("alya"), False, city.joko)

    with pytest.raises(decisions.NotAllowed):
        decide(refused, True, city.dina)
    with pytest.raises(DatabaseError), transaction.atomic():
        Objection.objects.filter(pk=refused.pk).update(summary="Lain.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Objection.objects.filter(pk=refused.pk).update(state="filed", decided_by=None, decided_at=None)


def test_two_who_decide_at_once_make_one_decision(own_database):
    city = Contested()
    objection = city.filed("alya")

    raised = together(lambda: decide(objection, False, city.joko), lambda: decide(objection, False, city.dina))

    assert [type(one) for one in raised if one] == [decisions.NotAllowed]
    assert facts("objection.decided") == 1


# --- States ------------------------------------------------------------------------------------
def test_the_database_takes_an_objection_along_the_table_and_no_other_way(city):
    """Every pair of states, before the state trigger alone, with all that each state must carry."""
    fact = record.append("hold.placed", at=timezone.now(), recruitment="a", stage="b", hold=1)
    now = timezone.now()
    draft = dict.fromkeys(
        ["number", "filed_at", "due_at", "decided_by", "decided_at", "confirmed_by", "confirmed_at", "fact"]
    ) | {"evidence_digest": "", "answer": None, "summary": ""}
    filed = draft | {"number": "SGH-26-X", "filed_at": now, "due_at": now, "evidence_digest": "0" * 64}
    proposed = filed | {"decided_by": city.joko, "decided_at": now, "answer": "x", "summary": "x"}
    carries = {"draft": draft, "filed": filed, "proposed": proposed, "refused": proposed | {"fact": fact}}
    carries["granted"] = carries["refused"] | {"confirmed_by": city.dina, "confirmed_at": now}
    objection = Objection.objects.filter(pk=city.draft("alya").pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'selection_objection'::regclass AND tgname LIKE %s",
            ["pgtrigger_objection_state_%"],
        )
        trigger = cursor.fetchone()[0]
    taken = set()
    for old, new in permutations(STATES, 2):
        without_triggers("selection_objection")
        objection.update(state=old, **carries[old])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE selection_objection ENABLE TRIGGER {trigger}")
        try:
            with transaction.atomic():
                objection.update(state=new, **carries[new])
            taken.add((old, new))
        except DatabaseError as error:
            assert "Invalid transition" in str(error)

    assert taken == {(old, new) for old, new in permutations(STATES, 2) if objection_states.allows(old, new)}


# --- Pages -------------------------------------------------------------------------------------
def test_a_decider_reads_the_file_only_with_a_line_for_its_owner(city, client):
    objection = city.filed("alya")
    document = objection.application.documents.get()
    sign_in(client, city.joko)

    client.get(reverse("objection_case", args=[objection.pk]))
    client.get(reverse("objection_case_file", args=[objection.pk, "dokumen", document.pk]))

    looks = FileAccess.objects.filter(subject=objection.application.ref, by=city.joko)
    assert [(one.role, one.purpose) for one in looks.order_by("at", "pk")] == [
        (Role.ADJUDICATOR, f"Memutus sanggah {objection.number}"),
        (Role.ADJUDICATOR, "Membuka dokumen untuk sanggah: Ijazah asli"),
    ]
    sign_in(client, city.vera)
    assert client.get(reverse("objection_case", args=[objection.pk])).status_code == 403
    city.vera.groups.set(city.joko.groups.all())
    for name, rest in (("objection_case", []), ("objection_case_file", ["dokumen", document.pk])):
        assert client.get(reverse(name, args=[objection.pk, *rest])).status_code == 403
    assert not FileAccess.objects.filter(by=city.vera, role=Role.ADJUDICATOR).exists()


def test_the_case_is_decided_and_confirmed_on_pages(city, client):
    objection = city.filed("alya")
    page = reverse("objection_case", args=[objection.pk])
    sign_in(client, city.joko)
    assert client.post(page, {"butir-syarat-ijazah": "yes", "answer": ANSWER, "summary": ""}).status_code == 422
    named = {"butir-syarat-ijazah": "yes", "answer": ANSWER, "summary": f"Untuk {city.alya.email}."}
    assert client.post(page, named).status_code == 422

    client.post(page, named | {"summary": SUMMARY})
    client.post(reverse("objection_confirmation", args=[objection.pk]), {"decision": "agree"})
    objection.refresh_from_db()
    assert objection.state == ObjectionState.PROPOSED, "nobody is the second person to themselves"
    sign_in(client, city.dina)
    client.post(reverse("objection_confirmation", args=[objection.pk]), {"decision": "agree"})

    objection.refresh_from_db()
    assert objection.state == ObjectionState.GRANTED
    sign_in(client, city.alya)
    own = client.get(reverse("objection_detail", args=[objection.application.ref, "administrasi"])).content.decode()
    assert "Sanggah Anda dikabulkan." in own
    assert ANSWER in own


def test_acting_asks_for_a_fresh_code(city, client):
    objection = city.filed("alya")
    client.force_login(enrol(city.joko), backend="django.contrib.auth.backends.ModelBackend")

    for name in ("objection_case", "objection_confirmation"):
        answer = client.post(reverse(name, args=[objection.pk]), {"decision": "agree"})
        assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_an_overdue_answer_is_seen_by_office_and_public_and_decides_nothing(db, client):
    city = Contested()
    objection = city.filed("alya")
    late = objection.due_at + DAY

    numbers = objection_statistics.by_stage(late, recruitment=city.recruitment)

    assert [(one.filed, one.waiting, one.overdue, one.decided) for one in numbers] == [(1, 1, 1, 0)]
    assert objection_statistics.by_stage(objection.due_at, recruitment=city.recruitment)[0].overdue == 0
    objection.refresh_from_db()
    assert objection.state == ObjectionState.FILED
    without_triggers("selection_objection")
    Objection.objects.filter(pk=objection.pk).update(due_at=timezone.now() - DAY)
    sign_in(client, city.pia)
    assert "Terlambat" in client.get(reverse("objection_queue")).content.decode()


def test_the_indicator_counts_an_objection_once_its_time_is_over(city):
    answered, silent = city.filed("alya"), city.filed("budi")
    decide(answered, False, city.joko)
    measure = MEASURES["sanggah-dijawab"]

    def counted(at):
        return [row[1:3] for row in measure.months(at, "Asia/Jakarta", "year")]

    assert counted(silent.due_at - DAY) == []
    assert counted(silent.due_at + DAY) == [(1, 2)]
    rows = measure.rows(silent.due_at + DAY, "Asia/Jakarta", silent.due_at.date(), (silent.due_at + DAY).date(), 10)
    assert {one["url"] for one in rows} == {"/sanggah/", f"/sanggah/putusan/{answered.number}/"}


def test_numbers_are_counted_and_nothing_counted_is_no_data(city, client):
    before = client.get(reverse("objection_overview")).content.decode()
    assert "belum ada data" in before
    assert "100" not in before.split("Angka per tahap")[1].split("</table>")[0]
    decide(city.filed("alya"), False, city.joko)
    granted(city, "budi")

    found = objection_statistics.by_stage(timezone.now(), recruitment=city.recruitment)[0]

    assert (found.filed, found.granted, found.refused, found.waiting, found.in_time) == (2, 1, 1, 0, 2)
    assert found.hours is not None


def test_precedents_are_found_by_words_result_and_ground(city, client):
    decide(city.filed("alya"), False, city.joko, summary="Legalisir transkrip tidak diwajibkan pengumuman.")
    granted(city, "budi")
    address = reverse("objection_decision_list")

    def found(**asked):
        page = client.get(address, asked)
        return [one.summary for one in page.context["page"]]

    assert len(found()) == 2
    assert found(q="transkrip") == ["Legalisir transkrip tidak diwajibkan pengumuman."]
    assert found(q="diwajibkan legalisir") == found(q="transkrip")
    assert found(hasil="granted") == [SUMMARY]
    assert len(found(dasar="document")) == 2
    assert found(dasar="score") == []
    assert found(q="zebra") == []


def test_the_lists_ask_as_often_for_one_row_as_for_three(city, client):
    def queries(name):
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(name))
        return len(found)

    sign_in(client, city.joko)
    city.filed("alya")
    first = decide(city.filed("dewi"), False, city.joko)
    queries("objection_queue")
    one = [queries(name) for name in ("objection_queue", "objection_decision_list", "objection_overview")]
    city.filed("budi")
    decide(city.filed("eka"), False, city.dina)

    assert [queries(name) for name in ("objection_queue", "objection_decision_list", "objection_overview")] == one
    assert first.number


def test_a_stranger_sees_no_objection_that_is_not_decided(city, client):
    waiting = city.filed("alya")

    assert client.get(reverse("objection_decision", args=[waiting.number])).status_code == 404
    assert client.get(reverse("objection_decision_file", args=[waiting.number])).status_code == 404
    client.force_login(make_user("luar@contoh.example"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("objection_case", args=[waiting.pk])).status_code == 403
