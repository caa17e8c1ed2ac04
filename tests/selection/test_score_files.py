"""What may not come in by a score file, from whatever side: crafted rows, two at once, a killed process, SQL."""

import csv
import io
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from ledger.models import Pending
from selection.actions import participants, ranking, scores
from selection.models import (
    Application,
    Difference,
    Outcome,
    OutcomeSet,
    ParticipantList,
    Score,
    ScoreBatch,
    StagedScore,
)
from selection.queries import participants as taking_part
from tests.accounts.test_second_factor import remember
from tests.parts import DAY, NOON, enrol, make_application, make_formation, make_recruitment, make_stage, make_user
from tests.roles import working_as

REAL = Path(__file__).resolve().parents[1] / "data" / "skd-2023-poltekssn.csv"
HEADING = "No Peserta,TWK,TIU,TKP"


@pytest.fixture
def officers(request):
    request.getfixturevalue("own_database")
    return make_user("pia@contoh.example", Role.PREPARER), make_user("rudi@contoh.example", Role.PUBLISHER)


@pytest.fixture
def stage(officers):
    recruitment = make_recruitment(mirrors_national=True, slug="cpns-uji")
    return make_stage(recruitment, "test", 3, rule="skd", slug="skd", announce_at=NOON + 9 * DAY)


@pytest.fixture
def people(stage):
    formation = make_formation(stage.recruitment, code="F-1", quota=1)
    return [make_application(formation) for _ in range(3)]


def text(people, *rows, heading=HEADING) -> bytes:
    lines = [heading] + [row.format(*[one.national_number for one in people]) for row in rows]
    return ("\n".join(lines) + "\n").encode()


GOOD = ("{0},65,80,166", "{1},100,100,100", "{2},,,")


def bring(stage, content: bytes, officers, **fields) -> ScoreBatch:
    return scores.stage_file(stage, io.BytesIO(content), file_name="nilai.csv", by=officers[0], at=NOON, **fields)


def problems(stage, content: bytes, officers) -> list[tuple]:
    with pytest.raises(scores.Refused) as refused:
        bring(stage, content, officers)
    assert not ScoreBatch.objects.exists() and not StagedScore.objects.exists() and not Score.objects.exists()
    return [(one.row, one.words) for one in refused.value.problems]


@pytest.mark.parametrize(
    ("rows", "heading", "row", "words"),
    [
        (("{0},65,5,80,166",), HEADING, 2, "sel lebih banyak"),  # a decimal comma shifts every score after it
        (("{0},65,80,166", "{1},65"), HEADING, 3, "terpotong"),
        (("{0},65,80,166,9",), HEADING, 2, "sel lebih banyak"),
        (("{0},65,80,166,70",), HEADING + ",twk", 1, "berarti sama"),
        (("{0}:65:80:166",), "No Peserta:TWK:TIU:TKP", 1, "Hanya satu kolom"),
        (('{0},65,"80,166',), HEADING, 2, "Tanda kutip"),
        (("{0},65,80,166,",), HEADING + ",Keterangan", 2, "Status resmi kosong"),
        (("{0},65,80,166,R9",), HEADING + ",Keterangan", 2, "tidak dikenal"),
        (("{0},６５,80,166", "{1},NaN,1,1", "{2},1,Infinity,1"), HEADING, 2, "Bukan angka"),
        (("{0},1e308,80,166",), HEADING, 2, "Bukan angka"),
        (("{0},999999,80,166",), HEADING, 2, "rentang 0 sampai 150"),
        (("{0},=65,80,166",), HEADING, 2, "Bukan angka"),
        (("{0},+65,80,166",), HEADING, 2, "Bukan angka"),
        (("{0},65.0,80,166",), HEADING, 2, "Bukan angka"),
        (("{0},0x41,80,166",), HEADING, 2, "Bukan angka"),
        (("{0},6 5,80,166",), HEADING, 2, "Bukan angka"),
        (("{0}\\,65,80,166",), HEADING, 2, "bukan peserta"),
        (("２４,65,80,166",), HEADING, 2, "bukan peserta"),
    ],
)
def test_a_crafted_row_refuses_the_whole_file_with_row_and_words(stage, people, officers, rows, heading, row, words):
    first = problems(stage, text(people, *rows, heading=heading), officers)[0]

    assert first[0] == row and words in first[1]
    assert "null value" not in first[1] and "psycopg" not in first[1]


def test_a_bad_row_near_the_end_of_a_long_file_is_named_and_nothing_of_it_stored(stage, officers):
    formation = make_formation(stage.recruitment, quota=1)
    Application.objects.bulk_create(
        Application(recruitment=stage.recruitment, formation=formation, origin="sscasn", state="submitted",
                    submitted_at=NOON, national_number=f"N{number:06d}")
        for number in range(50_000)
    )  # fmt: skip
    rows = [f"N{number:06d},65,80,166" for number in range(50_000)]
    rows[49_998] = "N049998,65,80,NaN"

    assert problems(stage, text([], *rows), officers)[0][0] == 50_000


def test_two_spellings_of_a_code_are_one(stage, people, officers):
    content = text(people, "{0},65,80,166,P/L", "{1},100,100,100,t/l", "{2},,,,TH", heading=HEADING + ",Keterangan")

    batch = bring(stage, content, officers)

    assert sorted(batch.staged.values_list("official_code", flat=True)) == ["P/L", "TH", "TL"]


def test_whoever_is_left_out_of_the_file_is_counted_for_the_second_person_to_see(stage, people, officers):
    batch = bring(stage, text(people, GOOD[0]), officers)

    assert batch.report["missing"] == 2
    rudi = Client()
    rudi.force_login(enrol(officers[1]), backend="django.contrib.auth.backends.ModelBackend")
    remember(rudi, officers[1], "mfa")
    page = rudi.get(reverse("score_batch", args=[batch.pk])).content.decode()
    assert "2 peserta tidak ada dalam berkas" in page


@pytest.mark.parametrize("others", [False, True], ids=["the same file", "another file"])
def test_of_files_brought_at_once_one_waits_and_the_rest_is_refused(stage, people, officers, others):
    contents = [text(people, *GOOD[: 3 - (turn if others else 0)]) for turn in range(3)]

    def upload(content):
        try:
            bring(stage, content, officers)
            return "staged"
        except scores.Refused as error:
            return error.problems[0].words.split(" ")[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(upload, contents))

    assert answers == (["Masih", "Masih", "staged"] if others else ["Berkas", "Berkas", "staged"])
    assert ScoreBatch.objects.count() == 1
    assert StagedScore.objects.count() == ScoreBatch.objects.get().rows


def test_a_busy_stage_is_said_in_words_to_a_page_that_may_not_wait(stage, people, officers):
    with transaction.atomic():
        scores.locked_stage(stage)
        with ThreadPoolExecutor(1) as pool:

            def hurry():
                try:
                    with connection.cursor() as cursor:
                        cursor.execute("SET lock_timeout = '200ms'")
                    bring(stage, text(people, *GOOD), officers)
                except scores.Refused as error:
                    return str(error)
                finally:
                    connections.close_all()

            words = pool.submit(hurry).result()

    assert "sedang diperiksa" in words


KILLED = """
import os, sys, signal, threading, time
sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.utils import timezone
from accounts.models import User
from selection.actions import scores
from selection.models import ScoreBatch
from vacancies.models import Stage
stage, pia, rudi = Stage.objects.get(slug="skd"), User.objects.get(email="pia@contoh.example"), User.objects.get(email="rudi@contoh.example")
print("begin", flush=True)
batch = ScoreBatch.objects.first()
if batch is None:
    with open(sys.argv[2], "rb") as file:
        batch = scores.stage_file(stage, file, file_name="n.csv", by=pia, at=timezone.now())
scores.approve(batch, by=rudi, at=timezone.now())
print("done", flush=True)
"""


def test_an_import_killed_at_any_moment_is_there_whole_or_not_at_all(stage, officers, tmp_path):
    formation, many = make_formation(stage.recruitment, quota=1), 20_000
    Application.objects.bulk_create(
        Application(recruitment=stage.recruitment, formation=formation, origin="sscasn", state="submitted",
                    submitted_at=NOON, national_number=f"N{number:06d}")
        for number in range(many)
    )  # fmt: skip
    path = tmp_path / "n.csv"
    path.write_bytes(text([], *[f"N{number:06d},65,80,166" for number in range(many)]))
    name, seen = connections["default"].settings_dict["NAME"], set()

    for turn in range(10):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, name, str(path)], stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        assert child.stdout.readline() == "begin\n"
        time.sleep(0.12 * turn)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        _until_nobody_else_works()
        state = list(ScoreBatch.objects.values_list("state", flat=True))
        rows = (StagedScore.objects.count(), Score.objects.count())
        seen.add((*state, rows))
        assert (state, rows) in (
            ([], (0, 0)), (["staged"], (many, 0)), (["approved"], (0, many)),
        )  # fmt: skip
        if state == ["approved"]:
            break
    subprocess.run([sys.executable, "-c", KILLED, name, str(path)], cwd=Path(__file__).resolve().parents[2])

    assert Score.objects.count() == many
    assert ((0, 0),) in seen
    assert Pending.objects.filter(kind="scores.approved").count() == 1


def _until_nobody_else_works() -> None:
    """The server notices a dead client when it speaks to it again: wait for the roll-back."""
    for _turn in range(300):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("a session of the killed process lives on")


# --- what SQL may not do either ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"uploaded_by": "rudi@contoh.example"},
        {"sha256": "f" * 64},
        {"rows": 2},
        {"report": {"rows": 3}},
        {"file_name": "lain.csv"},
        {"components": ["twk"]},
    ],
)
def test_who_brought_what_is_never_rewritten(stage, people, officers, change):
    batch = bring(stage, text(people, *GOOD), officers)
    if "uploaded_by" in change:
        change = {"uploaded_by": officers[1]}

    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        ScoreBatch.objects.filter(pk=batch.pk).update(**change)


def test_a_decided_file_stays_decided(stage, people, officers):
    batch = scores.approve(bring(stage, text(people, *GOOD), officers), by=officers[1], at=NOON)

    for change in ({"state": "staged", "decided_by": None, "decided_at": None}, {"state": "refused"}):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            ScoreBatch.objects.filter(pk=batch.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoreBatch.objects.filter(pk=batch.pk)._raw_delete("default")
    with pytest.raises(scores.Undecidable):
        scores.refuse(batch, by=officers[0], at=NOON)


def test_no_file_is_born_approved(stage, people, officers):
    with pytest.raises(DatabaseError, match="waits for a second person"):
        ScoreBatch.objects.create(
            stage=stage, sequence=1, file_name="x", sha256="0" * 64, components=["twk"], rows=1, state="approved",
            uploaded_by=officers[0], uploaded_at=NOON, decided_by=officers[1], decided_at=NOON,
        )  # fmt: skip


def test_rows_that_changed_while_they_waited_are_not_approved(stage, people, officers):
    batch = bring(stage, text(people, *GOOD), officers)
    first = batch.staged.order_by("row").first()
    StagedScore.objects.filter(pk=first.pk).delete()
    StagedScore.objects.create(batch=batch, row=2, application=first.application, values=[150, 175, 225])

    with pytest.raises(scores.Undecidable, match="berubah sejak diperiksa"):
        scores.approve(batch, by=officers[1], at=NOON)
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO selection_score (batch_id, application_id, "values", status, official_code)'
        " SELECT b.id, a.id, ARRAY[150, 175, 225], '', '' FROM selection_scorebatch b, selection_application a LIMIT 1",
        'UPDATE selection_score SET "values" = ARRAY[150, 175, 225]',
        "DELETE FROM selection_score",
        "TRUNCATE selection_score",
        "UPDATE selection_stagedscore SET status = 'DIS'",
        "SELECT put_scores_in_force(id) FROM selection_scorebatch",
        "DELETE FROM selection_scorebatch",
        "UPDATE selection_outcomeset SET made_by_id = decided_by_id",
        "INSERT INTO selection_participantlist SELECT * FROM selection_participantlist; DELETE FROM selection_participantlist",
    ],
)
def test_the_web_process_writes_no_score_but_through_the_approval(stage, people, officers, statement):
    scores.approve(bring(stage, text(people, *GOOD), officers), by=officers[1], at=NOON)
    ranking.rank(stage, by=officers[0], at=NOON)

    with working_as("portal_app"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_web_process_brings_approves_and_ranks_although_its_statements_are_short(stage, people, officers):
    limits = {}

    def watch(execute, sql, params, many, context):
        for start in ("INSERT INTO selection_stagedscore", "SELECT put_scores", "INSERT INTO selection_outcome\n"):
            if sql.startswith(start):
                with context["connection"].connection.cursor() as other:
                    limits[start] = other.execute("SHOW statement_timeout").fetchone()[0]
        return execute(sql, params, many, context)

    with working_as("portal_app"):
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '5s'")
        with connection.execute_wrapper(watch):
            batch = bring(stage, text(people, *GOOD), officers)
            scores.approve(batch, by=officers[1], at=NOON)
            found = ranking.rank(stage, by=officers[0], at=NOON)
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("5s",)

    assert len(limits) == 3 and set(limits.values()) == {"15min"}
    assert Score.objects.count() == Outcome.objects.filter(set=found).count() == 3


def test_one_person_with_both_roles_still_needs_another(stage, people, officers):
    both = make_user("dua@contoh.example", Role.PREPARER, Role.PUBLISHER)
    batch = bring(stage, text(people, *GOOD), (both,))

    both.groups.remove(*both.groups.filter(name=Role.PREPARER))
    with pytest.raises(scores.Undecidable):
        scores.approve(batch, by=both, at=NOON)
    with pytest.raises(DatabaseError, match="batch_second_person"), transaction.atomic():
        ScoreBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=both, decided_at=NOON)


def test_a_re_review_is_not_applied_by_its_maker_not_even_in_sql(stage, people, officers):
    scores.approve(bring(stage, text(people, *GOOD), officers), by=officers[1], at=NOON)
    ranking.rank(stage, by=officers[0], at=NOON)
    shadow = ranking.rank(stage, by=officers[0], at=NOON, shadow=True, reason="Kaji ulang")

    with pytest.raises(DatabaseError, match="outcome_set_second_person"), transaction.atomic():
        OutcomeSet.objects.filter(pk=shadow.pk).update(state="applied", decided_by=officers[0], decided_at=NOON)
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        OutcomeSet.objects.filter(pk=shadow.pk).update(made_by=officers[1])


# --- a mirrored selection, by its two commands ---------------------------------------------------


@pytest.fixture
def mirrored(officers):
    recruitment = make_recruitment(
        mirrors_national=True, rulepack="kedinasan-2023", name="Poltek SSN 2023", slug="poltek-ssn-2023"
    )
    make_formation(recruitment, code="SSN-F001", quota=1000)
    return make_stage(recruitment, "test", 1, rule="skd", slug="skd", announce_at=NOON + DAY)


def test_each_of_the_3437_real_statuses_comes_in_by_the_two_commands_and_is_compared(mirrored, officers, capsys):
    door = ("poltek-ssn-2023/skd", str(REAL), "--by", "pia@contoh.example")
    call_command("import_participants", *door)
    call_command("import_scores", *door)
    scores.approve(ScoreBatch.objects.get(), by=officers[1], at=NOON)
    found = ranking.rank(mirrored, by=officers[0], at=NOON)

    with open(REAL, newline="", encoding="utf-8") as file:
        official = {row["row_id"]: (row["keterangan"], row["total"]) for row in csv.DictReader(file)}
    ours = Outcome.objects.filter(set=found).values_list(
        "application__national_number", "official_code", "code", "total"
    )
    assert len(official) == 3437
    assert {number: code for number, code, _ours, _total in ours} == {one: code for one, (code, _t) in official.items()}
    assert {number: code for number, _official, code, _total in ours} == {
        one: code for one, (code, _t) in official.items()
    }
    assert sum(total for *_, total in ours if total) == sum(int(total) for _c, total in official.values())
    assert not Difference.objects.exists()
    assert taking_part(mirrored).count() == 3437
    imported = ParticipantList.objects.get()
    assert (imported.rows, imported.added, imported.imported_by) == (3437, 3437, officers[0])
    assert Pending.objects.filter(kind="participants.imported").count() == 1


def test_each_doctored_status_is_a_difference_that_stays_until_its_public_reason(mirrored, officers):
    with open(REAL, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    changed = {"P/L": "P", "P": "TL", "TL": "TH", "TH": "TL"}
    for row in rows:
        row["keterangan"] = changed[row["keterangan"]]
    doctored = io.StringIO()
    writer = csv.DictWriter(doctored, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    with open(REAL, "rb") as file:
        participants.import_participants(mirrored, file, by=officers[0], at=NOON)
    scores.approve(bring(mirrored, doctored.getvalue().encode(), officers), by=officers[1], at=NOON)

    ranking.rank(mirrored, by=officers[0], at=NOON)

    assert Difference.objects.filter(settled_at=None).count() == 3437
    one = Difference.objects.first()
    ranking.settle_difference(one, reason="BKN memperbaiki daftarnya.", by=officers[0], at=NOON)
    with pytest.raises(ranking.AlreadySettled):
        ranking.settle_difference(one, reason="Lain", by=officers[1], at=NOON)
    for change in ({"reason": "Lain"}, {"settled_at": None, "settled_by": None}, {"ours": "X"}):
        with pytest.raises(DatabaseError, match="settled once"), transaction.atomic():
            Difference.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(DatabaseError, match="settled once"), transaction.atomic():
        Difference.objects.filter(settled_at=None).update(official="P/L")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tidak-ada/skd", str(REAL), "--by", "pia@contoh.example"), "Tidak ada tahap"),
        (("poltek-ssn-2023/skd", "/tidak/ada.csv", "--by", "pia@contoh.example"), "tidak ada"),
        (("poltek-ssn-2023/skd", str(REAL), "--by", "rudi@contoh.example"), "bukan akun penyiap"),
        (("poltek-ssn-2023/skd", str(REAL), "--by", "siapa@contoh.example"), "bukan akun penyiap"),
    ],
)
@pytest.mark.parametrize("command", ["import_participants", "import_scores"])
def test_the_commands_say_what_is_missing(mirrored, command, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command(command, *arguments)


def test_a_participant_list_is_imported_once_and_moves_nobody(mirrored, officers):
    make_formation(mirrored.recruitment, code="F-2")
    first = b"No Peserta,Kode Formasi\nA-1,SSN-F001\nA-2,SSN-F001\n"
    participants.import_participants(mirrored, io.BytesIO(first), by=officers[0], at=NOON, file_name="a.csv")

    for content, words in (
        (first, "sama sudah pernah"),
        (b"No Peserta,Kode Formasi\nA-1,F-2\n", "terdaftar pada formasi lain"),
        (b"No Peserta,Kode Formasi\nA-1,SSN-F001\nA-1,SSN-F001\n", "lebih dari sekali"),
        (b"No Peserta,Kode Formasi\n\xef\xbc\x91,SSN-F001\n", "hanya berisi angka"),
        (b"No Peserta,Kode Formasi\n,SSN-F001\n", "Nomor peserta kosong"),
        (b"No Peserta,No Ujian,Kode Formasi\nA-3,B,SSN-F001\n", "berarti sama"),
        (b"No Peserta\nA-3\n", "Kode Formasi tidak ada"),
        (b"No Peserta,Kode Formasi\n", "tidak berisi satu peserta"),
    ):
        with pytest.raises(scores.Refused, match=words):
            participants.import_participants(mirrored, io.BytesIO(content), by=officers[0], at=NOON)
    more = b"No Peserta,Kode Formasi\nA-2,SSN-F001\nA-3,SSN-F001\n"
    assert participants.import_participants(mirrored, io.BytesIO(more), by=officers[0], at=NOON) == 1
    assert Application.objects.count() == 3


def test_nobody_joins_after_the_result_was_computed(mirrored, officers):
    people = b"No Peserta,Kode Formasi\nA-1,SSN-F001\n"
    participants.import_participants(mirrored, io.BytesIO(people), by=officers[0], at=NOON)
    scores.approve(bring(mirrored, b"No Peserta,TWK,TIU,TKP\nA-1,65,80,166\n", officers), by=officers[1], at=NOON)
    ranking.rank(mirrored, by=officers[0], at=NOON)

    with pytest.raises(scores.Refused, match="sudah dihitung"):
        participants.import_participants(
            mirrored, io.BytesIO(b"No Peserta,Kode Formasi\nKAWAN,SSN-F001\n"), by=officers[0], at=NOON
        )
