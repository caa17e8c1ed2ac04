"""Handed-over tables: read with bounded memory, refused with a sentence, and nothing of them left behind."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from lib.table_files import reader, xlsx_child
from tests.lib.workbooks import MAIN, row, sheet, workbook

HEAD = row("No Peserta", "TWK", "TIU", "TKP")
MIB = 1024 * 1024
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{LAUGHS}]>'


def read(file, most: int = 200_000) -> list[list[str]]:
    with reader.kept(file, max_bytes=100 * MIB) as (kept, _digest), reader.rows(kept, max_xlsx_rows=most) as rows:
        return list(rows)


def refused(file, most: int = 200_000) -> str:
    with pytest.raises(reader.Unreadable) as error:
        read(file, most)
    return str(error.value)


def peak_of_child(file, folder: Path) -> int:
    """The most memory, in bytes, that reading `file` takes; asked of a small process, whose size would count too."""
    (folder / "book.xlsx").write_bytes(file.read())
    file.seek(0)
    program = """
import resource, subprocess, sys
with open(sys.argv[2], "rb") as source, open(sys.argv[2] + ".csv", "wb") as target:
    fds = source.fileno(), target.fileno()
    subprocess.run([sys.executable, sys.argv[1], *map(str, fds), "200000"], pass_fds=fds, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
    command = [sys.executable, "-c", program, str(reader.CHILD), str(folder / "book.xlsx")]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def entity(target: str) -> str:
    return f'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "{target}">]>'


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.1:9/x", "file:///proc/self/environ"])
def test_a_workbook_cannot_make_the_portal_read_other_files(target):
    file = workbook(sheet(HEAD + row("1", "&x;"), start=entity(target)))

    assert "batas yang aman" in refused(file)


def test_an_entity_in_the_shared_strings_is_refused_as_well():
    strings = f'<?xml version="1.0"?>{entity("file:///etc/passwd")}<sst xmlns="{MAIN}"><si><t>&x;</t></si></sst>'

    assert "batas yang aman" in refused(workbook(sheet(HEAD), strings=strings))


def test_entities_that_grow_are_refused():
    assert "batas yang aman" in refused(workbook(sheet(HEAD + row("1", "&l9;"), start=LAUGHS)))


def test_what_a_workbook_claims_about_its_size_is_not_believed():
    claimed = workbook(sheet(HEAD + row("A1", 1, 2, 3), dimension="A1:XFD1048576"))

    assert read(claimed) == [["No Peserta", "TWK", "TIU", "TKP"], ["A1", "1", "2", "3"]]


def test_a_long_text_repeated_in_every_cell_fills_no_disk():
    strings = f'<?xml version="1.0"?><sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    cells = "<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"

    assert "batas yang aman" in refused(workbook(sheet(HEAD + cells * 400), strings=strings))


def test_texts_that_grow_in_memory_do_not_fill_it(tmp_path):
    strings = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{("<si><t>😀" + "x" * 1_000 + "</t></si>") * 180_000}</sst>'
    file = workbook(sheet(HEAD), strings=strings)

    assert peak_of_child(file, tmp_path) < 540 * MIB
    assert "batas yang aman" in refused(file)


def test_a_file_that_unpacks_to_too_much_is_refused_by_its_directory():
    assert "terlalu besar setelah dibuka" in refused(workbook(sheet(HEAD), more={"xl/media/nol": b"0" * (201 * MIB)}))


def test_a_directory_of_millions_of_files_is_not_read_by_the_portal(monkeypatch):
    monkeypatch.setattr(reader, "XLSX_PACKED", MIB)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for number in range(20_000):
            made.writestr(f"xl/worksheets/{number}.xml", "")
    archive.seek(0)

    assert "terlalu besar" in refused(archive)


def test_an_archive_that_is_no_workbook_is_refused():
    inner = workbook(sheet(HEAD)).getvalue()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("nilai.xlsx", inner)
    archive.seek(0)

    assert "bukan lembar kerja" in refused(archive)


def book(**sheets) -> io.BytesIO:
    made = Workbook()
    made.remove(made.active)
    for name, (rows, state) in sheets.items():
        one = made.create_sheet(name)
        one.sheet_state = state
        for cells in rows:
            one.append(cells)
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def test_of_two_filled_sheets_none_is_taken():
    assert "satu lembar" in refused(book(A=([["a"]], "visible"), B=([["b"]], "visible")))


def test_a_hidden_sheet_before_the_list_is_not_read_in_its_place():
    assert read(book(A=([["rahasia"]], "hidden"), B=([["b"]], "visible"), C=([], "visible"))) == [["b"]]


def test_a_number_longer_than_spreadsheets_keep_stays_unknown():
    assert read(workbook(sheet(row("No Peserta") + "<row><c><v>2.4440000000000001E+16</v></c></row>")))[1] != [
        "24440000000000001"
    ]


def many(rows: int) -> io.BytesIO:
    body = HEAD + "".join(row(number, 65, 80, 166) for number in range(rows)) + "<row/>" * 50
    return workbook(sheet(body, dimension=f"A1:D{rows + 1}"))


def test_two_hundred_thousand_rows_of_a_workbook_are_read_in_a_small_child(tmp_path):
    file = many(200_000)

    rows = read(file)

    assert len(rows) == 200_001 and rows[-1] == ["199999", "65", "80", "166"]
    file.seek(0)
    assert peak_of_child(file, tmp_path) < 120 * MIB


def test_one_row_more_is_refused_with_the_number_in_words():
    assert "paling banyak 200.000 baris" in refused(many(200_001))


def test_the_child_gets_no_secret_and_no_more_than_its_share(tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    spy = f"""import os, resource, sys
sys.path.insert(0, {str(Path(reader.CHILD).parent)!r})
import xlsx_child
xlsx_child.limit()
print(sorted(os.environ), resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU),
      resource.getrlimit(resource.RLIMIT_FSIZE), file=open({str(seen)!r}, "w"))"""
    program = tmp_path / "spy.py"
    program.write_text(spy)
    monkeypatch.setattr(reader, "CHILD", program)

    read(workbook(sheet(HEAD)))

    words = seen.read_text()
    assert "SECRET_KEY" in os.environ and "SECRET_KEY" not in words and "DATABASE_URL" not in words
    assert str(xlsx_child.MEMORY) in words and str(xlsx_child.SECONDS) in words and str(xlsx_child.WRITTEN) in words


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        (b"a,b\n1,2\n3,\0004\n", 3, "bukan berkas CSV"),
        ("a,b\n1,2\n3,é\n".encode("latin-1"), 3, "UTF-8"),
        (("a,b\n" + "1,2\n" * 9_000).encode() + b"3,\xff\n", 9_002, "UTF-8"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "Tanda kutip"),
        (b'a,b\n1,2\n3,"4"5\n', 3, "Tanda kutip"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row(content, row, words):
    with pytest.raises(reader.Unreadable, match=words) as error:
        read(io.BytesIO(content))

    assert error.value.row == row


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_usual_delimiters_are_known(delimiter):
    assert read(io.BytesIO(f"No Peserta{delimiter}TWK\n1{delimiter}2\n".encode())) == [
        ["No Peserta", "TWK"],
        ["1", "2"],
    ]


def test_a_killed_process_leaves_nothing_of_the_list_on_the_disk(tmp_path):
    program = """
import io, os, signal, sys
sys.path.insert(0, sys.argv[1])
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import django
django.setup()
from lib.table_files import reader
with reader.kept(io.BytesIO(b"No Peserta,TWK\\n2444,65\\n" * 9999), max_bytes=1 << 30) as (kept, digest):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).resolve().parents[2]

    done = subprocess.run([sys.executable, "-c", program, str(root)], env=os.environ | {"TMPDIR": str(tmp_path)})

    assert done.returncode == -9
    assert list(tmp_path.iterdir()) == []
