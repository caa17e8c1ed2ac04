"""The dossier for a body above the office: everything a finding rests on, the same whenever it is printed."""

import io

import pikepdf
import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from ledger.actions import recording
from oversight import dossier
from oversight.actions import answering
from oversight.models import Escalation
from tests.oversight.story import NOON
from tests.parts import DAY, enrol, make_team, make_user
from tests.roles import working_as

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def letter(watch) -> Escalation:
    one = watch.answered(title="Dua nilai tertukar")
    answering.assess(one, adequate=False, text="Tidak menjawab pertanyaannya.", by=watch.omar, at=NOON + 2 * DAY)
    return answering.escalate(one, body="ombudsman", text="Dua kali diminta.", by=watch.oka, at=NOON + 3 * DAY)


def test_it_holds_finding_frozen_evidence_answers_clock_and_the_entries_of_the_record(letter):
    said = dossier.content(letter.finding, letter.at)

    assert said["statement"]["title"] == "Dua nilai tertukar"
    assert said["statement"]["evidence"][0]["what"] == "Peserta A: hasil"
    assert said["digest"] == letter.finding.evidence_digest
    steps = [text for _when, text in said["steps"]]
    assert steps[:2] == ["Dikonfirmasi seorang anggota tim"] * 2
    assert "Jawaban instansi: Kami hitung ulang." in steps
    assert "Dinilai belum memadai: Tidak menjawab pertanyaannya." in steps
    kinds = [kind for kind, *_rest in said["facts"]]
    assert kinds == ["finding.confirmed", "finding.sent", "finding.answered", "finding.assessed"]
    assert {n for _kind, _at, n, _leaf in said["facts"]} == {"belum tercatat"}
    recording.record_waiting(letter.at)
    assert all(n.isdigit() for _kind, _at, n, _leaf in dossier.content(letter.finding, letter.at)["facts"])


def test_what_happens_later_does_not_change_it(letter, watch):
    recording.record_waiting(letter.at)
    answering.close(letter.finding, conclusion="Diputus Ombudsman.", by=watch.oka, at=NOON + 9 * DAY)

    letter.refresh_from_db()
    assert dossier.digest(dossier.content(letter.finding, letter.at)) == letter.digest


def test_another_word_of_the_evidence_gives_another_digest(letter):
    """The twin: with the trigger off, the owner of the table changes one cell; the printed digest gives it away."""
    connection.cursor().execute(
        "ALTER TABLE oversight_finding DISABLE TRIGGER USER;"
        "UPDATE oversight_finding SET evidence = jsonb_set(evidence, '{0,found}', '\"P/L\"')"
    )

    changed = Escalation.objects.get()

    assert dossier.digest(dossier.content(changed.finding, changed.at)) != letter.digest


def test_a_member_downloads_it_as_a_tagged_pdf_that_is_the_same_each_time(letter, watch, client):
    address = f"/pengawasan/ruang/temuan/{letter.finding.number}/berkas/ombudsman.pdf"
    client.force_login(enrol(watch.oka), backend=BACKEND)

    with working_as("portal_app"):
        first, second = client.get(address), client.get(address)

    assert first.headers["Content-Type"] == "application/pdf" and "no-store" in first.headers["Cache-Control"]
    assert first.content == second.content
    pdf = pikepdf.open(io.BytesIO(first.content))
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.docinfo["/Title"]) == f"Berkas temuan {letter.finding.number}"


@pytest.mark.parametrize("who", ["pia", "ova"])
def test_the_office_does_not_get_it(letter, watch, client, who):
    user = {"pia": watch.story.pia, "ova": watch.ova}[who]
    client.force_login(enrol(user), backend=BACKEND)

    assert client.get(f"/pengawasan/ruang/temuan/{letter.finding.number}/berkas/ombudsman.pdf").status_code == 403


def test_another_team_does_not_get_it(letter, client):
    stranger = make_user("lain@tim.example", Role.OVERSEER)
    make_team(stranger, at=timezone.now())
    client.force_login(enrol(stranger), backend=BACKEND)

    assert client.get(f"/pengawasan/ruang/temuan/{letter.finding.number}/berkas/ombudsman.pdf").status_code == 404
