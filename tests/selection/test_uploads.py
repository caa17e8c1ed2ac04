"""Documents: what is taken, and the sentence for each file that is not."""

import io
import zipfile

import pikepdf
import pytest
from django.utils import timezone

from selection.actions import uploads
from selection.actions.application import NotEditable
from selection.document_checks import check as checks
from selection.document_checks.check import BadDocument
from selection.models import Document
from tests.parts import make_user
from tests.selection.applying import Vacancy, a_pdf, a_photo, as_file


def a_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("jahat.js", "alert(1)")
    return target.getvalue()


def with_script() -> bytes:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    return a_pdf(OpenAction=action)


def with_launch() -> bytes:
    return a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))


def with_attachment() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["jahat.exe"] = b"MZ"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def locked() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    target = io.BytesIO()
    document.save(target, encryption=pikepdf.Encryption(owner="a", user="b"))
    return target.getvalue()


def locked_for_owner_only() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    target = io.BytesIO()
    document.save(target, encryption=pikepdf.Encryption(owner="a", user=""))
    return target.getvalue()


def bomb() -> bytes:
    """A JPEG header that claims 60,000 x 60,000 points."""
    photo = bytearray(a_photo())
    start = photo.index(b"\xff\xc0")
    photo[start + 5 : start + 9] = b"\xea\x60\xea\x60"
    return bytes(photo)


PDFS = {
    "a photo under a PDF's name": (a_photo(), "bukan PDF"),
    "plain text": (b"halo", "bukan PDF"),
    "a web page before the PDF": (b"<html><script>alert(1)</script>" + a_pdf(), "bukan PDF"),
    "an archive behind the PDF": (a_pdf() + a_zip(), "lebih dari satu jenis"),
    "a script behind the PDF": (a_pdf() + b"<script>alert(1)</script>", "lebih dari satu jenis"),
    "a program inside": (with_script(), "program atau lampiran"),
    "a command inside": (with_launch(), "program atau lampiran"),
    "an attachment inside": (with_attachment(), "program atau lampiran"),
    "a password": (locked(), "terkunci sandi"),
    "an owner's password": (locked_for_owner_only(), "terkunci sandi"),
    "half a file": (b"%PDF-1.7\n" + b"x" * 300 + b"\n%%EOF\n", "rusak"),
    "too many pages": (a_pdf(61), "terlalu panjang"),
    "nothing": (b"", "kosong"),
    "too large": (a_pdf() + b"%" * 900_000, "Paling besar 800 KB"),
}
PHOTOS = {
    "a PDF under a photo's name": (a_pdf(), "bukan foto JPG"),
    "a HEIC photo": (b"\0\0\0\x18ftypheic" + b"\0" * 64, "HEIC"),
    "half a photo": (a_photo()[:900], "rusak"),
    "an archive behind the photo": (a_photo() + a_zip(), "lebih dari satu jenis"),
    "a script inside the photo": (a_photo()[:-2] + b"<script>alert(1)</script>\xff\xd9", "lebih dari satu jenis"),
    "more points than memory": (bomb(), "terlalu besar ukurannya"),
    "a stamp": (a_photo(40, 40), "terlalu kecil"),
}


@pytest.mark.parametrize("case", PDFS)
def test_a_bad_pdf_is_refused_with_what_to_do(case):
    content, words = PDFS[case]

    with pytest.raises(BadDocument) as refused:
        checks.check(as_file(content), kind="pdf", max_kb=800)

    assert words in str(refused.value)


@pytest.mark.parametrize("case", PHOTOS)
def test_a_bad_photo_is_refused_with_what_to_do(case):
    content, words = PHOTOS[case]

    with pytest.raises(BadDocument) as refused:
        checks.check(as_file(content), kind="image", max_kb=800)

    assert words in str(refused.value)


def test_a_parser_that_dies_refuses_the_file(tmp_path, monkeypatch):
    killer = tmp_path / "child.py"
    killer.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(checks, "CHILD", str(killer))

    with pytest.raises(BadDocument, match="rusak"):
        checks.check(as_file(a_pdf()), kind="pdf", max_kb=800)


def test_a_good_pdf_is_kept_byte_for_byte(db):
    alya = make_user("alya@contoh.example")
    vacancy = Vacancy()
    application = vacancy.draft(alya, nik="9901011505950001")
    stamped = a_pdf(2)

    document = uploads.upload(
        application, vacancy.letter, as_file(stamped, "Ijazah 3372011505950001.pdf"), by=alya, at=timezone.now()
    )

    with document.file.open("rb") as file:
        assert file.read() == stamped
    assert document.pages == 2
    assert "3372" not in document.file.name


def test_a_new_file_replaces_the_old_one_and_keeps_its_row(db):
    alya = make_user("alya@contoh.example")
    vacancy = Vacancy()
    application = vacancy.draft(alya, nik="9901011505950001")

    uploads.upload(application, vacancy.letter, as_file(a_pdf(3)), by=alya, at=timezone.now())

    rows = Document.objects.filter(application=application, requirement=vacancy.letter)
    assert [one.pages for one in rows.filter(replaced_at=None)] == [3]
    assert rows.filter(replaced_at__isnull=False).count() == 1


def test_nobody_uploads_into_anothers_application(db):
    alya, budi = make_user("alya@contoh.example"), make_user("budi@contoh.example")
    vacancy = Vacancy()
    application = vacancy.draft(alya, nik="9901011505950001")

    with pytest.raises(NotEditable):
        uploads.upload(application, vacancy.letter, as_file(a_pdf()), by=budi, at=timezone.now())
