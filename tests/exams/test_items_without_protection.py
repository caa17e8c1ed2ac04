"""The twins of what keeps secret items secret and whole: each protection taken out, and the loss is there."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exams import forms, item_rows
from exams.actions import item_files
from exams.models import ItemImport
from exams.views import bank, exam
from lib import uploads
from lib.table_files import reader
from tests.exams.local_room import Hall
from tests.exams.sitting_down import rewritten
from tests.exams.test_bank import (
    Desk,
    a_file,
    a_row,
    eight_options_and_one_with_a_picture,
    form,
    read_again,
    revised,
    seven_options_and_a_picture,
)  # fmt: skip
from tests.exams.test_qti import CHOICE, package
from tests.exams.test_taking_a_test import sitting_of, start, with_a_picture


class Written(Exception):
    """Something was about to be written to a disk."""


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def no_disk(monkeypatch):
    """Whoever wants a temporary file stops the test."""

    def refuse(*args, **kwargs):
        raise Written

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", refuse)
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)


def a_large_package() -> bytes:
    """A package of one item that is above the size at which Django writes an upload to a disk."""
    inside = package(CHOICE, gambar__bin=random.Random(1).randbytes(1_500_000))
    assert len(inside) > 1_048_576
    return inside


def send(desk, inside: bytes, name: str = "soal.zip"):
    sent = {"file": SimpleUploadedFile(name, inside), "free": "", "component": "tiu", "topic": "uji"}
    return desk.browser(desk.wina).post(reverse("item_import_new"), sent)


def workbook_of_items() -> bytes:
    from openpyxl import Workbook

    made, target = Workbook(), io.BytesIO()
    made.active.append(item_rows.COLUMNS)
    made.active.append([a_row().get(name, "") for name in item_rows.COLUMNS])
    made.save(target)
    return target.getvalue()


def table_of_items() -> bytes:
    return a_file(a_row()).read()


@pytest.mark.parametrize("written", [a_large_package, table_of_items, workbook_of_items])
def test_a_file_of_secret_items_is_never_written_to_a_disk(desk, written, request):
    inside = written()
    request.getfixturevalue("no_disk")

    assert send(desk, inside).status_code == 302
    assert (ItemImport.objects.get().rows, ItemImport.objects.get().problems) == (1, [])


def test_with_the_usual_upload_a_large_package_would_be_written_to_a_disk(desk, monkeypatch, no_disk):
    monkeypatch.setattr(uploads, "InMemory", lambda request, most: request.upload_handlers[1])

    with pytest.raises(Written):
        send(desk, a_large_package())


def test_a_reader_that_keeps_files_on_the_disk_would_write_every_one(desk, monkeypatch, no_disk):
    monkeypatch.setattr(reader, "_nameless", rewritten(reader, "_nameless", ("if in_memory", "if False")))

    with pytest.raises(Written):
        send(desk, table_of_items())


def test_a_file_that_is_too_large_is_refused_with_words_and_not_kept_in_memory(desk, no_disk, monkeypatch):
    kept = []
    complete = uploads.InMemory.file_complete
    monkeypatch.setattr(
        uploads.InMemory, "file_complete",
        lambda self, size: (kept.append((self.file.getbuffer().nbytes, size)), complete(self, size))[1],
    )  # fmt: skip
    answer = send(desk, b"kode," * 1_200_000, "soal.csv")

    assert answer.status_code == 422 and "lebih besar dari 5" in answer.text
    assert kept == [(item_files.MOST_BYTES, 6_000_000)]
    assert not ItemImport.objects.exists()


def test_a_picture_of_a_secret_item_is_not_written_to_a_disk_either(desk, no_disk):
    large = SimpleUploadedFile("g.png", bytes(2_000_000))

    answer = desk.browser(desk.wina).post(reverse("item_new"), form(image=large, image_alt="Bidang"))

    assert answer.status_code == 422 and "Perkecil gambar" in answer.text


@pytest.mark.parametrize("name", ["item_new", "item_import_new"])
def test_a_form_from_elsewhere_brings_no_item(desk, name):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.wina, backend="django.contrib.auth.backends.ModelBackend")

    assert strict.post(reverse(name), form()).status_code == 403


def test_a_picture_that_only_asked_whose_test_it_is_would_be_fetched_after_the_end(db):
    hall = Hall().open()
    browser = start(hall)
    address = with_a_picture(sitting_of(hall))
    browser.post(reverse("exam_finish"))
    refused = browser.get(address)
    assert refused.url == reverse("exam_result")

    unguarded = rewritten(exam, "exam_image", ("@while_running", "@of_own_sitting"))

    assert unguarded(refused.wsgi_request, n=1).headers["Content-Type"] == "image/png"


def test_a_table_of_five_options_would_lose_the_others(desk, monkeypatch):
    long = eight_options_and_one_with_a_picture(desk, "ac")
    narrow = rewritten(
        item_files, "_table", ("*(item_rows.MORE if longest else [])]", '], extrasaction="ignore"')
    )  # fmt: skip
    monkeypatch.setattr(item_files, "_table", narrow)

    table = item_files.export(free=False, component="", by=desk.raka, at=desk.now)

    assert len(read_again(desk, table)["options"]) == 5 < len(long["options"])


def test_a_reader_of_five_options_would_lose_the_others(desk, monkeypatch):
    eight_options_and_one_with_a_picture(desk, "ac")
    table = item_files.export(free=False, component="", by=desk.raka, at=desk.now)
    narrow = rewritten(item_rows, "_content", ("in content.KEYS if", "in OPTIONS if"))
    monkeypatch.setattr(item_rows, "_content", narrow)

    assert len(read_again(desk, table)["options"]) == 5


def test_a_table_of_everything_would_give_out_an_item_without_its_picture(desk, monkeypatch):
    eight_options_and_one_with_a_picture(desk)
    careless = rewritten(item_files, "export", ("if not package:", "if False:"))

    assert b"gambar-1" in careless(free=False, component="", by=desk.raka, at=desk.now)


def test_a_form_that_knew_no_earlier_version_would_drop_its_picture_and_options(desk, monkeypatch):
    body = seven_options_and_a_picture(desk)
    forgetful = rewritten(
        forms, "ItemForm", ('(None if given.get("image_gone") else self.picture)', "None"),
        ('content.KEYS[: max(len(item_rows.OPTIONS), len(old.get("options", [])))]', "item_rows.OPTIONS"),
    )  # fmt: skip
    monkeypatch.setattr(bank, "ItemForm", forgetful)

    lost = revised(desk)

    assert "image" not in lost and len(lost["options"]) == 5 < len(body["options"])
