"""Secret items on the office's desk: written by one, looked at by two others, brought in by a file."""

from accounts.roles import Role
from exams.models import Item, ItemVersion
from tests.exams.test_bank import a_file, a_row
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in

BOTH = (PHONE, DESKTOP)


def test_a_secret_item_is_written_by_one_and_looked_at_by_two_others(browse):
    writer, first, second = browse(size=DESKTOP), browse(size=DESKTOP), browse(size=DESKTOP)
    people = [("wina", Role.ITEM_WRITER), ("raka", Role.ITEM_REVIEWER), ("rini", Role.ITEM_REVIEWER)]
    for page, (name, role) in zip((writer, first, second), people, strict=True):
        sign_in(page, a_colleague(f"{name}@soal.example", role, name=name.title()))
    writer.goto("/kelola/")
    writer.get_by_role("link", name="Bank soal").click()
    healthy(writer, *BOTH)
    writer.get_by_role("link", name="Tulis soal").click()
    writer.get_by_role("button", name="Simpan soal").click()
    assert writer.get_by_role("heading", name="Ada yang perlu diperbaiki").is_visible()
    healthy(writer, *BOTH)
    for field, words in (("code", "teknis-1"), ("topic", "uji"), ("stem", "Mana yang genap?"), ("a", "3"), ("b", "4"),
                         ("right", "b"), ("explanation", "Empat habis dibagi dua.")):  # fmt: skip
        writer.locator(f"#id_{field}").fill(words)
    writer.get_by_label("Komponen").select_option("teknis")
    picture(writer, "bank-soal-tulis")
    writer.get_by_role("button", name="Simpan soal").click()
    writer.get_by_text("Soal tersimpan.").wait_for()
    assert writer.get_by_role("button", name="Setujui versi ini").count() == 0
    healthy(writer, *BOTH)

    for page, words in ((first, "Satu penelaah lagi"), (second, "Soal siap dipakai.")):
        page.goto("/kelola/soal/?tampil=menunggu")
        page.get_by_role("link", name="teknis-1").click()
        healthy(page, *BOTH)
        picture(page, "bank-soal")
        page.get_by_role("button", name="Setujui versi ini").click()
        page.get_by_text(words).wait_for()
    assert ItemVersion.objects.get().in_force_at

    # A file: first what is wrong with it, then all of it.
    for rows, words in (([a_row(kunci="z")], "Perbaiki baris berikut"), ([a_row()], "Soal ini rahasia.")):
        writer.goto("/kelola/soal/impor/")
        healthy(writer, *BOTH)
        file = {"name": "soal.csv", "mimeType": "text/csv", "buffer": a_file(*rows).read()}
        writer.locator("#id_file").set_input_files(file)
        writer.get_by_role("button", name="Periksa berkas").click()
        writer.get_by_text(words).first.wait_for()
        healthy(writer, *BOTH)
    writer.get_by_role("button", name="Masukkan 1 soal").click()
    writer.get_by_text("1 soal masuk bank soal").wait_for()
    assert Item.objects.count() == 2
    first.goto("/kelola/soal/ekspor/")
    healthy(first, *BOTH)
