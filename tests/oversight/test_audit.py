"""Nobody can choose which files are audited: not the team, not the office, not both after they know something."""

import hashlib
import json
import secrets
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import FileAccess
from accounts.roles import Role
from ledger.actions import record, recording
from ledger.models import Checkpoint, Pending
from lib import draw
from oversight import beacons
from oversight.actions import audit
from oversight.audits import audits
from oversight.models import (
    AuditCommitment,
    AuditFile,
    AuditReveal,
    AuditRound,
    AuditSample,
    AuditVerdict,
    AuditWithheld,
)
from portal.grants import KEEPER, WORK
from selection.actions import closing
from selection.models import Document, Review
from tests.oversight.story import told
from tests.parts import DAY, enrol, make_application, make_requirement, make_stage, make_team, make_user
from tests.roles import working_as
from tests.selection.applying import Vacancy
from vacancies.models import Stage
from verifier import cli
from verifier import draw as outside

HOUR = timedelta(hours=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class City:
    """A registration that is open now, the team's Oka, the office's Pia, and a secret of each."""

    def __init__(self, people: int = 30, members=None):
        member = members or (lambda email, role: enrol(make_user(email, role)))
        self.vacancy = Vacancy(documents=False)
        self.registration, self.recruitment = self.vacancy.stage, self.vacancy.recruitment
        now = timezone.now()
        self.stage = make_stage(
            self.recruitment, "administrative", 2, opens_at=now + 4 * DAY, announce_at=now + 20 * DAY, slug="berkas"
        )
        self.oka, self.omar = (member(f"{name}@tim.example", Role.OVERSEER) for name in ("oka", "omar"))
        make_team(self.oka, self.omar, at=now)
        self.pia = member("pia@contoh.example", Role.PREPARER)
        self.files = [make_application(self.vacancy.formation, at=now) for _ in range(people)]
        self.team, self.office = outside.new_secret(), outside.new_secret()

    def committed(self, *parties: str):
        for party in parties or ("team", "office"):
            self.commit(party)
        return self

    def commit(self, party: str, digest: str = ""):
        who, secret = (self.oka, self.team) if party == "team" else (self.pia, self.office)
        return audit.commit(self.stage, digest=digest or secret[0], by=who, at=timezone.now())

    def closed(self):
        past = timezone.now() - timedelta(seconds=1)
        Stage.objects.filter(pk=self.registration.pk).update(closes_at=past)
        closing.close(self.registration.pk, at=timezone.now())
        recording.record_waiting(timezone.now())
        return self

    def opened(self, at=None) -> AuditRound:
        audit.keep(at or timezone.now())
        return AuditRound.objects.get(number=1)

    def show(self, party: str, audit_round: AuditRound, value: str = ""):
        who, secret = (self.oka, self.team) if party == "team" else (self.pia, self.office)
        return audit.reveal(audit_round, value=value or secret[audit_round.number], by=who, at=timezone.now())

    def drawn(self) -> AuditSample:
        found = self.committed().closed().opened()
        self.show("team", found)
        self.show("office", found)
        audit.keep(timezone.now())
        return AuditSample.objects.get()


@pytest.fixture
def city(own_database):
    return City()


def facts(kind: str) -> list[dict]:
    return [json.loads(bytes(one.body))["body"] for one in Pending.objects.filter(kind=kind).order_by("pk")]


def without(trigger: str, model) -> None:
    """Take one trigger away, for a twin."""
    name = next(one.get_pgid(model) for one in model._meta.triggers if one.name == trigger)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name} ON {model._meta.db_table}")


# --- Committing ----------------------------------------------------------------------------------
def test_a_digest_is_given_out_before_registration_closes_and_recorded(city):
    city.committed()

    assert facts("audit.committed") == [
        {"recruitment": city.recruitment.slug, "stage": "berkas", "party": party, "digest": digest}
        for party, digest in (("team", city.team[0]), ("office", city.office[0]))
    ]


def test_the_database_refuses_a_late_digest_whoever_brings_it(city):
    Stage.objects.filter(pk=city.registration.pk).update(closes_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(audit.NotPossible, match="Terlambat"):
        city.commit("team")  # nobody has closed it yet: the clock counts
    city.closed()
    with pytest.raises(DatabaseError, match="before registration closes"), transaction.atomic():
        AuditCommitment.objects.create(
            stage=city.stage, party="office", digest="a" * 64, by=city.pia, at=timezone.now() - DAY
        )
    assert not AuditCommitment.objects.exists()
    assert facts("audit.committed") == []


def test_without_the_trigger_a_late_digest_would_be_taken(city):
    """The twin: the trigger taken away, and a time of one's own choice."""
    city.closed()
    without("audit_commitment_in_time", AuditCommitment)

    AuditCommitment.objects.create(
        stage=city.stage, party="office", digest="a" * 64, by=city.pia, at=timezone.now() - DAY
    )


def test_a_digest_is_never_changed(city):
    made = city.commit("team")

    with pytest.raises(audit.NotPossible, match="tidak dapat diganti"):
        city.commit("team", digest="b" * 64)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditCommitment.objects.filter(pk=made.pk).update(digest="b" * 64)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditCommitment.objects.filter(pk=made.pk).delete()


@pytest.mark.parametrize(
    ("digest", "words"), [("", "Sidik berisi"), ("zz", "Sidik berisi"), ("A" * 63, "Sidik berisi")]
)
def test_what_is_no_digest_is_refused(city, digest, words):
    with pytest.raises(audit.NotPossible, match=words):
        audit.commit(city.stage, digest=digest, by=city.oka, at=timezone.now())


def test_the_digest_of_the_other_party_is_refused(city):
    city.commit("team")

    with pytest.raises(audit.NotPossible, match="pihak lain"):
        city.commit("office", digest=city.team[0])


def test_each_party_speaks_for_itself_alone(city):
    stranger = make_user("asing@contoh.example")
    with pytest.raises(audit.NotAllowed):
        audit.commit(city.stage, digest="a" * 64, by=stranger, at=timezone.now())

    with working_as("portal_app"):
        with pytest.raises(DatabaseError, match="for the other party"), transaction.atomic():
            AuditCommitment.objects.create(
                stage=city.stage, party="team", digest="a" * 64, by=city.pia, at=timezone.now()
            )
        city.committed()  # each through its own action, under the role of the pages


# --- The checkpoint ------------------------------------------------------------------------------
def test_a_round_takes_the_first_checkpoint_that_holds_the_closing(city):
    city.committed()
    recording.record_waiting(timezone.now())
    before = Checkpoint.objects.order_by("-size").first()
    assert audit.keep(timezone.now()) == 0
    assert not AuditRound.objects.exists(), "registration is open"

    city.closed()
    first = Checkpoint.objects.filter(size__gt=before.size).order_by("size").first()
    record.append("hold.placed", at=timezone.now(), recruitment="x", stage="y", hold=1)
    recording.record_waiting(timezone.now())
    opened = city.opened()

    assert opened.checkpoint == first
    assert opened.parties == ["office", "team"]
    assert opened.due_at - opened.opened_at == audit.REVEAL_WITHIN


def test_the_database_refuses_a_round_on_another_checkpoint_or_after_another_fact(city):
    city.committed().closed()
    record.append("hold.placed", at=timezone.now(), recruitment="x", stage="y", hold=1)
    recording.record_waiting(timezone.now())
    closed, other = Pending.objects.get(kind="registration.closed"), Pending.objects.get(kind="hold.placed")
    last = Checkpoint.objects.order_by("-size").first()
    now = timezone.now()
    fields = {
        "stage": city.stage,
        "number": 1,
        "parties": ["team"],
        "opened_at": now,
        "due_at": now,
        "checkpoint": last,
    }

    with pytest.raises(DatabaseError, match="first checkpoint"), transaction.atomic():
        AuditRound.objects.create(after=closed, **fields)
    with pytest.raises(DatabaseError, match="follows the closing"), transaction.atomic():
        AuditRound.objects.create(after=other, **fields)


def test_both_parties_are_told_once(city):
    city.committed().closed().opened()
    audit.keep(timezone.now())

    made = AuditRound.objects.get()
    assert told(f"audit:{made.pk}:team") == {city.oka.email, city.omar.email}
    assert city.pia.email in told(f"audit:{made.pk}:office")


# --- Showing -------------------------------------------------------------------------------------
def test_what_is_shown_must_fit_what_was_committed(city):
    found = city.committed().closed().opened()

    for wrong in (secrets.token_hex(32), city.team[0], city.team[2], city.office[1], "", "zz", "abc"):
        with pytest.raises(audit.NotPossible):
            audit.reveal(found, value=wrong, by=city.oka, at=timezone.now())
    assert not AuditReveal.objects.exists()
    city.show("team", found)
    for again, words in ((city.team[1], "tidak cocok"), (city.team[2], "sudah dibuka")):
        with pytest.raises(audit.NotPossible, match=words):
            audit.reveal(found, value=again, by=city.oka, at=timezone.now())


def test_the_database_refuses_a_value_that_comes_too_late(city):
    found = city.committed().closed().opened(timezone.now() - audit.REVEAL_WITHIN - HOUR)

    with pytest.raises(audit.NotPossible, match="Terlambat"):
        city.show("team", found)


def test_nobody_shows_for_the_other_party(city):
    found = city.committed().closed().opened()
    theirs = AuditCommitment.objects.get(party="team")

    with working_as("portal_app"), pytest.raises(DatabaseError, match="for the other party"), transaction.atomic():
        AuditReveal.objects.create(round=found, commitment=theirs, value=city.team[1], by=city.pia, at=timezone.now())


# --- Drawing -------------------------------------------------------------------------------------
def test_the_sample_follows_from_both_values_and_the_checkpoint_three_times_over(city):
    sample = city.drawn()

    root = bytes(sample.round.checkpoint.root).hex()
    numbers = {one.participant_number for one in city.files}
    theirs = outside.seed(
        city.recruitment.slug, "berkas", 1, city.team[1], city.office[1], sample.round.checkpoint.size, root, "-"
    )
    chosen = [one.application.participant_number for one in sample.files.all()]
    assert sample.seed == theirs
    assert chosen == outside.sample(theirs, numbers) == draw.drawn(theirs, numbers, 10)
    assert (sample.population, sample.size) == (30, 10)
    assert sample.digest == outside.digest_of(chosen)
    [fact] = facts("audit.drawn")
    assert (fact["seed"], fact["root"], fact["digest"], fact["sample"]) == (theirs, root, sample.digest, 10)
    assert [one["value"] for one in facts("audit.revealed")] == [city.team[1], city.office[1]]
    assert audit.keep(timezone.now()) == 0, "once"


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_the_processes_draw_under_their_own_roles(city, role):
    city.committed().closed()
    with working_as(role):
        audit.keep(timezone.now())
    for party in ("team", "office"):
        city.show(party, AuditRound.objects.get())

    with working_as(role):
        assert audit.keep(timezone.now()) == 1


def another_seed(city) -> AuditSample:
    found = AuditRound.objects.get()
    return AuditSample(
        stage=city.stage, round=found, seed="a" * 64, population=30, size=10, digest="b" * 64, drawn_at=timezone.now()
    )


def test_the_database_refuses_a_seed_that_does_not_follow(city):
    found = city.committed().closed().opened()
    city.show("team", found)
    with pytest.raises(DatabaseError, match="follows from the values"), transaction.atomic():
        another_seed(city).save()  # not everybody has shown

    city.show("office", found)
    with pytest.raises(DatabaseError, match="follows from the values"), transaction.atomic():
        another_seed(city).save()


def test_without_the_trigger_a_seed_could_be_chosen(city):
    """The twin: the trigger taken away."""
    city.committed().closed().opened()
    without("audit_sample_follows", AuditSample)

    another_seed(city).save()


def test_the_database_refuses_files_that_the_seed_does_not_put_first(city, monkeypatch):
    found = city.committed().closed().opened()
    city.show("team", found)
    city.show("office", found)
    friends = [one.participant_number for one in city.files[:10]]
    monkeypatch.setattr(draw, "drawn", lambda seed, people, count: friends)

    assert audit.keep(timezone.now()) == 0
    assert not AuditSample.objects.exists()

    without("audit_file_follows", AuditFile)  # the twin: now the friends would be drawn
    assert audit.keep(timezone.now()) == 1


def test_a_file_cannot_be_added_or_taken_out(city):
    sample = city.drawn()
    rest = set(city.files) - {one.application for one in sample.files.all()}

    with pytest.raises(DatabaseError, match="seed puts first"), transaction.atomic():
        AuditFile.objects.create(sample=sample, place=11, application=rest.pop())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sample.files.filter(place=1).delete()


# --- Withholding ---------------------------------------------------------------------------------
def withheld_by_office(city) -> AuditRound:
    """The team showed its value in time, the office did not; the round is over and was a moment ago."""
    found = city.committed().closed().opened(timezone.now() - audit.REVEAL_WITHIN + timedelta(seconds=2))
    city.show("team", found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(extract(epoch FROM %s - clock_timestamp()) + 0.1)", [found.due_at])
    audit.keep(timezone.now())
    return found


def test_who_withholds_is_named_and_the_draw_is_repeated_without_them_on_a_new_checkpoint(city):
    first = withheld_by_office(city)

    assert facts("audit.withheld") == [
        {"recruitment": city.recruitment.slug, "stage": "berkas", "party": "office", "round": 1}
    ]
    assert AuditRound.objects.count() == 1, "no checkpoint holds the withholding yet"
    recording.record_waiting(timezone.now())
    audit.keep(timezone.now())

    second = AuditRound.objects.get(number=2)
    assert second.parties == ["team"]
    assert second.checkpoint.size > first.checkpoint.size
    assert AuditWithheld.objects.count() == 1


def test_in_the_second_round_only_a_value_counts_that_nobody_has_seen(city):
    withheld_by_office(city)
    recording.record_waiting(timezone.now())
    audit.keep(timezone.now())
    second = AuditRound.objects.get(number=2)

    with pytest.raises(audit.NotPossible, match="tidak cocok"):
        audit.reveal(second, value=city.team[1], by=city.oka, at=timezone.now())
    with pytest.raises(audit.NotPossible, match="tidak ikut"):
        city.show("office", second)
    city.show("team", second)
    assert audit.keep(timezone.now()) == 1

    sample = AuditSample.objects.get()
    root = bytes(second.checkpoint.root).hex()
    assert sample.seed == outside.seed(
        city.recruitment.slug, "berkas", 2, city.team[2], "-", second.checkpoint.size, root, "-"
    )


def test_a_value_that_was_shown_cannot_be_called_withheld(city):
    found = city.committed().closed().opened()
    city.show("team", found)
    fact = record.append(
        "audit.withheld", at=timezone.now(), recruitment=city.recruitment.slug, stage="berkas", party="team", round=1
    )

    for commitment in AuditCommitment.objects.all():
        with pytest.raises(DatabaseError, match="when the round is over"), transaction.atomic():
            AuditWithheld.objects.create(round=found, commitment=commitment, fact=fact, at=timezone.now())


def test_where_everybody_withholds_the_new_checkpoint_alone_decides(city):
    city.committed().closed().opened(timezone.now() - audit.REVEAL_WITHIN - HOUR)
    audit.keep(timezone.now())
    recording.record_waiting(timezone.now())
    audit.keep(timezone.now())

    assert audit.keep(timezone.now()) == 1
    assert AuditSample.objects.get().round.parties == []
    assert [one["party"] for one in facts("audit.withheld")] == ["office", "team"]


def test_one_party_alone_draws_and_the_page_says_who_stayed_away(city, client):
    found = city.committed("team").closed().opened()
    city.show("team", found)

    assert audit.keep(timezone.now()) == 1
    assert "Tidak diserahkan sebelum pendaftaran ditutup." in client.get("/pengawasan/audit/").content.decode()


def test_where_nobody_committed_nothing_is_drawn(city, client):
    city.closed()

    assert audit.keep(timezone.now()) == 0
    assert "belum ada data" in client.get("/pengawasan/audit/").content.decode()


# --- The arithmetic ------------------------------------------------------------------------------
@pytest.mark.parametrize(("people", "files"), [
    (0, 0), (1, 1), (9, 9), (10, 10), (200, 10), (201, 11), (1000, 50), (100_000, 50),
])  # fmt: skip
def test_a_sample_is_a_twentieth_ten_at_least_fifty_at_most(people, files):
    assert draw.size(people) == files
    if people <= 1000:
        assert len(outside.sample("a" * 64, {str(n) for n in range(people)})) == files


def test_where_somebody_stands_depends_on_nobody_else():
    people = [f"P{n:09d}" for n in range(300)]
    some = draw.drawn("c" * 64, people[::2], 150)

    assert [one for one in draw.drawn("c" * 64, people, 300) if one in set(some)] == some


def test_a_new_secret_fits_its_digest_in_its_round_alone():
    digest, first, last = outside.new_secret()

    assert outside.fits(digest, 1, first)
    assert outside.fits(digest, 2, last)
    assert not outside.fits(digest, 1, last)
    assert not outside.fits(digest, 2, first)
    assert draw.link(draw.link(last)) == draw.link(first) == digest


def test_the_verifier_draws_again_from_a_rows_file(city, tmp_path, capsys):
    sample = city.drawn()
    numbers = sorted(one.participant_number for one in city.files)
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"code":"MS","f":"x","g":"","p":"{one}"}}\n' for one in numbers))
    checkpoint = sample.round.checkpoint
    command = [
        "draw", str(rows), "--recruitment", city.recruitment.slug, "--stage", "berkas", "--team", city.team[1],
        "--office", city.office[1], "--size", str(checkpoint.size), "--root", bytes(checkpoint.root).hex(), "--digest",
    ]  # fmt: skip

    assert cli.main([*command, sample.digest]) == 0
    assert f"seed {sample.seed}" in capsys.readouterr().out
    assert cli.main([*command, "0" * 64]) == 1
    assert cli.main(["secret"]) == 0


# --- A public beacon -----------------------------------------------------------------------------
def chain(answers: dict):
    def fetch(address: str) -> dict:
        if address not in answers:
            raise OSError("unreachable")
        return answers[address]

    return fetch


def test_a_beacon_gives_the_first_value_after_an_instant_and_only_what_it_signed():
    signature = "ab" * 48
    value = hashlib.sha256(bytes.fromhex(signature)).hexdigest()
    after = timezone.datetime.fromisoformat("2026-11-02T05:00:10+00:00")
    start = int(after.timestamp()) - 100
    answers = {
        "https://b/info": {"genesis_time": start, "period": 30},
        "https://b/public/5": {"round": 5, "randomness": value, "signature": signature},
    }

    assert beacons.value("https://b", after=after, fetch=chain(answers)) == value
    answers["https://b/public/5"]["randomness"] = "0" * 64
    assert beacons.value("https://b", after=after, fetch=chain(answers)) is None
    assert beacons.value("https://elsewhere", after=after, fetch=chain(answers)) is None
    assert beacons.value("file:///etc/hosts", after=after) is None


def test_with_a_beacon_a_draw_waits_for_it_and_rests_on_it(city, settings, monkeypatch):
    settings.AUDIT_BEACON = "https://b"
    monkeypatch.setattr(beacons, "value", lambda source, after: None)
    found = city.committed().closed().opened()
    city.show("team", found)
    city.show("office", found)
    settings.AUDIT_BEACON = ""  # what a round began with stays

    assert audit.keep(timezone.now()) == 0
    monkeypatch.setattr(beacons, "value", lambda source, after: "d" * 64)
    assert audit.keep(timezone.now()) == 1

    sample = AuditSample.objects.get()
    assert sample.beacon == "d" * 64
    assert facts("audit.drawn")[0]["beacon"] == "d" * 64


# --- Looking again -------------------------------------------------------------------------------
def with_reviews(city, sample) -> AuditFile:
    file = sample.files.select_related("application").first()
    letter = make_requirement(city.recruitment, "ijazah", text="Ijazah")
    card = make_requirement(city.recruitment, "ktp", text="KTP elektronik")
    for requirement in (letter, card):
        Document.objects.create(
            application=file.application, requirement=requirement, file="aa/aa", sha256="a" * 64, size=9,
            content_type="application/pdf", original_name="x.pdf", uploaded_at=timezone.now(),
        )  # fmt: skip
    vera = make_user("vera@contoh.example", Role.VERIFIER)
    now = timezone.now()
    Review.objects.create(
        application=file.application,
        stage=city.stage,
        seat=1,
        verifier=vera,
        taken_at=now,
        verdict="MS",
        decided_at=now,
    )
    return file


def test_the_team_agrees_or_says_why_not_and_once(city):
    sample = city.drawn()
    now = timezone.now()
    with pytest.raises(audit.NotPossible, match="belum memutus"):
        audit.judge(sample.files.get(place=2), agrees=True, note="", by=city.oka, at=now)
    file = with_reviews(city, sample)

    with pytest.raises(audit.NotPossible, match="Tulis apa"):
        audit.judge(file, agrees=False, note=" ", by=city.oka, at=now)
    with pytest.raises(audit.NotAllowed):
        audit.judge(file, agrees=True, note="", by=city.pia, at=now)
    audit.judge(file, agrees=False, note="Ijazah tidak sesuai formasi.", by=city.oka, at=now)
    with pytest.raises(audit.NotPossible, match="sudah dinilai"):
        audit.judge(file, agrees=True, note="", by=city.omar, at=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditVerdict.objects.update(agrees=True)
    with working_as("portal_app"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        AuditVerdict.objects.create(file=sample.files.get(place=2), agrees=True, by=city.pia, at=now)


def test_a_drawn_file_is_read_without_its_identity_and_its_owner_sees_that(city, client):
    sample = city.drawn()
    file = with_reviews(city, sample)
    client.force_login(city.oka, backend=BACKEND)
    address = f"/pengawasan/ruang/audit/berkas/{file.pk}/"

    page = client.get(address).content.decode()
    card = Document.objects.get(requirement__code="ktp")

    assert "Ijazah" in page
    assert f"/dokumen/{card.pk}/" not in page
    assert client.get(f"{address}dokumen/{card.pk}/").status_code == 404
    looks = FileAccess.objects.filter(subject=file.application.ref)
    assert [(one.by, one.role) for one in looks] == [(city.oka, "overseer")]
    again = client.post(address, {"agrees": "tidak"})
    assert again.status_code == 422
    assert "Catat penilaian" in again.content.decode()
    assert client.post(address, {"agrees": "ya"}).status_code == 302


def test_the_public_page_shows_how_it_was_drawn_and_counts_and_no_file(city, client):
    sample = city.drawn()
    file = with_reviews(city, sample)
    before = client.get("/pengawasan/audit/").content.decode()
    audit.judge(file, agrees=False, note="Canary.", by=city.oka, at=timezone.now())
    after = client.get("/pengawasan/audit/").content.decode()

    assert before.count("belum ada data") == 2, "nothing was looked at yet: neither 0 nor 100 %"
    for shown in (sample.seed, sample.digest, city.team[1], city.office[1], city.team[0], "10 dari 30 berkas"):
        assert shown in after
    [one] = audits()
    assert {name: n.n for name, n in one.counts.items()} == {"agreed": 0, "differed": 1, "left": 9}
    assert "Canary." not in after
    assert not any(one.participant_number in after for one in city.files)


def test_both_parties_hand_in_and_show_on_their_pages(city, client):
    for who, desk, party in ((city.oka, "/pengawasan/ruang/audit/", "team"), (city.pia, "/kelola/audit/", "office")):
        client.force_login(who, backend=BACKEND)
        assert "Serahkan sidik" in client.get(desk).content.decode()
        client.post(f"{desk}{city.stage.pk}/sidik/", {"value": getattr(city, party)[0]})
        assert "Serahkan sidik" not in client.get(desk).content.decode()
    found = city.closed().opened()
    for who, desk, party in ((city.oka, "/pengawasan/ruang/audit/", "team"), (city.pia, "/kelola/audit/", "office")):
        client.force_login(who, backend=BACKEND)
        assert "Rahasia putaran 1" in client.get(desk).content.decode()
        client.post(f"{desk}{found.pk}/rahasia/", {"value": "0" * 64})
        assert "tidak cocok" in client.get(desk).content.decode()
        client.post(f"{desk}{found.pk}/rahasia/", {"value": getattr(city, party)[1]})
    assert audit.keep(timezone.now()) == 1
    client.force_login(city.oka, backend=BACKEND)
    assert "Periksa ulang berkas sampel" in client.get("/pengawasan/ruang/audit/").content.decode()


def test_the_list_asks_as_much_for_one_audit_as_for_thirty(city):
    city.drawn()
    with CaptureQueriesContext(connection) as one:
        audits()
    for _ in range(29):
        recruitment = Vacancy(documents=False).recruitment
        make_stage(recruitment, "administrative", 2, opens_at=timezone.now(), announce_at=None)
    with CaptureQueriesContext(connection) as many:
        assert len(audits()) == 30

    assert len(one) == len(many)
