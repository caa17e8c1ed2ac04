"""A row of a published list disappears from every file of every version, and the list still proves itself."""

import json
import time

import pypdfium2
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from ledger import log
from ledger.models import Pending
from oversight import comparison
from oversight.invariants import announcements
from portal.files import PublicFiles
from portal.grants import KEEPER, WEB
from selection import receipts
from selection.actions import announcement, attestation, erasure, keeping, redaction
from selection.actions.announcement import prepared_folder, public_folder
from selection.models import Attestation, Redaction
from selection.rendering.rows import PublicRow, RedactedRow, read_row
from tests.parts import DAY, enrol
from tests.roles import working_as
from tests.selection.story import DUE, Stage
from tests.told import told_once
from tests.verifier import city
from verifier import cli

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Cast:
    """A list and its correction, both public; the row of `mine` is to go, `other` stays."""

    def __init__(self):
        self.story = city.until_the_correction()
        self.pia, self.rudi = self.story.pia, self.story.rudi
        keeping.keep(self.now)
        self.versions = list(self.story.stage.announcements.public().order_by("version"))
        self.number = self.versions[0].number
        self.mine, self.other = self.story.people[3], self.story.people[7]
        self.p = self.mine.participant_number

    @property
    def now(self):
        return timezone.now() + DAY

    def ask(self, p=None):
        return redaction.ask(self.number, p or self.p, reason="order", letter="12/G/2026", by=self.pia, at=self.now)

    def redact(self, p=None):
        redaction.approve(self.ask(p)[0], by=self.rudi, at=self.now)
        keeping.keep(self.now)

    def verify(self, version=2, *more) -> int:
        place = public_folder(self.number, version)
        return cli.main(["announcement", str(place), "--policy", str(log.folder() / "policy"), *more])


UNWATCHED = {"WITNESSES": [], "WITNESS_QUORUM": "", "LOG_POLICY": ""}


def unwatched() -> Cast:
    with override_settings(**UNWATCHED):
        return Cast()


whole, public = told_once("whole", unwatched, commits=True)


@pytest.fixture
def cast(settings, public):
    for name, value in UNWATCHED.items():
        setattr(settings, name, value)
    return public


def words_of(folder) -> str:
    """Everything that the files below `folder` say, PDFs as text."""
    found = []
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        if file.suffix == ".pdf":
            pages = pypdfium2.PdfDocument(file)
            found += [page.get_textpage().get_text_range().replace("\r\n", "") for page in pages]
        else:
            found.append(file.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)


def test_no_file_of_any_version_shows_the_row_and_the_verifier_says_how_many_are_gone(cast, capsys):
    before = [words_of(public_folder(cast.number, version)) for version in (1, 2)]
    lines = [(public_folder(cast.number, version) / "rows.jsonl").read_bytes().splitlines() for version in (1, 2)]
    cast.redact()

    for version in (1, 2):
        after = words_of(public_folder(cast.number, version))
        row = next(line for line in lines[version - 1] if cast.p.encode() in line)
        assert cast.p in before[version - 1] and cast.p not in after
        assert json.loads(row)["c"] not in after
        assert cast.other.participant_number in after
        assert cast.verify(version) == 0, capsys.readouterr().out
        out = capsys.readouterr().out
        assert "Cocok: semua yang diperiksa sesuai; 1 baris disamarkan." in out
        assert "their place is kept, not recomputed" in out
    assert cli.main(["record", str(settings.PUBLIC_ROOT)]) == 0, capsys.readouterr().out
    assert cast.p not in words_of(settings.PREPARED_ROOT)


def test_a_document_signed_outside_goes_with_the_row(cast):
    """Nobody here can take a row out of what somebody else signed."""
    signed = Attestation.objects.get()
    files = PublicFiles(None, settings.PUBLIC_ROOT)
    assert files.find(signed.address)
    cast.redact()
    keeping.keep(cast.now)

    assert not attestation.public_file(signed.number, signed.serial).exists()
    assert not attestation.kept_file(signed.sha256).exists()
    assert signed.address not in (public_folder(cast.number, 2).parent / "index.html").read_text()
    assert not Attestation.objects.public().exists()


def test_the_team_finds_nothing_wrong_with_it(cast):
    cast.redact()
    shown = cast.story.stage.announcements.get(version=2)

    assert comparison.of_announcement(shown).mismatches == []
    assert announcements.whole_files(cast.now).examples == []


def test_what_stays_says_so(cast):
    cast.redact()
    place = public_folder(cast.number, 2)

    assert "1 baris disamarkan menurut hukum" in (place / "index.html").read_text()
    assert "Baris disamarkan" in (place / "daftar" / "1.html").read_text()
    assert "1 baris disamarkan" in (place.parent / "index.html").read_text()
    about = json.loads((place / "data.json").read_bytes())
    assert (about["rows"], about["redacted"], sum(about["counts"].values())) == (12, 1, 11)
    assert {"redacted"} in [set(row) for row in about["list"]]
    assert "(disamarkan)" in (place / "data.csv").read_text()
    assert "(disamarkan)" in words_of(place)


def test_every_row_may_go_one_after_the_other(cast, capsys):
    people = [one.participant_number for one in cast.story.people]
    for p in people[:4]:
        cast.redact(p)

    assert cast.verify() == 0, capsys.readouterr().out
    assert "4 baris disamarkan" in capsys.readouterr().out
    assert not [p for p in people[:4] if p in words_of(settings.PUBLIC_ROOT / "pengumuman")]


def test_somebody_who_was_erased_can_be_redacted_too(cast, capsys):
    """The files are made from the published rows: the database does not know the opening any more."""
    asked = erasure.ask(cast.mine, reason="request", letter="1/2026", by=cast.pia, at=cast.now)
    erasure.approve(asked, by=cast.rudi, at=cast.now)
    erasure.erase_due(cast.now)
    cast.redact()

    assert cast.verify() == 0, capsys.readouterr().out
    assert cast.p not in words_of(settings.PUBLIC_ROOT / "pengumuman")


def test_everybody_elses_receipt_and_the_persons_own_copy_stay_valid(cast, tmp_path):
    held = [receipts.of_result(one, cast.versions[1]) for one in (cast.mine, cast.other)]
    cast.redact()

    held.append(receipts.of_result(cast.other, cast.versions[1]))
    for body in held:
        (tmp_path / "bukti.json").write_text(json.dumps(body, ensure_ascii=False))
        assert cli.main(["receipt", str(tmp_path / "bukti.json"), "--policy", str(log.folder() / "policy")]) == 0
    assert receipts.of_result(cast.mine, cast.versions[1]) is None


def test_nothing_changes_before_the_record_holds_it(cast):
    redaction.approve(cast.ask()[0], by=cast.rudi, at=cast.now)

    assert redaction.apply_due(cast.now) == 0
    assert cast.p in words_of(public_folder(cast.number, 2))
    with pytest.raises(DatabaseError, match="signed record"), transaction.atomic():
        Redaction.objects.update(applied_at=cast.now)


def test_one_alone_redacts_nothing(cast):
    asked = cast.ask()

    with pytest.raises(redaction.NotAllowed):
        redaction.approve(asked[0], by=cast.pia, at=cast.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        fact = Pending.objects.first()
        Redaction.objects.filter(pk=asked[0].pk).update(approved_by=cast.pia, approved_at=cast.now, fact=fact)
    with pytest.raises(DatabaseError), transaction.atomic():
        Redaction.objects.filter(pk=asked[0].pk).update(place=F("place") + 1)
    with pytest.raises(redaction.NotRedactable, match="belum selesai"):
        cast.ask(cast.other.participant_number)
    keeping.keep(cast.now)
    assert cast.p in words_of(public_folder(cast.number, 2))


@pytest.mark.parametrize("number,p,words", [("2026-99", None, "nomor itu"), (None, "AAAAAAAAAA", "nomor peserta")])
def test_what_is_not_there_is_not_redacted(cast, number, p, words):
    with pytest.raises(redaction.NotRedactable, match=words):
        redaction.ask(number or cast.number, p or cast.p, reason="order", letter="1", by=cast.pia, at=cast.now)


def test_changed_files_are_not_redacted(cast):
    page = public_folder(cast.number, 1) / "index.html"
    page.write_bytes(page.read_bytes() + b" ")

    with pytest.raises(redaction.NotRedactable, match="tidak utuh"):
        cast.ask()


def test_the_fact_holds_nothing_but_places_and_hashes(cast):
    cast.redact()

    facts = [json.loads(bytes(one.body))["body"] for one in Pending.objects.filter(kind="row.redacted").order_by("n")]

    assert [one["version"] for one in facts] == [1, 2]
    assert cast.p not in str(facts)
    assert facts[0].keys() == {
        "recruitment", "stage", "number", "version", "place", "leaf", "redacted", "digest", "rows_digest"
    }  # fmt: skip


def test_a_crash_at_any_point_is_made_good(cast, monkeypatch):
    redaction.approve(cast.ask()[0], by=cast.rudi, at=cast.now)
    with monkeypatch.context() as patch:
        patch.setattr(redaction.folders, "take_the_place", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        keeping.keep(cast.now)
    assert cast.p in words_of(public_folder(cast.number, 1))
    with monkeypatch.context() as patch:
        patch.setattr(redaction, "_tell", lambda *_: None)
        keeping.keep(cast.now)
    told = public_folder(cast.number, 1).parent / "v1.redactions.json"
    assert cast.p not in words_of(public_folder(cast.number, 1)) and not told.exists()

    keeping.keep(cast.now)

    assert len(json.loads(told.read_bytes())["redactions"]) == 1


def test_files_that_are_lost_come_back_without_the_row(cast):
    cast.redact()
    place = public_folder(cast.number, 2)
    place.rename(settings.VAR / "lost")

    announcement.repair(cast.now)

    assert cast.p not in words_of(place)
    assert not prepared_folder(cast.versions[1].digest).exists()


def test_the_index_and_the_proofs_are_served(cast):
    cast.redact()
    files = PublicFiles(None, settings.PUBLIC_ROOT)

    _path, keep = files.find(f"/pengumuman/{cast.number}/v1.redactions.json")
    line = json.loads(files.find("/pengumuman/daftar.json")[0].read_bytes())["list"][0]

    assert keep == "public, max-age=5"
    assert line["redacted"] == 1 and line["rows_digest"] == cast.versions[0].rows_digest
    assert line["redacted_rows_digest"] != line["rows_digest"]


def test_the_keeper_applies_what_people_decided_on_the_web(cast):
    with working_as(WEB):
        asked = cast.ask()
        redaction.approve(asked[0], by=cast.rudi, at=cast.now)
    with working_as(KEEPER):
        keeping.keep(cast.now)

    assert cast.p not in words_of(public_folder(cast.number, 2))


def test_a_row_reads_back_as_it_was_written():
    rows = [
        PublicRow("A1", "F1", "umum", ("90", None, "150.5"), "240.5", "240.5", 3, "L", "twk", 2, "x" * 44),
        PublicRow("A2", "F1", "umum", None, None, None, 1, "P", "", None, "y" * 44),
        PublicRow("A3", "F1", "umum", (), None, None, None, "MS", "", None, "z" * 44),
        RedactedRow(b"\x01" * 32),
    ]

    assert [read_row(row.line()[:-1]) for row in rows] == rows


def test_a_list_that_shows_no_scores_can_be_redacted_as_well(own_database):
    story = Stage(people=3).ready()
    keeping.keep(DUE)
    found = redaction.ask(
        story.stage.announcements.get().number, story.people[0].participant_number, reason="request", letter="1",
        by=story.pia, at=DUE,
    )  # fmt: skip

    redaction.approve(found[0], by=story.rudi, at=DUE)
    keeping.keep(DUE)

    place = public_folder(found[0].announcement.number, 1)
    assert story.people[0].participant_number not in words_of(place)
    assert cli.main(["announcement", "--files-only", str(place)]) == 0


def test_the_office_prepares_and_approves_on_its_pages(cast, client):
    client.force_login(enrol(cast.pia), backend=BACKEND)
    form = {"number": cast.number, "p": "AAAAAAAAAA", "reason": "order", "letter": "12/G/2026"}
    wrong = client.post(reverse("redaction_list"), form)
    assert wrong.status_code == 422 and "Periksa nomornya" in wrong.content.decode()
    assert client.post(reverse("redaction_list"), form | {"p": cast.p.lower()}).status_code == 302
    asked = Redaction.objects.order_by("pk").first()
    assert "Periksa dan sahkan" in client.get(reverse("redaction_list")).content.decode()
    address = reverse("redaction_approval", args=[asked.pk])
    assert client.get(address).status_code == 403

    client.force_login(enrol(cast.rudi), backend=BACKEND)
    session = client.session
    session["account_authentication_methods_user"] = str(cast.rudi.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    assert asked.leaf in client.get(address).content.decode()
    client.post(address)

    assert Redaction.objects.filter(approved_by=cast.rudi).count() == 2
    assert "Sudah disahkan" in client.get(address).content.decode()
