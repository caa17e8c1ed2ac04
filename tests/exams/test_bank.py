"""The item bank: written by one, looked at by two others, kept from everybody else, encrypted where it lies."""

import csv
import io
import json
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from exams import content, item_rows
from exams.actions import item_files, items, keeping
from exams.actions import sitting as sittings
from exams.models import Item, ItemExport, ItemImport, ItemVersion
from ledger.models import Pending
from portal.grants import KEEPER, TEAM, WORK
from tests.exams.sitting_down import a_format, single, without_trigger
from tests.parts import DAY, enrol, make_user
from tests.roles import working_as
from tests.selection.applying import a_photo

BACKEND = "django.contrib.auth.backends.ModelBackend"
WORDS = "Siapa penjaga mercusuar rahasia"


class Desk:
    """Wina writes, Raka and Rini review, Pia prepares announcements and has nothing to do with items."""

    def __init__(self):
        self.now = timezone.now()
        self.wina = enrol(make_user("wina@soal.example", Role.ITEM_WRITER))
        self.raka = enrol(make_user("raka@soal.example", Role.ITEM_REVIEWER))
        self.rini = enrol(make_user("rini@soal.example", Role.ITEM_REVIEWER))
        self.pia = enrol(make_user("pia@soal.example", Role.PREPARER))

    def secret(self, code: str = "teknis-1", **more) -> ItemVersion:
        values = {"component": "teknis", "topic": "uji", "free": False, "content": single(WORDS)} | more
        return items.write(code=code, by=self.wina, at=self.now, **values)

    def in_force(self, version: ItemVersion) -> ItemVersion:
        items.approve(version, by=self.raka, at=self.now)
        return items.approve(version, by=self.rini, at=self.now)

    @staticmethod
    def browser(user) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client


@pytest.fixture
def desk(db):
    return Desk()


def form(**more) -> dict:
    return {
        "code": "teknis-9", "component": "teknis", "topic": "uji", "free": "", "kind": "single", "stem": WORDS,
        "a": "Satu", "b": "Dua", "c": "Tiga", "right": "b", "explanation": "Karena begitu.",
    } | more  # fmt: skip


def test_an_item_is_used_after_two_others_looked_at_it(desk):
    made = desk.secret()

    once = items.approve(made, by=desk.raka, at=desk.now)
    assert once.in_force_at is None and not ItemVersion.objects.in_force().exists()
    with pytest.raises(items.NotYours):
        items.approve(made, by=desk.raka, at=desk.now)
    items.approve(made, by=desk.rini, at=desk.now)

    assert ItemVersion.objects.in_force().get() == made
    with pytest.raises(items.NotNow):
        items.approve(made, by=desk.pia, at=desk.now)


def test_whoever_wrote_it_judges_it_neither_by_the_action_nor_by_the_database(desk):
    made = desk.secret()
    for judge in (items.approve, lambda *args, **more: items.send_back(*args, because="x", **more)):
        with pytest.raises(items.NotYours):
            judge(made, by=desk.wina, at=desk.now)
    row = ItemVersion.objects.filter(pk=made.pk)
    for change in (
        {"first_by": desk.wina},
        {"first_by": desk.raka, "second_by": desk.wina},
        {"first_by": desk.raka, "second_by": desk.raka},
        {"second_by": desk.rini},
        {"in_force_at": desk.now},
        {"first_by": desk.raka, "in_force_at": desk.now},
        {"returned_by": desk.wina, "returned_at": desk.now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)


def test_without_the_constraint_one_person_would_do(desk):
    """The twin: what the constraints are for."""
    made = desk.secret()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in ("item_first_review_by_another", "item_second_review_by_a_third"):
            cursor.execute(f"ALTER TABLE exams_itemversion DROP CONSTRAINT {name}")

    ItemVersion.objects.filter(pk=made.pk).update(
        first_by=desk.wina, second_by=desk.wina, second_at=desk.now, in_force_at=desk.now
    )

    assert ItemVersion.objects.in_force().get() == made


def test_words_are_written_once_and_a_change_is_a_version_that_waits(desk):
    first = desk.in_force(desk.secret())
    for change in ({"sealed": json.dumps(single("Lain"))}, {"number": 7}, {"in_force_at": None}):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            ItemVersion.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(DatabaseError, match="stays what it is"), transaction.atomic():
        Item.objects.update(free=True)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM exams_itemversion")

    second = items.revise(first.item, content=single("Pertanyaan lain"), by=desk.wina, at=desk.now)

    assert ItemVersion.objects.in_force().get() == first
    desk.in_force(second)
    assert ItemVersion.objects.in_force().get() == second


def test_what_was_sent_back_or_replaced_is_not_approved_any_more(desk):
    made = desk.secret()
    items.send_back(made, because="Kunci keliru.", by=desk.raka, at=desk.now)
    with pytest.raises(items.NotNow):
        items.approve(made, by=desk.rini, at=desk.now)

    again = items.revise(made.item, content=single("Diperbaiki"), by=desk.wina, at=desk.now)
    items.revise(made.item, content=single("Sekali lagi"), by=desk.wina, at=desk.now)
    with pytest.raises(items.NotNow):
        items.approve(again, by=desk.rini, at=desk.now)


def test_a_retired_item_is_not_drawn_and_not_revived(desk):
    made = desk.in_force(desk.secret())
    items.retire(made.item, reason="Bocor.", by=desk.raka, at=desk.now)

    assert not ItemVersion.objects.in_force().exists()
    with pytest.raises(items.NotNow):
        items.revise(made.item, content=single("Lain lagi"), by=desk.wina, at=desk.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Item.objects.update(retired_at=None, retired_by=None, retire_reason="")


def test_the_words_of_a_secret_item_lie_encrypted_and_nowhere_else(desk, caplog):
    caplog.set_level(logging.DEBUG)
    made = desk.in_force(desk.secret())
    desk.browser(desk.raka).get(reverse("item_detail", args=[made.item.code]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(v)::text FROM exams_itemversion v")
        stored = cursor.fetchone()[0]

    assert made.content["stem"] == WORDS
    assert WORDS not in stored and "mercusuar" not in stored
    assert "mercusuar" not in caplog.text
    assert not Pending.objects.filter(kind__startswith="item").exists()
    with pytest.raises(DatabaseError, match="encrypted"), transaction.atomic():
        ItemVersion.objects.create(item=made.item, number=9, body=single("Terbuka"), author=desk.wina, made_at=desk.now)
    with without_trigger("exams_itemversion", "item_version_sealed_if_secret"):  # the twin
        open_ = ItemVersion.objects.create(
            item=made.item, number=9, body=single("Terbuka"), author=desk.wina, made_at=desk.now
        )
    assert open_.body["stem"] == "Terbuka"


def test_an_error_of_the_database_tells_no_words_of_a_secret_item(desk):
    """Failing rows are quoted in messages and logs: what is quoted is ciphertext."""
    made = desk.secret()

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ItemVersion.objects.create(
            item=made.item, number=2, sealed=json.dumps(single(WORDS)), author=desk.wina, made_at=desk.now,
            first_by=desk.wina,
        )  # fmt: skip

    assert "mercusuar" not in str(error.value)


def test_a_secret_item_is_never_drawn_for_practice(desk):
    desk.in_force(desk.secret())

    with pytest.raises(sittings.TooFewItems):
        sittings.begin(a_format(teknis=1), key="k", at=desk.now)


@pytest.mark.parametrize("role", ["pia", "root", "anonymous", "overseer"])
def test_nobody_else_reads_the_bank(desk, role):
    made = desk.secret()
    client = Client()
    if role != "anonymous":
        who = (
            desk.pia
            if role == "pia"
            else enrol(make_user(f"{role}@soal.example", *([Role.OVERSEER] if role == "overseer" else [])))
        )
        if role == "root":
            who.is_staff = who.is_superuser = who.requires_second_factor = True
            who.save()
        client.force_login(who, backend=BACKEND)

    for name, arguments in (("item_list", []), ("item_new", []), ("item_detail", [made.item.code]),
                            ("item_edit", [made.item.code]), ("item_import_new", []), ("item_export_list", [])):  # fmt: skip
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code in (302, 403, 404) and b"mercusuar" not in answer.content
    assert client.post(reverse("item_export"), {"untuk": "rahasia"}).status_code in (302, 403)
    assert not ItemExport.objects.exists()


def test_a_writer_writes_and_a_reviewer_judges_on_the_pages(desk):
    wina, raka = desk.browser(desk.wina), desk.browser(desk.raka)
    assert raka.get(reverse("item_new")).status_code == 403
    assert wina.post(reverse("item_new"), form(right="f")).status_code == 422
    answer = wina.post(reverse("item_new"), form())
    detail = reverse("item_detail", args=["teknis-9"])
    assert answer.url == detail
    assert wina.post(reverse("item_new"), form()).status_code == 422  # the code is taken
    wina.post(detail, {"do": "approve", "version": "1"})
    assert ItemVersion.objects.get().first_by is None

    raka.post(detail, {"do": "approve", "version": "1"})
    raka.post(detail, {"do": "approve", "version": "1"})
    desk.browser(desk.rini).post(detail, {"do": "approve", "version": "1"})

    version = ItemVersion.objects.get()
    assert (version.first_by, version.second_by) == (desk.raka, desk.rini) and version.in_force_at
    wina.post(reverse("item_edit", args=["teknis-9"]), form(stem="Pertanyaan yang baru"))
    assert ItemVersion.objects.latest("number").content["stem"] == "Pertanyaan yang baru"
    assert raka.post(detail, {"do": "return", "version": "2", "reason": ""}).status_code == 422
    raka.post(detail, {"do": "return", "version": "2", "reason": "Terlalu panjang."})
    assert "Terlalu panjang." in wina.get(detail).content.decode()
    raka.post(detail, {"do": "retire", "reason": "Sudah usang."})
    assert Item.objects.get().retired_at


def test_a_picture_is_drawn_anew_and_needs_words(desk):
    wina = desk.browser(desk.wina)
    picture = a_photo(40, 40)

    def upload(inside: bytes, **more):
        return wina.post(reverse("item_new"), form(image=SimpleUploadedFile("g.jpg", inside), **more))

    assert upload(picture).status_code == 422  # says nothing to whoever does not see it
    assert upload(b"<svg onload=alert(1)>", image_alt="Gambar").status_code == 422
    assert upload(picture[: len(picture) // 2], image_alt="Gambar").status_code == 422
    assert upload(picture + b"secret-comment", image_alt="Bidang merah").status_code == 302
    image = ItemVersion.objects.get().content["image"]
    assert image["type"] == "image/png" and image["alt"] == "Bidang merah"
    assert b"secret-comment" not in content.base64.b64decode(image["data"])


def seven_options_and_a_picture(desk) -> dict:
    """The content of an item that has both."""
    picture = SimpleUploadedFile("g.jpg", a_photo(40, 40))
    desk.browser(desk.wina).post(reverse("item_new"), form(image=picture, image_alt="Bidang merah"))
    item = Item.objects.get()
    body = single(WORDS) | {"options": [{"key": key, "text": f"Ke-{key}"} for key in "abcdefg"]}
    body["image"] = item.versions.first().content["image"]
    return items.revise(item, content=body, by=desk.wina, at=desk.now).content


def revised(desk, **more) -> dict:
    """The content after its writer has sent the form as it stands, with other words and `more`."""
    wina, edit = desk.browser(desk.wina), reverse("item_edit", args=["teknis-9"])
    shown = wina.get(edit).context["form"]
    sent = {name: value for name, value in shown.initial.items() if name in shown.fields}
    assert wina.post(edit, sent | {"stem": "Kata-kata lain?"} | more).status_code == 302
    return Item.objects.get().versions.first().content


def test_another_version_keeps_its_picture_and_all_its_options_unless_somebody_drops_them(desk):
    body = seven_options_and_a_picture(desk)
    picture = body["image"]

    kept = revised(desk)
    assert (kept["options"], kept["image"]) == (body["options"], picture)
    assert revised(desk, image_alt="Bidang biru")["image"] == picture | {"alt": "Bidang biru"}
    assert revised(desk, image=SimpleUploadedFile("g.jpg", a_photo(20, 20)))["image"]["data"] != picture["data"]
    assert "image" not in revised(desk, image_gone="on")


def a_file(*rows: dict, name: str = "soal.csv") -> SimpleUploadedFile:
    target = io.StringIO()
    writer = csv.DictWriter(target, item_rows.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, target.getvalue().encode())


def a_row(code: str = "impor-1", **more) -> dict:
    return {"kode": code, "komponen": "tiu", "pokok": "uji", "jenis": "single", "soal": WORDS, "a": "1", "b": "2",
            "kunci": "a", "pembahasan": "Karena satu."} | more  # fmt: skip


def test_a_file_is_read_with_a_report_and_then_applied_as_a_whole(desk):
    wina = desk.browser(desk.wina)
    rows = [
        a_row(),
        a_row("impor-2", jenis="weighted", komponen="tkp", kunci="", nilai_a="5", nilai_b="1"),
        a_row("impor-3", jenis="several", kunci="a,b"),
        a_row("impor-4", jenis="short", a="", b="", kunci="12|dua belas"),
    ]
    answer = wina.post(reverse("item_import_new"), {"file": a_file(*rows), "free": ""})
    assert not Item.objects.exists()
    made = ItemImport.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(v)::text FROM exams_itemimport v")
        assert "mercusuar" not in cursor.fetchone()[0]
    assert "Masukkan 4 soal" in wina.get(answer.url).content.decode()

    wina.post(answer.url)

    made.refresh_from_db()
    assert made.applied_at and made.sealed is None
    assert [version.content["kind"] for version in ItemVersion.objects.order_by("item__code")] == [
        "single", "weighted", "several", "short",
    ]  # fmt: skip
    assert not ItemVersion.objects.in_force().exists()
    wina.post(answer.url)
    assert Item.objects.count() == 4


def test_the_report_names_row_column_and_what_to_do_and_nothing_is_kept(desk):
    desk.secret("ada-1")
    rows = [
        a_row("ada-1"), a_row("x!"), a_row("a-1", komponen="zzz"), a_row("a-2", kunci="e"), a_row("a-3", soal=""),
        a_row("a-4", jenis="weighted", nilai_a="9"), a_row("a-5"), a_row("a-5"), a_row("a-6", b="", c="3"),
    ]  # fmt: skip

    made = item_files.stage(a_file(*rows), free=False, by=desk.wina, at=desk.now)

    found = [(one["row"], one["field"]) for one in made.problems]
    assert found == [
        (2, "kode"), (3, "kode"), (4, "komponen"), (5, "kunci"), (6, "soal"), (7, "nilai_a"), (7, "nilai_b"),
        (9, "kode"), (10, "a–e"),
    ]  # fmt: skip
    assert all(one["words"] for one in made.problems)
    assert made.sealed is None and "mercusuar" not in json.dumps(made.problems)
    with pytest.raises(item_files.NotApplied):
        item_files.apply(made, by=desk.wina, at=desk.now)
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    "inside", [b"", b"\x00\x01", b"kode\nx\n", b'kode,"\n', "kode,soal\n\xff".encode("latin-1"), b"PK\x03\x04rusak"]
)
def test_a_damaged_file_is_refused_with_words_and_leaves_nothing(desk, inside):
    answer = desk.browser(desk.wina).post(
        reverse("item_import_new"), {"file": SimpleUploadedFile("s.csv", inside), "free": ""}, follow=True
    )

    assert answer.status_code in (200, 422)
    assert not Item.objects.exists() and not ItemImport.objects.exclude(sealed=None).exists()


def test_what_waits_too_long_is_taken_away(desk):
    made = item_files.stage(a_file(a_row()), free=False, by=desk.wina, at=desk.now)
    keeping.keep(desk.now + 2 * DAY)

    with pytest.raises(item_files.NotApplied):
        item_files.apply(made, by=desk.wina, at=desk.now + 2 * DAY)


def test_another_writer_does_not_see_my_file(desk):
    made = item_files.stage(a_file(a_row()), free=False, by=desk.wina, at=desk.now)
    other = enrol(make_user("lain@soal.example", Role.ITEM_WRITER))

    assert desk.browser(other).get(reverse("item_import_detail", args=[made.pk])).status_code == 404


def test_what_is_exported_is_imported_again_and_who_took_it_is_known(desk):
    version = desk.secret(content=single("=1+1 berapa hasilnya?"))
    items.write(code="isian-1", component="tiu", topic="uji", free=False, by=desk.wina, at=desk.now,
                content={"kind": "short", "stem": "Berapa 6 + 6?", "accepted": ["12"], "explanation": "Dua belas."})  # fmt: skip

    words = item_files.export(free=False, component="", by=desk.raka, at=desk.now).decode("utf-8-sig")

    assert "\r\nteknis-1,teknis,uji,single,'=1+1 berapa" in words  # no spreadsheet takes it for a formula
    assert (ItemExport.objects.get().count, ItemExport.objects.get().by) == (2, desk.raka)
    renamed = words.replace("teknis-1,", "teknis-2,").replace("isian-1,", "isian-2,")
    made = item_files.stage(SimpleUploadedFile("k.csv", renamed.encode()), free=False, by=desk.wina, at=desk.now)
    item_files.apply(made, by=desk.wina, at=desk.now)
    assert ItemVersion.objects.get(item__code="teknis-2").content == version.content
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ItemExport.objects.all().delete()


def eight_options_and_one_with_a_picture(desk, right: str = "ah") -> dict:
    """Two items; the content of that with eight options."""
    long = single(WORDS) | {"kind": "several", "right": list(right)}
    long["options"] = [{"key": key, "text": f"Ke-{key}"} for key in "abcdefgh"]
    drawn = {"type": "image/png", "alt": "Bidang", "data": "iVBORw0KGgo="}
    desk.secret(content=long)
    desk.secret("gambar-1", content=single(WORDS) | {"image": drawn})
    return long


def read_again(desk, table: bytes) -> dict:
    """The content of `teknis-1` after its table was brought back under other codes."""
    renamed = SimpleUploadedFile("k.csv", table.replace(b"teknis-1,", b"teknis-2,").replace(b"gambar-1,", b"gambar-2,"))
    item_files.apply(item_files.stage(renamed, free=False, by=desk.wina, at=desk.now), by=desk.wina, at=desk.now)
    return ItemVersion.objects.get(item__code="teknis-2").content


def test_a_table_gives_out_no_item_without_its_picture_and_no_option_too_few(desk):
    long = eight_options_and_one_with_a_picture(desk)

    table = item_files.export(free=False, component="", by=desk.raka, at=desk.now)
    item_files.export(free=False, component="", by=desk.raka, at=desk.now, package=True)

    assert sorted(ItemExport.objects.values_list("count", flat=True)) == [1, 2]
    assert b"gambar-1" not in table
    assert read_again(desk, table) == long


def test_the_export_asks_for_a_fresh_second_code(desk):
    """Signed in long ago is not enough to take every secret question home."""
    answer = desk.browser(desk.raka).post(reverse("item_export"), {"untuk": "rahasia"})

    assert answer.status_code == 302 and not ItemExport.objects.exists()


def test_the_team_and_the_processes_write_no_items(own_database):
    desk = Desk()
    desk.secret()
    for role in (WORK, KEEPER):
        with working_as(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Item.objects.update(topic="x")
    with working_as(TEAM), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ItemVersion.objects.count()
