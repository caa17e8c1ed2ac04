"""What comes with a report is made again from what can be seen, and carries nothing else."""

import io

import pikepdf
import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen import canvas

from oversight.report_files.remake import BadFile, remade

CANARY = "Kenari-Kuning-77"


def a_file(content: bytes) -> io.BytesIO:
    made = io.BytesIO(content)
    made.size = len(content)
    return made


def a_photo(form: str = "JPEG", size=(800, 600)) -> bytes:
    """A photo with the place, author, device and time that a phone writes, and a comment."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 300, 200), fill="red")
    exif = picture.getexif()
    exif[0x013B], exif[0x0110], exif[0x010E] = CANARY, f"Ponsel {CANARY}", CANARY
    exif.get_ifd(0x8825).update({1: "S", 2: (1.0, 36.0, 10.0), 3: "E", 4: (103.0, 36.0, 50.0), 29: CANARY})
    out = io.BytesIO()
    more = {"comment": CANARY.encode()} if form == "JPEG" else {}
    picture.save(out, form, exif=exif, icc_profile=CANARY.encode() * 9, **more)
    return out.getvalue()


def a_pdf(pages: int = 2) -> bytes:
    """A PDF with an author, an attached file and an invisible layer of text."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    sheet.setAuthor(CANARY)
    sheet.setTitle(CANARY)
    for _ in range(pages):
        sheet.setFillColorRGB(1, 0, 0)
        sheet.rect(100, 600, 200, 100, fill=1)
        sheet.showPage()
    sheet.save()
    document = pikepdf.open(out)
    document.attachments["rahasia.txt"] = CANARY.encode()
    done = io.BytesIO()
    document.save(done)
    return done.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_keeps_what_is_seen_and_loses_what_is_written_beside(form):
    content = a_photo(form)
    assert CANARY.encode() in content

    (image,) = remade([a_file(content)])

    seen = Image.open(io.BytesIO(image))
    assert CANARY.encode() not in image and b"Exif" not in image and b"ICC_PROFILE" not in image
    assert (seen.format, seen.size, dict(seen.getexif())) == ("JPEG", (800, 600), {})
    red, green, _blue = seen.getpixel((200, 150))
    assert red > 200 and green < 60, "the picture itself is still there"


def test_a_pdf_becomes_pictures_of_its_pages():
    content = a_pdf()
    assert CANARY.encode() in content or CANARY.encode("utf-16-be") in content

    images = remade([a_file(content)])

    assert len(images) == 2
    for image in images:
        seen = Image.open(io.BytesIO(image))
        assert CANARY.encode() not in image and not image.startswith(b"%PDF")
        red, green, _blue = seen.getpixel((seen.width * 200 // 595, seen.height - seen.height * 650 // 842))
        assert red > 200 and green < 60


def test_a_turned_photo_stands_upright_and_a_huge_one_is_made_smaller():
    picture = Image.new("RGB", (3000, 1500), "white")
    exif = picture.getexif()
    exif[0x0112] = 6
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)

    (image,) = remade([a_file(out.getvalue())])

    assert Image.open(io.BytesIO(image)).size == (1000, 2000)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"x" * 500, "bukan foto"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan foto"),
        (b"\xff\xd8\xff" + b"x" * 500, "tidak dapat dibuka"),
        (b"%PDF-1.7 nothing", "tidak dapat dibuka"),
        (a_pdf(21), "lebih dari 20 halaman"),
    ],
    ids=["zip", "svg", "broken photo", "broken PDF", "long PDF"],
)
def test_what_cannot_be_made_again_is_refused_in_plain_words(content, words):
    with pytest.raises(BadFile, match=words):
        remade([a_file(content)])


def test_a_picture_that_unpacks_to_a_giant_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    with pytest.raises(BadFile, match="tidak dapat dibuka"):
        remade([a_file(out.getvalue())])


def test_too_many_and_too_large_are_refused():
    with pytest.raises(BadFile, match="5 berkas"):
        remade([a_file(b"x")] * 6)
    with pytest.raises(BadFile, match=r"3,5 MB"):
        remade([a_file(b"x" * 2_000_000)] * 2)
