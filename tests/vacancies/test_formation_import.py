"""Formation files: a dry run first, then all of it or nothing; a second file shows old and new."""

import io
from collections import Counter
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from openpyxl import Workbook

from accounts.roles import Role
from ledger.models import Pending
from portal.grants import WEB
from tests.parts import DAY, NOON, enrol, make_recruitment, make_user
from tests.roles import working_as
from tests.vacancies.files import COLUMNS, REAL, ROW, formation_csv
from vacancies.actions import formation_import
from vacancies.models import Agency, FacetCount, Formation, FormationImport, Qualification, Revision


@pytest.fixture
def pia(db):
    return make_user("pia@contoh.example", Role.PREPARER)


@pytest.fixture
def recruitment(pia):
    return make_recruitment()


@pytest.fixture
def published(pia):
    return make_recruitment(published_by=pia)


def stage(recruitment, file, pia):
    return formation_import.stage_file(recruitment, file, file_name="formasi.csv", by=pia, at=NOON)


def put(recruitment, file, pia, *, reason=""):
    return formation_import.apply(stage(recruitment, file, pia), by=pia, at=NOON, reason=reason)


def problems(recruitment, file) -> list[tuple]:
    with pytest.raises(formation_import.Refused) as refused:
        formation_import.examine(recruitment, file)
    return [(one.row, one.column, one.words) for one in refused.value.problems]


def test_a_dry_run_stores_nothing_and_says_what_would_happen(recruitment):
    examined = formation_import.examine(recruitment, formation_csv({}, {"program_studi": "S-1 MATEMATIKA"}))

    assert (examined.report["rows"], examined.report["new"], examined.report["quota"]) == (2, 1, 2)
    assert examined.report["formations"] == [
        {"code": "F-1", "position": "Analis Data Ahli Pertama", "verdict": "new", "changes": []}
    ]
    assert not Formation.objects.exists() and not FormationImport.objects.exists()


def test_a_staged_file_waits_and_changes_no_vacancy(recruitment, pia):
    made = stage(recruitment, formation_csv({}), pia)

    assert made.applied_at is None
    assert not Formation.objects.exists()


def test_applied_rows_of_one_id_become_one_formation_with_its_education(recruitment, pia):
    put(recruitment, formation_csv({}, {"jenjang_studi": "Diploma IV", "program_studi": "D-IV STATISTIKA"}), pia)

    formation = Formation.objects.get()
    assert formation.position == "Analis Data Ahli Pertama"
    assert formation.unit_path == "Pemerintah Kota Contoh | Dinas Komunikasi dan Informatika | Bidang Statistik"
    assert (formation.unit.name, formation.office.name) == ("Bidang Statistik", "Dinas Komunikasi dan Informatika")
    assert (formation.need, formation.quota, formation.disability_friendly) == ("umum", 2, True)
    assert (formation.salary_min, formation.salary_max) == (2785700, 4575200)
    assert sorted(formation.levels) == ["d4", "s1"]
    assert formation.qualifications.count() == 2


def test_the_special_need_of_pppk_is_known(recruitment, pia):
    put(recruitment, formation_csv({"formasi_nm": "KEBUTUHAN KHUSUS"}), pia)

    assert Formation.objects.get().get_need_display() == "Kebutuhan khusus (PPPK)"


def test_every_row_of_the_real_file_is_read_and_stored(recruitment, pia):
    with open(REAL, "rb") as file:
        made = put(recruitment, file, pia)

    assert (made.report["rows"], made.report["new"], made.report["quota"]) == (799, 360, 567)
    assert Formation.objects.count() == 360
    assert Qualification.objects.count() == 799
    assert Counter(Formation.objects.values_list("need", flat=True)) == {"umum": 349, "disabilitas": 8, "cumlaude": 3}
    assert not Formation.objects.filter(search=None).exists() and not Formation.objects.filter(office=None).exists()
    assert Formation.objects.values("slug").distinct().count() == 360
    assert set(
        Agency.objects.filter(pk__in=Formation.objects.values("office")).values_list("parent__parent", flat=True)
    ) == {None}


def test_the_real_file_a_second_time_changes_nothing(recruitment, pia):
    with open(REAL, "rb") as file:
        put(recruitment, file, pia)
    before = list(Formation.objects.order_by("pk").values_list("pk", "slug", "changed_at"))

    with open(REAL, "rb") as file:
        again = put(recruitment, file, pia)

    assert (again.report["new"], again.report["changed"], again.report["same"]) == (0, 0, 360)
    assert list(Formation.objects.order_by("pk").values_list("pk", "slug", "changed_at")) == before


def test_a_second_file_shows_old_and_new_and_leaves_the_rest(published, pia):
    put(published, formation_csv({}, {"formasi_id": "F-2"}), pia, reason="Daftar pertama")
    second = formation_csv({"jumlah_formasi": "3", "program_studi": "S-1 MATEMATIKA", "gaji_min": ""})

    made = put(published, second, pia, reason="Perubahan kebutuhan oleh menteri")

    changed = Formation.objects.get(code="F-1")
    assert (changed.quota, changed.salary_min) == (3, None)
    assert made.report["absent"] == 1 and Formation.objects.filter(code="F-2", quota=2).exists()
    line = Revision.objects.get(formation=changed, summary="Lowongan diubah.")
    assert (line.by, line.reason) == (pia, "Perubahan kebutuhan oleh menteri")
    assert line.changes == [
        {"field": "Jumlah kebutuhan", "old": "2", "new": "3"},
        {"field": "Penghasilan terendah", "old": "Rp2.785.700", "new": "–"},
        {"field": "Pendidikan dihapus", "old": "S-1/Sarjana S-1 STATISTIKA", "new": ""},
        {"field": "Pendidikan ditambah", "old": "", "new": "S-1/Sarjana S-1 MATEMATIKA"},
    ]
    facts = Pending.objects.filter(kind="vacancy.changed").order_by("pk")
    assert [[words.text for words in one.wordings.all()] for one in facts] == [
        ["Daftar pertama"],
        ["Perubahan kebutuhan oleh menteri"],
    ]


def test_a_changed_vacancy_keeps_its_address(recruitment, pia):
    put(recruitment, formation_csv({}), pia)
    slug = Formation.objects.get().slug

    put(recruitment, formation_csv({"jabatan_nm": "STATISTISI AHLI PERTAMA"}), pia)

    assert Formation.objects.get().position == "Statistisi Ahli Pertama"
    assert Formation.objects.get().slug == slug


def test_a_column_that_is_left_out_keeps_what_is_stored(recruitment, pia):
    put(recruitment, formation_csv({}), pia)
    without = [column for column in COLUMNS if column not in ("gaji_min", "gaji_max", "disable")]

    made = put(recruitment, formation_csv({"jumlah_formasi": "5"}, columns=without), pia)

    formation = Formation.objects.get()
    assert (formation.quota, formation.salary_min, formation.disability_friendly) == (5, 2785700, True)
    assert [one["field"] for one in made.report["formations"][0]["changes"]] == ["Jumlah kebutuhan"]


def test_published_vacancies_change_only_with_a_reason(published, pia):
    made = stage(published, formation_csv({}), pia)

    with pytest.raises(formation_import.ReasonMissing):
        formation_import.apply(made, by=pia, at=NOON, reason="  ")

    assert not Formation.objects.exists()


def test_a_file_is_applied_once(recruitment, pia):
    made = put(recruitment, formation_csv({}), pia)

    with pytest.raises(formation_import.AlreadyApplied):
        formation_import.apply(made, by=pia, at=NOON)


def test_a_report_that_is_out_of_date_is_not_applied(recruitment, pia):
    old = stage(recruitment, formation_csv({"jumlah_formasi": "9"}), pia)
    put(recruitment, formation_csv({}), pia)

    with pytest.raises(formation_import.Outdated):
        formation_import.apply(old, by=pia, at=NOON + DAY)

    assert Formation.objects.get().quota == 2


def test_the_counts_beside_the_filters_follow(published, pia):
    put(published, formation_csv({}, {"formasi_id": "F-2", "formasi_nm": "PENYANDANG DISABILITAS"}), pia, reason="Baru")

    counts = {(one.facet, one.value): one.count for one in FacetCount.objects.all()}

    assert counts["need", "umum"] == counts["need", "disabilitas"] == 1
    assert counts["level", "s1"] == counts["disability", "1"] == 2
    assert counts["office", "dinas-komunikasi-dan-informatika"] == 2


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"formasi_id": ""}, "formasi_id", "Sel kosong"),
        ({"formasi_id": "a b"}, "formasi_id", "hanya boleh huruf"),
        ({"formasi_nm": "TERSERAH"}, "formasi_nm", "tidak dikenal"),
        ({"jabatan_nm": " "}, "jabatan_nm", "Sel kosong"),
        ({"jabatan_nm": "A" * 251}, "jabatan_nm", "lebih dari 250 huruf"),
        ({"lokasi_nm": "Kota | " + "B" * 201}, "lokasi_nm", "lebih dari 200 huruf"),
        ({"jumlah_formasi": "0"}, "jumlah_formasi", "paling sedikit 1"),
        ({"jumlah_formasi": "-1"}, "jumlah_formasi", "bukan bilangan bulat"),
        ({"jumlah_formasi": "1,5"}, "jumlah_formasi", "bukan bilangan bulat"),
        ({"jumlah_formasi": "２"}, "jumlah_formasi", "bukan bilangan bulat"),
        ({"jumlah_formasi": "NaN"}, "jumlah_formasi", "bukan bilangan bulat"),
        ({"jumlah_formasi": "=1+1"}, "jumlah_formasi", "rumus"),
        ({"gaji_min": "5000000", "gaji_max": "100"}, "gaji_max", "lebih kecil"),
        ({"gaji_min": "dua juta"}, "gaji_min", "bukan bilangan bulat"),
        ({"disable": "mungkin"}, "disable", "Isi 1"),
        ({"jp_nama": "PPPK Teknis"}, "jp_nama", "Pengadaan ini CPNS"),
        ({"program_studi": "S-1 \x07"}, "program_studi", "tidak terbaca"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_row_and_column(recruitment, cells, column, words):
    found = problems(recruitment, formation_csv({"formasi_id": "BAIK"}, cells))

    assert [(row, name) for row, name, _ in found] == [(3, column)]
    assert words in found[0][2]


def test_rows_of_one_id_that_disagree_are_refused(recruitment):
    found = problems(recruitment, formation_csv({}, {"jumlah_formasi": "7", "program_studi": "S-1 MATEMATIKA"}))

    assert [(row, column) for row, column, _ in found] == [(3, "jumlah_formasi")]
    assert "baris 2" in found[0][2]


def test_an_unreadable_file_is_refused_with_what_to_do(recruitment):
    headless = formation_csv({}, columns=[column for column in COLUMNS if column != "lokasi_nm"])

    assert "lokasi_nm tidak ada" in problems(recruitment, headless)[0][2]
    assert "Berkas kosong" in problems(recruitment, io.BytesIO(b""))[0][2]
    assert "tidak berisi formasi" in problems(recruitment, formation_csv())[0][2]
    assert "UTF-8" in problems(recruitment, io.BytesIO(formation_csv({}).getvalue() + b"\xff\xfe,\xff"))[0][2]
    assert "XLSX rusak" in problems(recruitment, io.BytesIO(b"PK\x03\x04 nothing"))[0][2]
    assert "Excel lama" in problems(recruitment, io.BytesIO(b"\xd0\xcf\x11\xe0 old"))[0][2]


def test_one_bad_row_refuses_the_whole_file(recruitment, pia):
    with pytest.raises(formation_import.Refused):
        stage(recruitment, formation_csv({}, {"formasi_id": "F-2", "jumlah_formasi": "x"}), pia)

    assert not FormationImport.objects.exists()


def test_a_byte_order_mark_semicolons_and_blank_lines_do_no_harm(recruitment):
    text = formation_csv({}, start="\ufeff").getvalue().decode().replace(",", ";")

    examined = formation_import.examine(recruitment, io.BytesIO((text + ";;;;;;;;;;;\n").encode()))

    assert (examined.report["new"], examined.report["blank"]) == (1, 1)


def test_a_spreadsheet_reads_like_its_csv(recruitment):
    book = Workbook()
    book.active.append(COLUMNS)
    book.active.append([int(ROW[column]) if ROW[column].isdigit() else ROW[column] for column in COLUMNS])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)

    as_sheet = formation_import.examine(recruitment, file)

    assert as_sheet.formations == formation_import.examine(recruitment, formation_csv({})).formations


def test_two_who_apply_the_same_file_at_once_apply_it_once(own_database):
    pia = make_user("pia@contoh.example", Role.PREPARER)
    made = stage(make_recruitment(), formation_csv({}), pia)
    answers = []

    def press():
        try:
            formation_import.apply(made, by=pia, at=NOON)
            answers.append("applied")
        except formation_import.NotApplied:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(answers) == ["applied", "refused"]
    assert Formation.objects.count() == 1


def test_two_files_with_new_units_at_once_grow_one_tree(own_database):
    pia = make_user("pia@contoh.example", Role.PREPARER)
    files = [stage(make_recruitment(), formation_csv({}), pia) for _ in range(2)]
    failures = []

    def press(made):
        try:
            formation_import.apply(made, by=pia, at=NOON)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=[made]) for made in files]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert failures == []
    assert Agency.objects.filter(name="Bidang Statistik").count() == 1


def test_the_web_process_may_do_it(own_database):
    pia = make_user("pia@contoh.example", Role.PREPARER)
    recruitment = make_recruitment(published_by=pia)

    with working_as(WEB):
        put(recruitment, formation_csv({}), pia, reason="Daftar pertama")

    assert Formation.objects.count() == 1


def test_the_command_reports_and_applies_only_when_told(recruitment, pia, capsys):
    call_command("import_formations", str(REAL), recruitment=recruitment.slug)
    assert not Formation.objects.exists()

    call_command("import_formations", str(REAL), recruitment=recruitment.slug, apply=True, by=pia.email)

    assert Formation.objects.count() == 360
    assert "799 baris: 360 formasi baru" in capsys.readouterr().out


def test_the_command_names_each_problem_and_stores_nothing(recruitment, pia, tmp_path, capsys):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(formation_csv({"jumlah_formasi": "0"}).getvalue())

    with pytest.raises(CommandError, match="1 masalah"):
        call_command("import_formations", str(bad), recruitment=recruitment.slug, apply=True, by=pia.email)

    assert "baris 2, jumlah_formasi" in capsys.readouterr().err
    assert not FormationImport.objects.exists()


@pytest.fixture
def desk(client, pia):
    client.force_login(enrol(pia))
    return client


def upload(desk, recruitment, file):
    file.name = "formasi.csv"
    return desk.post("/kelola/formasi/impor/baru/", {"recruitment": recruitment.pk, "file": file}, follow=True)


def test_staff_upload_read_the_report_and_apply(desk, recruitment):
    answer = upload(desk, recruitment, formation_csv({}))
    assert answer.status_code == 200
    assert "Analis Data Ahli Pertama" in answer.content.decode() and not Formation.objects.exists()

    answer = desk.post(answer.request["PATH_INFO"], follow=True)

    assert "Diterapkan" in answer.content.decode()
    assert Formation.objects.count() == 1
    assert "formasi.csv" in desk.get("/kelola/formasi/impor/").content.decode()


def test_staff_read_each_problem_of_a_bad_file(desk, recruitment):
    answer = upload(desk, recruitment, formation_csv({"jumlah_formasi": "0"}))

    assert answer.status_code == 422
    assert "Jumlah kebutuhan paling sedikit 1" in answer.content.decode()


def test_staff_are_asked_for_the_reason_once_it_is_published(desk, published):
    page = upload(desk, published, formation_csv({})).request["PATH_INFO"]

    assert desk.post(page).status_code == 422
    assert desk.post(page, {"reason": "Tambahan dari menteri"}).status_code == 302
    assert Revision.objects.get().reason == "Tambahan dari menteri"


def test_others_may_not_import(client, recruitment):
    client.force_login(enrol(make_user("vera@contoh.example", Role.VERIFIER)))

    for page in ("/kelola/formasi/impor/", "/kelola/formasi/impor/baru/"):
        assert client.get(page).status_code == 403


def test_the_list_asks_as_much_for_one_file_as_for_thirty(desk, recruitment, pia, django_assert_max_num_queries):
    stage(recruitment, formation_csv({}), pia)
    for number in range(29):
        stage(recruitment, formation_csv({"formasi_id": f"F-{number}"}), pia)

    with django_assert_max_num_queries(12):
        desk.get("/kelola/formasi/impor/")


def test_one_import_costs_as_many_statements_for_one_row_as_for_the_real_file(recruitment, pia):
    def statements(file) -> int:
        made = stage(recruitment, file, pia)
        with CountStatements() as counted:
            formation_import.apply(made, by=pia, at=NOON)
        return counted.count

    few = statements(formation_csv({}))
    with open(REAL, "rb") as file:
        many = statements(file)

    assert many - few <= 6  # deeper unit trees: one INSERT a level


class CountStatements:
    """How many statements ran on the default connection inside the block."""

    def __enter__(self):
        self.count = 0
        self.block = connection.execute_wrapper(self)
        self.block.__enter__()
        return self

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)

    def __exit__(self, *error):
        self.block.__exit__(*error)
