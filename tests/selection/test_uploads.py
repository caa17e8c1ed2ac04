"""Documents: what is taken, and the sentence for each file that is not."""

import io
import zipfile
import zlib
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone
from PIL import Image

from lib.document_checks import check as checks
from lib.document_checks import child
from lib.document_checks.check import BadDocument
from selection.actions import uploads
from selection.actions.application import NotEditable
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


def saved(document, **how) -> bytes:
    target = io.BytesIO()
    document.save(target, **how)
    return target.getvalue()


def with_note(**note) -> bytes:
    """A page with one annotation."""
    document = pikepdf.new()
    document.add_blank_page()
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **note)
    document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])
    return saved(document)


def with_pinned_file() -> bytes:
    """An attachment that hangs on the page, with no type written on it."""
    document = pikepdf.open(io.BytesIO(with_note(Subtype=pikepdf.Name.FileAttachment)))
    held = document.make_stream(b"MZ")
    document.pages[0].Annots[0].FS = pikepdf.Dictionary(F="jahat.exe", EF=pikepdf.Dictionary(F=held))
    return saved(document)


def with_hidden_script(levels: int = 60) -> bytes:
    inside = pikepdf.Dictionary(S=pikepdf.Name.JavaScript)
    for _level in range(levels):
        inside = pikepdf.Dictionary(A=inside)
    return a_pdf(Dalam=inside)


def packed_bomb(*, twice: bool = False) -> bytes:
    """A page of a few kilobytes that unpacks to 300 MB of zeros."""
    document = pikepdf.new()
    document.add_blank_page()
    content = zlib.compress(bytes(300_000_000), 9)
    filters = [pikepdf.Name.FlateDecode]
    if twice:
        content, filters = zlib.compress(content, 9), filters * 2
    stream = pikepdf.Stream(document, content)
    stream.Filter = pikepdf.Array(filters)
    document.pages[0].Contents = document.make_indirect(stream)
    return saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def link_out(kind, **more) -> bytes:
    return with_note(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=kind, **more))


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
    "an attachment on a page": (with_pinned_file(), "program atau lampiran"),
    "a script far inside": (with_hidden_script(), "program atau lampiran"),
    "a site that opens by itself": (
        a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://jahat.example")),
        "program atau lampiran",
    ),
    "a second step after the first page": (
        a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=pikepdf.Dictionary(S=pikepdf.Name.URI))),
        "program atau lampiran",
    ),
    "a file on another computer": (link_out(pikepdf.Name.GoToR, F="\\\\jahat\\x.pdf"), "program atau lampiran"),
    "a form that sends itself": (link_out(pikepdf.Name.SubmitForm, F="https://jahat.example"), "program atau lampiran"),
    "pages that unpack without end": (packed_bomb(), "membesar"),
    "pages packed twice": (packed_bomb(twice=True), "membesar"),
    "an archive before the end": (a_pdf().replace(b"%%EOF", b"%" + a_zip() + b"\n%%EOF"), "lebih dari satu jenis"),
    "a file cut off on its way": (a_pdf(3)[:-60], "rusak"),
    "a password": (locked(), "terkunci sandi"),
    "an owner's password": (locked_for_owner_only(), "terkunci sandi"),
    "half a file": (b"%PDF-1.7\n" + b"x" * 300 + b"\n%%EOF\n", "rusak"),
    "too many pages": (a_pdf(61), "terlalu panjang"),
    "nothing": (b"", "kosong"),
    "too large": (a_pdf() + b"%" * 900_000, "Paling besar 800 KB"),
}
PHOTOS = {
    "a PDF under a photo's name": (a_pdf(), "bukan foto JPG"),
    "a picture of another kind": (b"GIF89a<html><script>alert(1)</script>", "bukan foto JPG"),
    "nothing": (b"", "kosong"),
    "too large": (a_photo() + b"\0" * 900_000, "Paling besar 800 KB"),
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


HONEST = {
    "it opens on its first page": a_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.GoTo, D="awal")),
    "it holds a link that a person may click": link_out(pikepdf.Name.URI, URI="https://contoh.example"),
    "a scanner filled it up": a_pdf() + b"\0" * 512 + b"\r\n",
    "its objects are packed": saved(
        pikepdf.open(io.BytesIO(a_pdf())), object_stream_mode=pikepdf.ObjectStreamMode.generate
    ),
    "it is signed": a_pdf(
        AcroForm=pikepdf.Dictionary(
            SigFlags=3, Fields=[pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=pikepdf.Dictionary(Type=pikepdf.Name.Sig))]
        )
    ),
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_pdf_is_taken_although(case):
    assert checks.check(as_file(HONEST[case]), kind="pdf", max_kb=800).content == HONEST[case]


def a_phones_photo(orientation: int = 6) -> bytes:
    """With the place where it was taken, the phone, a comment, and a script in it."""
    notes = Image.Exif()
    notes[0x0112], notes[0x0110] = orientation, "Ponsel Alya"
    notes.get_ifd(0x8825)[2] = (7.0, 1.0, 2.0)
    target = io.BytesIO()
    Image.new("RGB", (400, 600), (9, 9, 9)).save(target, "JPEG", exif=notes, comment=b"<html onload=alert(1)>")
    return target.getvalue()


def test_a_photo_loses_where_and_with_what_it_was_taken_and_keeps_its_picture():
    photo = a_phones_photo()
    kept = checks.check(as_file(photo), kind="image", max_kb=200).content

    assert b"Ponsel" in photo and b"<html" in photo
    assert b"Ponsel" not in kept and b"<html" not in kept
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(photo)) as before:
        assert dict(after.getexif()) == {0x0112: 6}
        assert after.tobytes() == before.tobytes()


def test_a_photo_without_such_data_is_kept_byte_for_byte():
    assert checks.check(as_file(a_photo()), kind="image", max_kb=200).content == a_photo()


def test_nobody_fills_the_disk(db, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_A_DAY", 3)
    alya = make_user("alya@contoh.example")
    vacancy = Vacancy()
    application = vacancy.draft(alya, nik="9901011505950001")
    now = timezone.now()
    uploads.upload(application, vacancy.letter, as_file(a_pdf(2)), by=alya, at=now)

    with pytest.raises(BadDocument, match="besok"):
        uploads.upload(application, vacancy.letter, as_file(a_pdf(3)), by=alya, at=now)
    uploads.upload(application, vacancy.letter, as_file(a_pdf(3)), by=alya, at=now + timedelta(days=1, hours=1))

    assert application.documents.get(requirement=vacancy.letter, replaced_at=None).pages == 3


def test_without_the_list_of_active_parts_each_of_them_would_be_taken(tmp_path, monkeypatch):
    """The twin."""
    monkeypatch.setattr(child, "ACTIVE", set())
    place = tmp_path / "berkas.pdf"

    for content in (with_attachment(), with_pinned_file(), link_out(pikepdf.Name.GoToR, F="x")):
        place.write_bytes(content)
        assert child.pdf(place) == {"pages": 1}


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
