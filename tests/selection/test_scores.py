import csv
import io
import zipfile
from pathlib import Path
from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction
from openpyxl import Workbook

from accounts.roles import Role
from ledger.models import Pending
from selection.actions import participants, ranking, scores
from selection.models import Application, Difference, Outcome, Score, ScoreBatch, StagedScore
from tests.parts import DAY, NOON, make_application, make_formation, make_recruitment, make_stage, make_user

DATA = Path(__file__).resolve().parents[1] / "data" / "skd-2023-poltekssn.csv"


@pytest.fixture
def officers(request):
    request.getfixturevalue("own_database")
    return make_user("pia@contoh.example", Role.PREPARER), make_user("rudi@contoh.example", Role.PUBLISHER)


@pytest.fixture
def stage(officers):
    recruitment = make_recruitment(mirrors_national=True)
    return make_stage(recruitment, "test", 3, rule="skd", slug="skd", announce_at=NOON + 9 * DAY)


@pytest.fixture
def people(stage):
    formation = make_formation(stage.recruitment, quota=1)
    return [make_application(formation) for _ in range(3)]


def csv_file(people, *rows, heading="No Peserta,TWK,TIU,TKP,Total,Keterangan", start="") -> io.BytesIO:
    lines = [heading] + [row.format(*[one.national_number for one in people]) for row in rows]
    return io.BytesIO((start + "\n".join(lines) + "\n").encode())


GOOD = ("{0},65,80,166,311,P/L", "{1},100,100,100,300,TL", "{2},,,,,TH")


def put_in_force(stage, file, officers, *, reason="", name="nilai.csv"):
    batch = scores.stage_file(stage, file, file_name=name, by=officers[0], at=NOON, reason=reason)
    return scores.approve(batch, by=officers[1], at=NOON)


def test_a_sound_file_waits_for_a_second_person(stage, people, officers):
    batch = scores.stage_file(stage, csv_file(people, *GOOD), file_name="nilai.csv", by=officers[0], at=NOON)

    assert (batch.state, batch.rows, batch.components) == ("staged", 3, ["twk", "tiu", "tkp"])
    assert (batch.report["new"], batch.report["sum"]) == (3, "611.000")
    assert not Score.objects.exists()


def test_the_second_person_puts_it_in_force_and_the_record_says_so(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)

    assert Score.objects.count() == 3
    assert not StagedScore.objects.exists()
    assert Pending.objects.get().kind == "scores.approved"


def test_the_uploader_may_not_approve_not_even_in_sql(stage, people, officers):
    batch = scores.stage_file(stage, csv_file(people, *GOOD), file_name="nilai.csv", by=officers[0], at=NOON)

    with pytest.raises(scores.Undecidable):
        scores.approve(batch, by=officers[0], at=NOON)
    with pytest.raises(DatabaseError, match="batch_second_person"):
        ScoreBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=officers[0], decided_at=NOON)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("{0},65,80,166,311,P/L", "{0},65,80,166,311,P/L"), "lebih dari sekali"),
        (("99999,65,80,166,311,P/L",), "bukan peserta"),
        (("{0},151,80,166,397,P/L",), "rentang 0 sampai 150"),
        (("{0},-1,80,166,245,P/L",), "Bukan angka"),
        (("{0},６５,80,166,311,P/L",), "Bukan angka"),
        (("{0},NaN,80,166,311,P/L",), "Bukan angka"),
        (("{0},1e308,80,166,311,P/L",), "Bukan angka"),
        (('{0},"65,5",80,166,311,P/L',), "Bukan angka"),
        (("{0},enam,80,166,311,P/L",), "Bukan angka"),
        (("{0},65,80,166,312,P/L",), "Total tidak sama"),
        (("{0},65,80,166,311,LULUS",), "Keterangan ini tidak dikenal"),
        ((",65,80,166,311,P/L",), "Nomor peserta kosong"),
        (("=1+1,65,80,166,311,P/L",), "bukan peserta"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(stage, people, officers, rows, words):
    with pytest.raises(scores.Refused) as refused:
        scores.stage_file(stage, csv_file(people, *rows), file_name="nilai.csv", by=officers[0], at=NOON)

    assert words in refused.value.problems[0].words
    assert refused.value.problems[0].row == 2
    assert not ScoreBatch.objects.exists()
    assert not StagedScore.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"No Peserta,TWK,TIU\n1,2,3\n", "TKP"),
        (b"TWK,TIU,TKP\n1,2,3\n", "No Peserta"),
        (b"No Peserta,TWK,TIU,TKP\n", "tidak berisi satu baris"),
        (b"\xd0\xcf\x11\xe0 old excel", "Excel lama"),
        (b"\x00\x01\x02", "bukan berkas CSV"),
        (b"PK\x03\x04 broken", "XLSX rusak"),
        ("No Peserta,TWK,TIU,TKP\n1,é,3,4".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(stage, people, officers, content, words):
    with pytest.raises(scores.Refused, match=words):
        scores.stage_file(stage, io.BytesIO(content), file_name="x", by=officers[0], at=NOON)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(stage, people, officers):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (210 * 1024 * 1024))
    bomb.seek(0)

    with pytest.raises(scores.Refused, match="terlalu besar"):
        scores.stage_file(stage, bomb, file_name="bom.xlsx", by=officers[0], at=NOON)


def test_one_person_under_both_numbers_is_named_twice(stage, people, officers):
    file = csv_file(people, GOOD[0], people[0].participant_number + ",65,80,166,311,P/L")

    with pytest.raises(scores.Refused) as refused:
        scores.stage_file(stage, file, file_name="nilai.csv", by=officers[0], at=NOON)

    assert [one.row for one in refused.value.problems] == [2, 3]
    assert "lebih dari sekali" in refused.value.problems[1].words


def test_all_that_is_wrong_with_a_file_is_told_at_once_by_rows(stage, people, officers):
    file = csv_file(
        people, "{0},65,80,17O,311,P/L", "{1},100,100,100,301,TL", "A\\B\t9,1,2,3,6,tidak tahu", "{2},,,,,TH"
    )

    with pytest.raises(scores.Refused) as refused:
        scores.stage_file(stage, file, file_name="nilai.csv", by=officers[0], at=NOON)

    told = [(one.row, one.column, one.words.split(":")[0]) for one in refused.value.problems]
    assert told == [
        (2, "TKP", "“17O”"), (3, "TOTAL", "“301”"), (4, "No Peserta", "“A\\B\t9”"), (4, "CODE", "“tidak tahu”"),
    ]  # fmt: skip
    assert refused.value.count == 4


def test_spaces_around_a_cell_and_short_rows_are_no_problem(stage, people, officers):
    rows = (" {0} , p/l ,65, 80\u00a0,166 ", "{1},TH", "{2},tl,100,100,100")
    file = csv_file(people, *rows, heading="No Peserta,Keterangan,TWK,TIU,TKP")

    batch = scores.stage_file(stage, file, file_name="nilai.csv", by=officers[0], at=NOON)

    found = {one.application_id: (one.values, one.official_code) for one in batch.staged.all()}
    assert found[people[0].pk] == ([65, 80, 166], "P/L")
    assert found[people[1].pk] == ([None, None, None], "TH")
    assert found[people[2].pk] == ([100, 100, 100], "TL")


def test_byte_order_mark_semicolons_and_blank_rows_are_no_problem(stage, people, officers):
    rows = [row.replace(",", ";") for row in GOOD]
    file = csv_file(people, rows[0], ";;;;;", rows[1], "", heading="NO. PESERTA;twk;Tiu;TKP;TOTAL;Ket", start="\ufeff")

    batch = scores.stage_file(stage, file, file_name="nilai.csv", by=officers[0], at=NOON)

    assert batch.rows == 2


def test_a_workbook_is_read_like_a_csv(stage, people, officers):
    book = Workbook()
    book.active.append(["No Peserta", "TWK", "TIU", "TKP", "Total", "Keterangan"])
    book.active.append([people[0].national_number, 65, 80, 166, 311, "P/L"])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)

    batch = scores.stage_file(stage, file, file_name="nilai.xlsx", by=officers[0], at=NOON)

    assert StagedScore.objects.get(batch=batch).values == [65, 80, 166]


def test_the_same_file_twice_changes_nothing(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)

    with pytest.raises(scores.Refused, match="sama sudah pernah"):
        scores.stage_file(stage, csv_file(people, *GOOD), file_name="x", by=officers[0], at=NOON, reason="lagi")


def test_a_correction_needs_a_reason_and_shows_old_and_new(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)
    corrected = csv_file(people, "{1},100,100,180,380,P/L")

    with pytest.raises(scores.Refused, match="alasan"):
        scores.stage_file(stage, corrected, file_name="k.csv", by=officers[0], at=NOON)
    corrected.seek(0)
    batch = scores.stage_file(stage, corrected, file_name="k.csv", by=officers[0], at=NOON, reason="Salah ketik TKP")

    assert (batch.report["changed"], batch.report["changes"][0]["new"]) == (1, "100 / 100 / 180")


def test_scores_are_append_only(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)

    for statement in (
        "UPDATE selection_score SET status = 'DIS'",
        "DELETE FROM selection_score",
        "TRUNCATE selection_score",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_four_approvals_at_once_make_one_set_of_scores(stage, people, officers):
    batch = scores.stage_file(stage, csv_file(people, *GOOD), file_name="nilai.csv", by=officers[0], at=NOON)
    answers = []

    def press():
        try:
            scores.approve(batch, by=officers[1], at=NOON)
            answers.append("approved")
        except scores.Undecidable:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(answers) == ["approved", "refused", "refused", "refused"]
    assert Score.objects.count() == 3


def test_ranking_uses_the_newest_approved_scores(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)
    first = ranking.rank(stage, by=officers[0], at=NOON)
    put_in_force(stage, csv_file(people, "{1},100,100,180,380,P/L"), officers, reason="Salah ketik TKP", name="k.csv")

    second = ranking.rank(stage, by=officers[0], at=NOON, shadow=True, reason="Koreksi nilai")

    assert (first.state, second.state, second.version) == ("applied", "shadow", 2)
    moved = ranking.compare(first, second)
    assert [(row["p"], row["old_code"], row["new_code"]) for row in moved if row["old_code"] != row["new_code"]] == [
        (people[1].participant_number, "TL", "P/L")
    ]


def test_who_asked_for_a_re_review_does_not_apply_it(stage, people, officers):
    put_in_force(stage, csv_file(people, *GOOD), officers)
    ranking.rank(stage, by=officers[0], at=NOON)
    shadow = ranking.rank(stage, by=officers[0], at=NOON, shadow=True, reason="Kaji ulang")

    with pytest.raises(ranking.SamePerson):
        ranking.apply(shadow, by=officers[0], at=NOON)
    ranking.apply(shadow, by=officers[1], at=NOON)
    with pytest.raises(ranking.NotAShadow):
        ranking.cancel(shadow, by=officers[1], at=NOON)


@pytest.fixture
def mirrored(officers):
    recruitment = make_recruitment(
        mirrors_national=True, rulepack="kedinasan-2023", name="Poltek SSN 2023", slug="poltek-ssn-2023"
    )
    stage = make_stage(recruitment, "test", 1, rule="skd", slug="skd", announce_at=NOON + DAY)
    make_formation(recruitment, code="SSN-F001", quota=1000)
    with open(DATA, "rb") as file:
        participants.import_participants(stage, file, by=officers[0], at=NOON)
    return stage


def test_a_real_mirrored_list_agrees_in_every_row(mirrored, officers):
    with open(DATA, "rb") as file:
        put_in_force(mirrored, file, officers, name="skd-2023.csv")

    found = ranking.rank(mirrored, by=officers[0], at=NOON)

    assert Outcome.objects.filter(set=found).count() == 3437
    assert Difference.objects.count() == 0
    assert Outcome.objects.filter(set=found, code="P/L").count() == 1000
    one = Application.objects.first()
    assert one.national_number.startswith("SSN-") and len(one.participant_number) == 10


def test_one_doctored_status_is_a_difference_until_it_is_settled_in_public(mirrored, officers):
    with open(DATA, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    code = rows[0].index("keterangan")
    assert rows[1][code] == "P/L"
    rows[1][code] = "P"
    doctored = io.StringIO()
    csv.writer(doctored).writerows(rows)
    put_in_force(mirrored, io.BytesIO(doctored.getvalue().encode()), officers)

    ranking.rank(mirrored, by=officers[0], at=NOON)

    difference = Difference.objects.get()
    assert (difference.ours, difference.official) == ("P/L", "P")
    with pytest.raises(ranking.NeedsReason):
        ranking.settle_difference(difference, reason=" ", by=officers[0], at=NOON)
    ranking.settle_difference(difference, reason="BKN memperbaiki daftarnya.", by=officers[0], at=NOON)
    assert Difference.objects.get().settled_at == NOON


def test_participants_without_a_formation_are_refused_whole(mirrored, officers):
    before = Application.objects.count()
    file = io.BytesIO(b"no peserta,kode formasi\nA1,SSN-F001\nA2,TIDAK-ADA\n")

    with pytest.raises(scores.Refused, match="belum ada pada pengadaan"):
        participants.import_participants(mirrored, file, by=officers[0], at=NOON)

    assert Application.objects.count() == before


@pytest.mark.parametrize("total", ["=SUM(B2:D2)", "tiga ratus", "NaN", "311,0"])
def test_a_total_that_is_no_number_is_refused(stage, people, officers, total):
    file = csv_file(people, "{0},65,80,166," + f'"{total}",P/L')

    with pytest.raises(scores.Refused) as refused:
        scores.stage_file(stage, file, file_name="nilai.csv", by=officers[0], at=NOON)

    assert [(one.row, one.column) for one in refused.value.problems] == [(2, "TOTAL")]


def test_a_formula_in_a_workbook_is_refused_where_it_stands_not_believed(stage, people, officers):
    book = Workbook()
    book.active.append(["No Peserta", "TWK", "TIU", "TKP"])
    book.active.append([people[0].national_number, "=100-35", 80, 166])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)

    with pytest.raises(scores.Refused) as refused:
        scores.stage_file(stage, file, file_name="nilai.xlsx", by=officers[0], at=NOON)

    assert [(one.row, one.column) for one in refused.value.problems] == [(2, "TWK")]
