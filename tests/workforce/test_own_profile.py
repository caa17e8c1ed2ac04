"""A person takes the profile to an account, sees it first, asks, objects, agrees and replies; the office decides."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleChange
from accounts.roles import Role
from publishing.models import Channel, Delivery
from tests.parts import DAY, enrol, make_user
from tests.workforce.serving import BACKEND, a_position, a_unit, an_employee
from workforce.actions import claims, profile, requests
from workforce.field_policy import Reader
from workforce.forms import CorrectionForm, DecisionForm
from workforce.models import ClaimCode, Credential, Employee, Level, ProfileChange, ProfileRequest, Reply
from workforce.queries import reader_of, superior_of
from workforce.showing import changes_shown, show


class Story:
    """Asri's profile is in preview; Pia and Rudi are the office."""

    def __init__(self, *, shown: bool = False, **fields):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia@kota.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@kota.example", Role.PUBLISHER))
        self.me = make_user("asri@kota.example")
        self.asri = an_employee(name="Asri", shown=shown, at=self.now, **fields)
        self.school = Credential.objects.create(
            employee=self.asri, kind="education", title="SMA Lama", year=1999, by=self.pia, at=self.now
        )

    def claim(self):
        code = claims.make_code(self.asri, by=self.pia, at=self.now)
        self.asri = claims.claim(code, by=self.me, at=self.now)
        return self

    def seen(self, reader=Reader.CITIZEN) -> dict:
        self.asri = Employee.objects.get(pk=self.asri.pk)
        return show(self.asri, reader)


@pytest.fixture
def story(db):
    return Story()


# --- the claim ----------------------------------------------------------------------------------


def test_a_code_takes_the_profile_to_the_account_once_and_gives_the_role(story):
    code = claims.make_code(story.asri, by=story.pia, at=story.now)

    claims.claim(code.lower().replace("-", " "), by=story.me, at=story.now)

    assert Employee.objects.get().user == story.me
    change = RoleChange.objects.get(user=story.me)
    assert (change.role, change.given, change.by) == (Role.EMPLOYEE, True, story.pia)
    with pytest.raises(claims.NotClaimed, match="tidak berlaku"):
        claims.claim(code, by=make_user("lain@kota.example"), at=story.now)


def test_a_wrong_a_late_and_a_replaced_code_say_the_same(story):
    late = claims.make_code(story.asri, by=story.pia, at=story.now - 31 * DAY)
    replaced = claims.make_code(story.asri, by=story.pia, at=story.now)
    claims.make_code(story.asri, by=story.pia, at=story.now)

    said = set()
    for code in (late, replaced, "AAAA-BBBB-CCCC"):
        with pytest.raises(claims.NotClaimed) as refused:
            claims.claim(code, by=story.me, at=story.now + timedelta(seconds=1))
        said.add(str(refused.value))

    assert len(said) == 1


def test_the_code_is_not_kept_and_nobody_claims_with_their_own(story):
    code = claims.make_code(story.asri, by=story.pia, at=story.now)

    assert code.replace("-", "") not in str(list(ClaimCode.objects.values()))
    with pytest.raises(claims.NotClaimed, match="sendiri"):
        claims.claim(code, by=story.pia, at=story.now)


def test_an_account_of_the_team_and_an_account_with_a_profile_claim_nothing(story):
    code = claims.make_code(story.asri, by=story.pia, at=story.now)
    with pytest.raises(claims.NotClaimed, match="tim pengawas"):
        claims.claim(code, by=make_user("oka@tim.example", Role.OVERSEER), at=story.now)
    claims.claim(code, by=story.me, at=story.now)

    other = claims.make_code(an_employee(at=story.now), by=story.pia, at=story.now)
    with pytest.raises(claims.NotClaimed, match="sudah terhubung"):
        claims.claim(other, by=story.me, at=story.now)


def test_guessing_codes_ends_soon(story, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"profile_claim": "3/h/user"}
    client.force_login(story.me, backend=BACKEND)

    answers = [client.post("/asn/saya/hubungkan/", {"code": f"AAAA-BBBB-CCC{n}"}).status_code for n in range(5)]

    assert answers == [422] * 3 + [429] * 2


# --- who is whom --------------------------------------------------------------------------------


def test_the_superior_heads_the_unit_or_the_next_one_above_that_somebody_else_heads(db):
    now = timezone.now()
    city = a_unit("Pemerintah Kota Contoh")
    service = a_unit("Dinas", city)
    field = a_unit("Bidang", service)
    chief = an_employee(a_position(service, "Kepala Dinas", Level.JPT_PRATAMA, heads_unit=True), at=now)
    leader = an_employee(a_position(field, "Kepala Bidang", Level.ADMINISTRATOR, heads_unit=True), at=now)
    worker = an_employee(a_position(field), at=now)
    today = timezone.localdate(now)

    assert superior_of(worker, today) == leader
    assert superior_of(leader, today) == chief
    assert superior_of(chief, today) is None
    leader.appointments.update(until=today - DAY)
    assert superior_of(worker, today) == chief, "a vacant head's place is taken by the one above"


def test_a_colleague_and_a_subordinate_are_citizens(db):
    now = timezone.now()
    unit = a_unit()
    users = [make_user(f"{n}@kota.example", Role.EMPLOYEE) for n in "abc"]
    leader = an_employee(a_position(unit, "Kepala", Level.JPT_PRATAMA, heads_unit=True), user=users[0], at=now)
    worker = an_employee(a_position(unit), user=users[1], at=now)
    an_employee(a_position(unit), user=users[2], at=now)
    today = timezone.localdate(now)

    assert reader_of(users[0], worker, today) is Reader.SUPERIOR
    assert reader_of(users[2], worker, today) is Reader.CITIZEN
    assert reader_of(users[1], leader, today) is Reader.CITIZEN
    assert reader_of(users[1], worker, today) is Reader.PERSON


def test_in_the_preview_the_person_and_the_office_see_it_and_the_superior_does_not(db, client):
    now = timezone.now()
    unit = a_unit()
    boss, me = make_user("a@kota.example", Role.EMPLOYEE), make_user("b@kota.example", Role.EMPLOYEE)
    pia = enrol(make_user("pia@kota.example", Role.PREPARER))
    an_employee(a_position(unit, "Kepala", Level.JPT_PRATAMA, heads_unit=True), user=boss, at=now)
    worker = an_employee(a_position(unit), user=me, shown=False, at=now)

    def answer(user):
        client.force_login(user, backend=BACKEND)
        return client.get(reverse("profile_full", args=[worker.slug]), follow=True).status_code

    assert [answer(user) for user in (boss, me, pia)] == [404, 200, 200]


# --- consent ------------------------------------------------------------------------------------


def test_consent_opens_and_its_withdrawal_closes_at_once(story):
    assert not story.seen()["education"].open

    profile.consent(story.asri, given=True, at=story.now)
    assert story.seen()["education"].open

    profile.consent(story.asri, given=False, at=story.now)
    assert not story.seen()["education"].open
    assert [one.given for one in story.asri.consent_changes.all()] == [False, True]


# --- objection ----------------------------------------------------------------------------------


def test_an_objection_in_the_preview_holds_the_field_back_until_it_is_decided(story):
    story.claim()
    case = requests.object_to(story.asri, "assets_report", text="Salah tahun", at=story.now)
    assert case.withholds
    Employee.objects.update(preview_until=story.now)
    assert not story.seen()["assets_report"].open
    assert story.seen(Reader.PERSON)["assets_report"].open

    requests.decide(case, granted=False, answer="Wajib terbuka.", by=story.rudi, at=story.now)

    assert story.seen()["assets_report"].open


def test_a_granted_objection_keeps_the_field_closed_to_all_but_person_and_office(story):
    story.claim()
    profile.consent(story.asri, given=True, at=story.now)
    case = requests.object_to(story.asri, "training", text="Alasan", at=story.now)
    requests.decide(case, granted=True, answer="Beralasan.", by=story.rudi, at=story.now)

    found = {reader: story.seen(reader)["training"].open for reader in Reader}

    assert {reader for reader, is_open in found.items() if is_open} == {Reader.PERSON, Reader.BKD}
    assert "keberatan" in story.seen()["training"].why


def test_an_objection_after_the_preview_changes_nothing_before_it_is_decided(db):
    story = Story(shown=True).claim()
    requests.object_to(story.asri, "assets_report", text="Alasan", at=story.now)

    assert story.seen()["assets_report"].open


def test_name_post_and_unit_belong_to_the_office_held(story):
    for key in ("name", "position", "unit", "contact"):
        with pytest.raises(requests.NotNow, match="jabatan"):
            requests.object_to(story.asri, key, text="Alasan", at=story.now)


def test_one_objection_to_a_field_waits_at_a_time(story):
    requests.object_to(story.asri, "training", text="Satu", at=story.now)

    with pytest.raises(requests.NotNow, match="sudah tercatat"):
        requests.object_to(story.asri, "training", text="Dua", at=story.now)


# --- correction ---------------------------------------------------------------------------------


def test_a_granted_correction_stands_beside_the_wrong_and_says_why(story):
    profile.consent(story.asri, given=True, at=story.now)
    case = requests.ask_correction(story.asri, story.school, text="Lulus 2001", at=story.now)

    right = {"title": "SMA Lama", "issuer": "", "year": 2001}
    requests.decide(case, granted=True, answer="Ijazah diperlihatkan.", values=right, by=story.rudi, at=story.now)

    rows = story.seen()["education"].value
    assert [(row["year"], row["corrected"]) for row in rows] == [(2001, False), (1999, True)]
    change = ProfileChange.objects.get()
    assert (change.old, change.new, change.reason) == ("SMA Lama, 1999", "SMA Lama, 2001", "Ijazah diperlihatkan.")


def test_a_correction_of_a_closed_field_is_not_told(story):
    case = requests.ask_correction(story.asri, story.school, text="Lulus 2001", at=story.now)
    right = {"title": "SMA Baru", "issuer": "", "year": 2001}
    requests.decide(case, granted=True, answer="Benar.", values=right, by=story.rudi, at=story.now)

    shown = story.seen()

    assert changes_shown(story.asri, shown) == []
    assert len(changes_shown(story.asri, story.seen(Reader.PERSON))) == 1


def test_a_corrected_appointment_keeps_the_old_row_and_the_post(story):
    old = story.asri.appointments.get()
    case = requests.ask_correction(story.asri, old, text="Nomornya lain", at=story.now)
    right = {"since": old.since, "decree": "SK/BENAR", "decree_date": None}

    requests.decide(case, granted=True, answer="Salah ketik.", values=right, by=story.rudi, at=story.now)

    found = story.seen(Reader.BKD)["decrees"].value
    assert [(one["number"], one["corrected"]) for one in found] == [("SK/BENAR", False), (old.decree, True)]
    assert story.asri.position == old.position
    with pytest.raises(requests.NotNow, match="sudah dikoreksi"):
        again = ProfileRequest.objects.create(
            employee=story.asri, kind="correction", key="history", appointment=old, text="x", asked_at=story.now
        )
        requests.decide(again, granted=True, answer="x", values=right, by=story.rudi, at=story.now)


def test_what_is_missing_is_added_when_it_was_asked_for(story):
    profile.consent(story.asri, given=True, at=story.now)
    form = CorrectionForm({"target": "n-training", "text": "Diklat 2025"}, employee=story.asri)
    assert form.is_valid()
    case = requests.ask_correction(story.asri, form.chosen, text="Diklat 2025", at=story.now)
    decision = DecisionForm(
        {"granted": "ya", "answer": "Ada sertifikatnya.", "title": "Diklat Arsip", "year": "2025"}, case=case
    )
    assert decision.is_valid()

    requests.decide(case, granted=True, answer="Ada.", values=decision.values, by=story.rudi, at=story.now)

    assert [row["title"] for row in story.seen()["training"].value] == ["Diklat Arsip"]


def test_a_correction_that_cannot_be_is_refused_in_words(story):
    old = story.asri.appointments.get()
    story.asri.appointments.update(until=old.since + DAY)
    case = requests.ask_correction(story.asri, old, text="x", at=story.now)
    late = {"since": old.since + 2 * DAY, "decree": "SK", "decree_date": None}

    with pytest.raises(requests.NotNow, match="berakhirnya"):
        requests.decide(case, granted=True, answer="x", values=late, by=story.rudi, at=story.now)


def test_a_name_is_corrected_in_sight(story):
    case = requests.ask_correction(story.asri, "name", text="Kurang gelar", at=story.now)
    requests.decide(case, granted=True, answer="Benar.", values={"name": "Asri, S.H."}, by=story.rudi, at=story.now)

    shown = story.seen()

    assert shown["name"].value == "Asri, S.H."
    assert [(one.old, one.new) for one in changes_shown(story.asri, shown)] == [("Asri", "Asri, S.H.")]


def test_nobody_decides_their_own_request_and_nobody_decides_twice(story):
    Employee.objects.update(user=story.rudi)
    case = requests.ask_correction(story.asri, "name", text="x", at=story.now)

    with pytest.raises(requests.NotNow, match="sendiri"):
        requests.decide(case, granted=False, answer="x", by=story.rudi, at=story.now)
    requests.decide(case, granted=False, answer="x", by=story.pia, at=story.now)
    with pytest.raises(requests.NotNow, match="sudah diputus"):
        requests.decide(case, granted=True, answer="x", values={"name": "y"}, by=story.pia, at=story.now)


def test_the_person_is_told_by_a_letter_that_says_nothing_of_the_matter(story):
    Channel.objects.get_or_create(code="mail", defaults={"name": "Surel", "kind": Channel.Kind.POST})
    story.claim()
    case = requests.object_to(story.asri, "training", text="Ancaman tetangga", at=story.now)
    requests.decide(case, granted=True, answer="Rahasia sekali", by=story.rudi, at=story.now)

    letter = Delivery.objects.get(recipient=story.me)
    assert "Ancaman" not in letter.publication.body
    assert "Rahasia" not in letter.publication.body


def test_what_was_written_about_a_person_is_not_rewritten(story):
    reply = profile.reply(story.asri, "Satu", at=story.now)
    changes = [
        (Credential.objects.filter(pk=story.school.pk), {"year": 1}),
        (Reply.objects.filter(pk=reply.pk), {"text": "x"}),
        (story.asri.appointments.all(), {"decree": "SK/PALSU"}),
        (story.asri.appointments.all(), {"since": story.now}),
    ]
    for rows, values in changes:
        with pytest.raises((DatabaseError, IntegrityError), match="append-only"), transaction.atomic():
            rows.update(**values)


# --- the reply ----------------------------------------------------------------------------------


def test_the_newest_reply_stands_beside_the_profile_as_plain_words_and_goes_when_it_is_emptied(db, client):
    story = Story(shown=True).claim()
    profile.reply(story.asri, "<script>alert(1)</script> Saya pindah atas permintaan sendiri.", at=story.now)
    page = client.get(f"/asn/{story.asri.slug}/").content.decode()
    assert "Saya pindah atas permintaan sendiri." in page
    assert "<script>alert" not in page

    profile.reply(story.asri, "", at=story.now)

    assert "permintaan sendiri" not in client.get(f"/asn/{story.asri.slug}/").content.decode()


def test_somebody_elses_profile_is_out_of_reach_of_the_own_pages(story, client):
    story.claim()
    other = an_employee(at=story.now, name="Orang Lain")
    theirs = Credential.objects.create(employee=other, kind="education", title="X", by=story.pia, at=story.now)
    client.force_login(story.me, backend=BACKEND)

    answer = client.post("/asn/saya/koreksi/", {"target": f"c{theirs.pk}", "text": "salah"})

    assert answer.status_code == 422
    assert not ProfileRequest.objects.exists()
    assert "Orang Lain" not in client.get("/asn/saya/").content.decode()
    assert client.get("/asn/saya/").headers["Cache-Control"] == "private, no-store"
