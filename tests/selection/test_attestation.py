"""An officially signed PDF beside an announcement: two people, the record, a file that never changes."""

import hashlib
import io
import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from ledger import log
from ledger.actions import recording, signing
from ledger.models import Pending
from lib.document_checks.check import SIGNED, check
from portal.files import PublicFiles
from selection.actions import announcement, attestation, keeping
from selection.actions.attestation import NotAllowed, NotReady
from selection.models import Announcement, Attestation
from tests.parts import enrol
from tests.roles import working_as
from tests.selection.signed_outside import letter
from tests.selection.story import DUE, Stage
from tests.told import told_once

HOUR = timedelta(hours=1)
LETTER = "800.1.2.2/123/BKPSDM"


def announced() -> Stage:
    """A stage whose result is public."""
    story = Stage().ready()
    announcement.announce_due(DUE)
    story.announced = story.stage.announcements.get()
    return story


whole, story = told_once("whole", announced, commits=True)


def hand_in(story, *, words="Hasil seleksi", number=LETTER, reason="", announced=None) -> Attestation:
    checked = check(io.BytesIO(letter(words)), kind=SIGNED, max_kb=1024)
    given = {"letter": number, "letter_date": date(2026, 11, 3), "reason": reason}
    return attestation.hand_in(announced or story.announced, checked, **given, by=story.pia, at=DUE + HOUR)


def approved(story, **given) -> Attestation:
    return attestation.approve(hand_in(story, **given), by=story.rudi, at=DUE + 2 * HOUR)


def pointer() -> str:
    return (settings.PUBLIC_ROOT / "pengumuman" / "2026-1" / "index.html").read_text()


def ask(path: str) -> tuple[int, dict, bytes]:
    """What the file server answers, in front of Django."""
    said = {}

    def start(status, headers):
        said.update(status=int(status[:3]), headers=dict(headers))

    def behind(environ, start_response):
        start_response("404 Not Found", [])
        return [b""]

    body = b"".join(PublicFiles(behind, settings.PUBLIC_ROOT)({"REQUEST_METHOD": "GET", "PATH_INFO": path}, start))
    return said["status"], said["headers"], body


def test_what_two_people_approved_is_public_once_the_record_holds_it(story):
    one = approved(story)
    assert ask(one.address)[0] == 404

    keeping.keep(DUE + 3 * HOUR)

    one.refresh_from_db()
    fact = Pending.objects.get(kind="announcement.attested")
    status, headers, body = ask("/pengumuman/2026-1/resmi/v1.pdf")
    assert (status, headers["Content-Type"], body) == (200, "application/pdf", letter())
    assert "immutable" in headers["Cache-Control"]
    assert one.public_at == DUE + 3 * HOUR
    assert fact.n < log.signed_size()
    assert fact.fact["body"] == {
        "recruitment": story.recruitment.slug,
        "stage": "skd",
        "number": "2026-1",
        "version": 1,
        "serial": 1,
        "digest": hashlib.sha256(body).hexdigest(),
        "size": len(body),
    }


def test_a_proof_stands_beside_it_and_a_list_says_where(story):
    approved(story)
    keeping.keep(DUE + 3 * HOUR)

    status, headers, proof = ask("/pengumuman/2026-1/resmi/v1.proof.json")
    assert (status, "immutable" in headers["Cache-Control"]) == (200, True)
    assert '"announcement.attested"' in json.loads(proof)["entry"]
    status, headers, listed = ask("/pengumuman/resmi.json")
    digest = hashlib.sha256(letter()).hexdigest()
    assert json.loads(listed)["list"] == [{"number": "2026-1", "version": 1, "serial": 1, "digest": digest}]
    assert "immutable" not in headers["Cache-Control"]


@pytest.mark.parametrize("keeper", ["portal_seq", "portal_work"])
def test_the_rights_of_pages_and_keeper_are_enough(story, keeper):
    with working_as("portal_app"):
        attestation.refuse(hand_in(story), by=story.pia, at=DUE + HOUR)
        one = approved(story)
    with working_as(keeper):
        recording.record_waiting(DUE + 2 * HOUR)
        assert attestation.open_due(DUE + 3 * HOUR) == 1

    assert ask(one.address)[0] == 200


def test_the_pointer_tells_three_things_apart(story):
    assert "Publik." in pointer()
    assert "Belum ditandatangani resmi." in pointer()

    approved(story)
    keeping.keep(DUE + 3 * HOUR)

    assert "Ditandatangani resmi." in pointer()
    assert f"Surat nomor {LETTER}, tanggal 3 November 2026" in pointer()
    assert "Nama dalam sertifikat: Wali Kota Uji" in pointer()
    assert "tidak menilai keabsahan" in pointer()
    assert 'href="/pengumuman/2026-1/resmi/v1.pdf"' in pointer()


def test_files_of_the_version_stay_as_they_were(story):
    folder = announcement.public_folder("2026-1", 1)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    approved(story)
    keeping.keep(DUE + 3 * HOUR)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_nothing_opens_while_the_log_does_not_sign(story, monkeypatch):
    def refuse(*_):
        raise signing.Refused("no")

    one = approved(story)
    with monkeypatch.context() as broken:
        broken.setattr(signing, "sign", refuse)
        keeping.keep(DUE + 3 * HOUR)
    assert ask(one.address)[0] == 404
    with pytest.raises(DatabaseError, match="after the signed record holds it"):
        Attestation.objects.update(public_at=DUE + 4 * HOUR)

    keeping.keep(DUE + 5 * HOUR)

    assert ask(one.address)[0] == 200


def test_who_handed_it_in_may_not_approve_not_even_in_sql(story):
    one = hand_in(story)

    with pytest.raises(NotAllowed, match="Minta rekan lain"):
        attestation.approve(one, by=story.pia, at=DUE + HOUR)
    fact = Pending.objects.order_by("-pk").first()
    with pytest.raises(DatabaseError, match="attestation_second_person"):
        Attestation.objects.update(state="approved", serial=1, fact=fact, decided_by=story.pia, decided_at=DUE + HOUR)


def test_the_twin_without_the_second_person_lets_it_pass(story):
    one = hand_in(story)
    fact = Pending.objects.order_by("-pk").first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_attestation DROP CONSTRAINT attestation_second_person")

    Attestation.objects.update(state="approved", serial=1, fact=fact, decided_by=story.pia, decided_at=DUE + HOUR)

    assert Attestation.objects.get(pk=one.pk).decided_by == one.uploaded_by


@pytest.mark.parametrize(
    "change",
    [{"letter": "lain"}, {"sha256": "0" * 64}, {"letter_date": date(2026, 1, 1)}, {"size": 1}, {"reason": "x"}],
)
@pytest.mark.parametrize("decided", [False, True])
def test_what_was_handed_in_is_never_rewritten(story, change, decided):
    one = approved(story) if decided else hand_in(story)

    with pytest.raises(DatabaseError, match="never rewritten"):
        Attestation.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        one.delete()


def test_a_wrong_one_is_superseded_by_another_and_stays(story):
    approved(story)
    keeping.keep(DUE + 3 * HOUR)
    with pytest.raises(NotReady, match="alasan"):
        hand_in(story, words="Surat yang benar")

    approved(story, words="Surat yang benar", number="800/9", reason="Nomor surat salah.")
    keeping.keep(DUE + 4 * HOUR)

    assert ask("/pengumuman/2026-1/resmi/v1.pdf")[2] == letter()
    assert ask("/pengumuman/2026-1/resmi/v2.pdf")[2] == letter("Surat yang benar")
    assert "Surat nomor 800/9, tanggal" in pointer()
    assert "Diganti oleh surat nomor 800/9. Alasan: Nomor surat salah." in pointer()
    last = Pending.objects.filter(kind="announcement.attested").latest("pk").fact["body"]
    assert (last["serial"], last["supersedes"]) == (2, 1)
    assert "Nomor surat salah" not in json.dumps(last)


def test_the_one_of_an_older_version_does_not_vouch_for_a_correction(story):
    approved(story)
    keeping.keep(DUE + 3 * HOUR)
    story.correct(p0=66)
    announcement.announce_due(DUE + 5 * HOUR)

    assert "Belum ditandatangani resmi." in pointer()
    assert "untuk versi 1" in pointer()

    approved(story, words="Koreksi", announced=Announcement.objects.get(version=2))
    keeping.keep(DUE + 6 * HOUR)

    assert "Belum ditandatangani resmi." not in pointer()
    assert ask("/pengumuman/2026-1/resmi/v2.pdf")[2] == letter("Koreksi")


def test_one_waits_at_a_time_and_the_same_file_is_taken_once(story):
    one = hand_in(story)
    with pytest.raises(NotReady, match="menunggu"):
        hand_in(story, words="Lain")
    attestation.approve(one, by=story.rudi, at=DUE + HOUR)

    with pytest.raises(NotReady, match="sudah dipasang"):
        hand_in(story, reason="Lagi.")


def test_nothing_is_attached_to_what_is_not_public(story):
    hidden = Stage().ready()
    found = announcement.freeze(hidden.stage, at=DUE)

    with pytest.raises(NotReady, match="belum terbit"):
        hand_in(hidden, announced=found)


def test_what_was_refused_leaves_no_file_and_may_come_again(story):
    one = attestation.refuse(hand_in(story), by=story.pia, at=DUE + HOUR)
    assert not attestation.kept_file(one.sha256).exists()
    assert attestation.kept_file(hand_in(story).sha256).exists()

    with pytest.raises(NotAllowed, match="sudah diputuskan"):
        attestation.approve(one, by=story.rudi, at=DUE + HOUR)


def test_a_kept_file_that_changed_is_not_approved_and_a_lost_public_one_comes_back(story):
    one = hand_in(story)
    path = attestation.kept_file(one.sha256)
    path.chmod(0o644)
    path.write_bytes(b"lain")
    with pytest.raises(NotReady, match="berubah"):
        attestation.approve(one, by=story.rudi, at=DUE + HOUR)
    path.write_bytes(letter())
    attestation.approve(one, by=story.rudi, at=DUE + HOUR)
    keeping.keep(DUE + 3 * HOUR)

    attestation.public_file("2026-1", 1).unlink()
    keeping.keep(DUE + 4 * HOUR)

    assert ask("/pengumuman/2026-1/resmi/v1.pdf")[2] == letter()


def test_a_stop_between_file_and_stamp_is_made_good(story, monkeypatch):
    one = approved(story)
    recording.record_waiting(DUE + 2 * HOUR)
    with monkeypatch.context() as stopped:
        stopped.setattr(attestation, "_open", lambda *_: 1 / 0)
        assert attestation.open_due(DUE + 3 * HOUR) == 0

    assert attestation.open_due(DUE + 4 * HOUR) == 1
    assert attestation.open_due(DUE + 5 * HOUR) == 0

    one.refresh_from_db()
    assert one.public_at == DUE + 4 * HOUR


@pytest.fixture
def desk(story, client):
    """The stage desk, as one person or the other."""

    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    enrol(story.pia)
    enrol(story.rudi)
    return sign_in


def given(content: bytes, **more) -> dict:
    return {
        "letter": LETTER,
        "letter_date": "2026-10-01",
        "file": SimpleUploadedFile("surat.pdf", content, content_type="application/pdf"),
        **more,
    }


def test_the_desk_leads_from_the_upload_to_the_second_person(story, desk, monkeypatch):
    monkeypatch.setattr("accounts.guards._fresh_code", lambda request: True)  # tests/accounts asks for it
    pia = desk(story.pia)
    assert (
        reverse("attestation_new", args=[story.announced.pk])
        in pia.get(reverse("stage_desk", args=[story.stage.pk])).text
    )

    answer = pia.post(reverse("attestation_new", args=[story.announced.pk]), given(letter()), follow=True)

    one = Attestation.objects.get()
    assert "Sertifikat atas nama <strong>Wali Kota Uji</strong>" in answer.text
    assert "Sahkan dokumen" not in answer.text
    assert b"".join(pia.get(reverse("attestation_file", args=[one.pk])).streaming_content) == letter()
    pia.post(reverse("attestation_detail", args=[one.pk]), {"decision": "approve"})
    assert Attestation.objects.get().state == "waiting"

    rudi = desk(story.rudi)
    assert "Sahkan dokumen" in rudi.get(reverse("attestation_detail", args=[one.pk])).text
    rudi.post(reverse("attestation_detail", args=[one.pk]), {"decision": "approve"})

    assert Attestation.objects.get().state == "approved"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"file": SimpleUploadedFile("surat.pdf", b"%PDF-1.7 bukan")}, "rusak"),
        ({"letter_date": "2999-01-01"}, "belum tiba"),
        ({"letter": ""}, "id_letter_error"),
    ],
)
def test_a_bad_upload_is_answered_in_words_and_nothing_is_stored(story, desk, more, words):
    answer = desk(story.pia).post(reverse("attestation_new", args=[story.announced.pk]), given(letter()) | more)

    assert answer.status_code == 422
    assert words in answer.text
    assert not Attestation.objects.exists()


def test_the_publisher_hands_nothing_in(story, desk):
    assert desk(story.rudi).get(reverse("attestation_new", args=[story.announced.pk])).status_code == 403
