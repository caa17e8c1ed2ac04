"""What a PDF says about its signatures, and the sentence for each file that is not taken."""

import io

import pikepdf
import pytest

from lib.document_checks import child
from lib.document_checks.check import SIGNED, BadDocument, check
from tests.selection.applying import a_pdf
from tests.selection.signed_outside import signed, unsigned

LARGEST_KB = 1024


def found(content: bytes):
    return check(io.BytesIO(content), kind=SIGNED, max_kb=LARGEST_KB)


def test_a_signed_pdf_is_taken_byte_for_byte_with_the_name_in_its_certificate():
    content = signed("Dra. Sari Uji, M.Si.")

    checked = found(content)

    assert checked.content == content
    assert checked.pages == 1
    assert checked.signatures == ({"name": "Dra. Sari Uji, M.Si.", "time": False, "whole": True, "fits": True},)


def with_script() -> bytes:
    document = unsigned()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    return signed(document=document)


def with_attachment() -> bytes:
    document = unsigned()
    document.attachments["lain.xlsx"] = b"PK"
    return signed(document=document)


def added_to() -> bytes:
    return signed() + b"\n% ditambah\n%%EOF\n"


def rewritten() -> bytes:
    return signed(words="Lulus: Ani").replace(b"Ani", b"Edi", 1)


def with_another_range() -> bytes:
    """A range that leaves out more than the signature: what stands there nobody signed."""
    content = signed()
    start = content.index(b"/ByteRange [ 0 ") + len(b"/ByteRange [ 0 ")
    number = content[start : content.index(b" ", start)]
    return content.replace(b"[ 0 " + number, b"[ 0 " + str(int(number) - 9).encode().rjust(len(number)), 1)


def saved_again() -> bytes:
    with pikepdf.open(io.BytesIO(signed())) as document:
        target = io.BytesIO()
        document.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"PK\x03\x04 bukan", "bukan PDF"),
        (a_pdf(), "belum ditandatangani"),
        (with_script(), "program atau lampiran"),
        (with_attachment(), "program atau lampiran"),
        (added_to(), "diubah sesudah ditandatangani"),
        (rewritten(), "bukan lagi yang ditandatangani"),
        (with_another_range(), "bukan lagi yang ditandatangani"),
        (saved_again(), "bukan lagi yang ditandatangani"),
        (signed() + b"\0" * (LARGEST_KB * 1024), "Paling besar"),
    ],
    ids=[
        "empty",
        "no PDF",
        "unsigned",
        "script",
        "attachment",
        "added to",
        "rewritten",
        "range",
        "saved again",
        "large",
    ],
)
def test_a_file_that_is_not_as_somebody_signed_it_is_refused_in_words(content, words):
    with pytest.raises(BadDocument, match=words):
        found(content)


def test_a_time_stamp_alone_is_nobodys_signature():
    with pytest.raises(BadDocument, match="belum ditandatangani"):
        found(signed(kind="/ETSI.RFC3161"))


def test_a_letter_may_be_longer_than_a_document_of_an_applicant():
    document = pikepdf.new()
    for _page in range(child.MOST_PAGES + 1):
        document.add_blank_page()

    assert found(signed(document=document)).pages == child.MOST_PAGES + 1


def test_a_name_that_cannot_be_read_is_no_name():
    content = signed()
    start = content.index(b"/Contents <") + len(b"/Contents <")
    broken = content[:start] + b"3001" + content[start + 4 :]

    assert found(broken).signatures[0]["name"] == ""
