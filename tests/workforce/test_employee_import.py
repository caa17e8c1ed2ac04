"""Files of employees: a dry run first, all or nothing, by two, and nobody disappears by one."""

import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from tests.parts import DAY, NOON, make_user
from tests.workforce.serving import CITY, a_file, a_nip, a_row
from workforce.actions import employee_import as imports
from workforce.employee_files.rows import Refused
from workforce.models import Appointment, Credential, Employee, EmployeeImport, ProfileChange


@pytest.fixture
def officers(db):
    return make_user("pia@kota.example", Role.PREPARER), make_user("rudi@kota.example", Role.PUBLISHER)


def stage(officers, *rows, at=NOON) -> EmployeeImport:
    return imports.stage_file(a_file(*rows), file_name="pegawai.csv", by=officers[0], at=at)


def take(officers, *rows, at=NOON) -> EmployeeImport:
    return imports.apply(stage(officers, *rows, at=at), by=officers[1], at=at)


def problems(officers, *rows) -> list[tuple]:
    with pytest.raises(Refused) as refused:
        stage(officers, *rows)
    return [(one.row, one.column) for one in refused.value.problems]


def test_a_dry_run_says_what_would_change_and_changes_nothing(officers):
    made = stage(officers, a_row(nama="Siti"), a_row())

    assert made.report["new"] == 2
    assert Employee.objects.count() == 0
    assert [line["verdict"] for line in imports.waiting_lines(made)] == ["new", "new"]


def test_another_person_applies_it_and_everybody_is_in_preview_for_two_weeks(officers):
    nip = a_nip()
    made = stage(officers, a_row(nip=nip, nama="Siti Aminah, S.E.", pendidikan="S-1 Akuntansi | Universitas X | 2009"))

    with pytest.raises(imports.NotApplied, match="sendiri"):
        imports.apply(made, by=officers[0], at=NOON)
    imports.apply(made, by=officers[1], at=NOON)

    siti = Employee.objects.get()
    assert (siti.name, siti.nip, siti.sex, siti.position.name) == ("Siti Aminah, S.E.", nip, "P", "Arsiparis")
    assert siti.preview_until == NOON + 14 * DAY
    assert siti.position.unit.parent.parent.name == CITY
    assert siti.credentials.get().words == "S-1 Akuntansi, Universitas X, 2009"
    with pytest.raises(imports.NotApplied, match="sudah"):
        imports.apply(made, by=officers[1], at=NOON)


def test_no_nip_stays_readable_in_the_database_or_in_the_report(officers):
    nip = a_nip()
    made = stage(officers, a_row(nip=nip))
    with connection.cursor() as cursor:
        cursor.execute("SELECT rows, report::text FROM workforce_employeeimport")
        assert nip not in str(cursor.fetchall())
        assert nip in made.rows, "the waiting file is there, as ciphertext"
        imports.apply(made, by=officers[1], at=NOON)
        cursor.execute("SELECT e::text FROM workforce_employee e")
        assert nip not in str(cursor.fetchall())
        cursor.execute("SELECT rows FROM workforce_employeeimport")
        assert cursor.fetchall() == [(None,)]


BAD = {
    "17 digits": {"nip": "1985030720100420"},
    "no date": {"nip": "198513072010042001"},
    "no month": {"nip": "198503072010212001"},
    "a third sex digit": {"nip": "198503072010043001"},
    "appointed as a child": {"nip": "198503071990042001"},
    "born in the future": {"nip": "203003072050042001"},
    "letters": {"nip": "19850307201004200A"},
}


@pytest.mark.parametrize("what", BAD)
def test_a_nip_that_cannot_be_is_refused_with_its_row_and_never_repeated(officers, what):
    with pytest.raises(Refused) as refused:
        stage(officers, a_row(), a_row(**BAD[what]))

    [problem] = refused.value.problems
    assert (problem.row, problem.column) == (3, "nip")
    assert BAD[what]["nip"] not in problem.words
    assert Employee.objects.count() == EmployeeImport.objects.count() == 0, "all or nothing"


def test_a_pppk_has_no_month_in_the_number(officers):
    take(officers, a_row(nip="198503072023212001", jenis="PPPK"))

    assert Employee.objects.get().kind == "pppk"


def test_every_problem_is_told_with_row_and_column(officers):
    found = problems(
        officers,
        a_row(tmt="kemarin"),
        a_row(jenjang="raja"),
        a_row(nama="=HYPERLINK(1)"),
        a_row(sampai="2020-01-01"),
        a_row(laporan_harta="mungkin"),
        a_row(pendidikan="S-1 | X | dulu"),
        a_row(nomor_keputusan=""),
        a_row(tmt="2999-01-01"),
    )

    assert found == [
        (2, "tmt"), (3, "jenjang"), (4, "nama"), (5, "sampai"), (6, "laporan_harta"), (7, "pendidikan"),
        (8, "nomor_keputusan"), (9, "tmt"),
    ]  # fmt: skip


def test_a_missing_and_a_doubled_column_are_refused(officers):
    with pytest.raises(Refused) as refused:
        imports.stage_file(_raw("nip;nip;nama\n1;1;a\n"), file_name="x.csv", by=officers[0], at=NOON)

    assert {one.column for one in refused.value.problems} >= {"jenis", "unit", "nip"}


def _raw(text: str):
    return io.BytesIO(text.encode())


def test_rows_of_one_person_say_the_same_of_the_person(officers):
    nip = a_nip()

    assert problems(officers, a_row(nip=nip, nama="Siti"), a_row(nip=nip, nama="Sita", tmt="2023-01-02")) == [
        (3, "nama")
    ]


def test_whoever_is_not_in_the_file_stays(officers):
    first, second = a_row(nama="Ada"), a_row(nama="Tetap")
    take(officers, first, second)

    made = stage(officers, first)
    imports.apply(made, by=officers[1], at=NOON)

    assert made.report["absent"] == 1
    assert set(Employee.objects.serving().values_list("name", flat=True)) == {"Ada", "Tetap"}


def test_nobody_leaves_but_by_a_row_that_says_so_and_the_report_counts_them(officers):
    row = a_row(nama="Pergi")
    take(officers, row)

    made = stage(officers, row | {"berhenti": "2026-10-01"})
    imports.apply(made, by=officers[1], at=NOON)

    gone = Employee.objects.get()
    assert made.report["leaving"] == 1
    assert gone.left_on == date(2026, 10, 1)
    assert gone.appointments.get().until == date(2026, 10, 1)
    assert not Employee.objects.shown(NOON + 30 * DAY).exists()


def test_a_new_post_ends_the_old_one_by_the_new_decree(officers):
    nip = a_nip()
    take(officers, a_row(nip=nip, nama="Naik"))

    take(officers, a_row(nip=nip, nama="Naik", jabatan="Arsiparis Muda", tmt="2026-05-01", nomor_keputusan="SK/BARU"))

    old, new = Appointment.objects.order_by("since")
    assert (old.until, old.end_decree) == (date(2026, 4, 30), "SK/BARU")
    assert new.until is None
    assert Employee.objects.get().position.name == "Arsiparis Muda"


def test_history_is_not_rewritten_by_a_file(officers):
    row = a_row(nomor_keputusan="SK/ASLI")
    take(officers, row)

    assert problems(officers, row | {"nomor_keputusan": "SK/LAIN"}) == [(2, "nomor_keputusan")]
    assert Appointment.objects.get().decree == "SK/ASLI"


def test_two_do_not_sit_on_one_structural_seat_unless_the_file_moves_the_first(officers):
    seat = {"jabatan": "Kepala Bidang Simpan", "jenjang": "Administrator", "memimpin_unit": "ya"}
    first = a_row(nama="Lama", **seat)
    take(officers, first)
    second = a_row(nama="Baru", tmt="2026-06-01", **seat)

    assert problems(officers, second) == [(2, "jabatan")]
    take(officers, first | {"sampai": "2026-05-31"}, second)

    assert Employee.objects.get(name="Baru").position.name == "Kepala Bidang Simpan"
    assert Employee.objects.get(name="Lama").position is None


def test_a_file_about_people_who_changed_since_its_report_is_not_applied(officers):
    row = a_row(nama="Dulu")
    take(officers, row)
    made = stage(officers, row | {"golongan": "IV/a"})
    take(officers, row | {"golongan": "III/d"})
    Employee.objects.update(grade="IV/a")

    with pytest.raises(imports.NotApplied, match="berubah"):
        imports.apply(made, by=officers[1], at=NOON)


def test_a_new_name_is_a_line_in_the_history(officers):
    row = a_row(nama="Siti")
    take(officers, row)

    take(officers, row | {"nama": "Siti Aminah"})

    change = ProfileChange.objects.get()
    assert (change.key, change.old, change.new) == ("name", "Siti", "Siti Aminah")


def test_the_same_file_twice_changes_nothing(officers):
    rows = [a_row(pendidikan="S-1 | X | 2001; SMA | Y | 1997", sertifikat="Ahli"), a_row()]
    take(officers, *rows)

    made = stage(officers, *rows)

    assert (made.report["new"], made.report["changed"], made.report["same"]) == (0, 0, 2)
    assert Credential.objects.count() == 3


def test_the_waiting_file_holds_what_it_says(officers):
    made = stage(officers, a_row(nama="Isi"))

    assert [one["name"] for one in json.loads(made.rows)["people"]] == ["Isi"]


def test_a_long_file_costs_as_many_queries_as_a_short_one(officers):
    counts = []
    for people in (20, 400):
        rows = (a_row(nip=f"198503072010042{n:03d}", nama=f"Nama {n}") for n in range(people - 20, 2 * people - 20))
        made = stage(officers, *rows)
        with CaptureQueriesContext(connection) as seen:
            imports.apply(made, by=officers[1], at=NOON)
        counts.append(len(seen))

    assert Employee.objects.count() == 420
    assert counts[1] <= counts[0] + 2, counts
