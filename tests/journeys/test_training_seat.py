"""A training seat is drawn: people enrol with and without JavaScript, both parties show their secret, anybody computes it again."""

from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.workforce.teaching import Draw, held
from verifier import cli
from workforce.actions import training_after as after
from workforce.actions import training_draw as draws
from workforce.models import Certificate, Enrolment, TrainingNeed

BOTH = (PHONE, DESKTOP)


def enrols(page, story, user, *, looked_at: bool) -> None:
    """From the catalogue to the own number; axe needs JavaScript, so that only such a page is `looked_at`."""
    look = healthy if looked_at else lambda *_: None
    sign_in(page, user)
    page.goto("/pelatihan/?bidang=layanan")
    look(page, *BOTH)
    page.get_by_role("link", name=story.training.title).click()
    look(page, *BOTH)
    page.get_by_role("link", name="Daftar pelatihan ini").click()
    look(page, *BOTH)
    page.get_by_label("Jarak dari tempat Anda").select_option("jauh")
    page.get_by_role("button", name="Daftar", exact=True).press("Enter")
    page.get_by_text("Tercatat: Terdaftar, menunggu undian").wait_for()
    look(page, *BOTH)


def both_parties_show_their_secret(browse, story) -> None:
    desk = browse(size=DESKTOP)
    sign_in(desk, story.pia)
    desk.goto("/kelola/")
    desk.get_by_role("link", name="Pelatihan", exact=True).click()
    healthy(desk, *BOTH)
    desk.get_by_role("link", name=story.training.title).click()
    desk.get_by_label("64 huruf dan angka").fill("c" * 64)
    desk.get_by_role("button", name="Buka rahasia").click()
    expect(desk.get_by_role("alert")).to_contain_text("Rahasia ini tidak cocok")
    healthy(desk, *BOTH)
    desk.get_by_label("64 huruf dan angka").fill(story.office[1])
    desk.get_by_role("button", name="Buka rahasia").click()
    desk.get_by_text("Rahasia putaran ini terbuka dan tercatat.").wait_for()
    room = browse(size=DESKTOP)
    sign_in(room, story.oka)
    room.goto("/pengawasan/ruang/")
    room.get_by_role("link", name="Undian pelatihan").click()
    healthy(room, *BOTH)
    room.get_by_label("Rahasia putaran 1").fill(story.team[1])
    room.get_by_role("button", name="Buka rahasia").click()
    room.get_by_text("Rahasia putaran ini terbuka dan tercatat.").wait_for()


def test_a_seat_is_drawn_and_anybody_computes_it_again(browse, tmp_path, capsys):
    story = Draw(people=0, seats=1, member=lambda email, role: a_colleague(email, role))
    budi, citra = an_account("budi@kota.example"), an_account("citra@kota.example")
    phone, plain = browse(), browse(javascript=False)
    enrols(phone, story, budi, looked_at=True)
    enrols(plain, story, citra, looked_at=False)

    story.closed().opened()
    both_parties_show_their_secret(browse, story)
    assert draws.keep(timezone.now()) == 1

    # A stranger, without JavaScript, takes list and command from the page and runs them.
    reader = browse(javascript=False)
    reader.goto(f"/pelatihan/{story.training.slug}/")
    reader.get_by_role("link", name="Lihat undiannya").click()
    reader.get_by_role("heading", name="Hitung sendiri").wait_for()
    command = reader.locator("pre.code").inner_text().split("verifier.pyz ")[1].split()
    file = tmp_path / "daftar.txt"
    file.write_bytes(reader.request.get(f"/pelatihan/{story.training.slug}/daftar.txt").body())
    command[1] = str(file)
    assert cli.main(command) == 0 and "Cocok." in capsys.readouterr().out
    assert "budi@kota.example" not in reader.content()

    # Whoever was drawn leaves the seat; the other one gets it.
    first, second = story.training.enrolments.order_by("place")
    pages = {budi.pk: phone, citra.pk: plain}
    phone.goto(f"/pelatihan/{story.training.slug}/undian/")
    healthy(phone, *BOTH)
    page = pages[first.user_id]
    page.goto("/pelatihan/saya/")
    page.get_by_text("Urutan 1").wait_for()
    page.locator("summary").first.click()
    page.get_by_role("button", name="Mundur").click()
    page.get_by_text("Anda mundur dari pelatihan ini.").wait_for()
    pages[second.user_id].goto("/pelatihan/saya/")
    pages[second.user_id].get_by_text("Dapat kursi").wait_for()
    second.refresh_from_db()
    assert second.state == Enrolment.State.SEATED
    phone.goto("/pelatihan/saya/")
    healthy(phone, *BOTH)


def test_after_a_training_and_before_one(browse):
    """Certificate, opinion, a wish of a citizen, a lesson with progress: each on a phone and a wide screen."""
    story = Draw(people=1, seats=3, member=lambda email, role: a_colleague(email, role))
    budi = an_account("budi@kota.example", name="Budi Latihan")
    phone = browse()
    enrols(phone, story, budi, looked_at=False)
    story.drawn()
    held(story.training)
    desk = browse(size=DESKTOP)
    sign_in(desk, story.pia)
    desk.goto(f"/kelola/pelatihan/{story.training.pk}/")
    desk.get_by_role("link", name="Catat kehadiran").click()
    healthy(desk, *BOTH)
    desk.get_by_label("Budi Latihan").check()
    desk.get_by_role("button", name="Simpan kehadiran").click()
    desk.get_by_text("Kehadiran tersimpan.").wait_for()
    desk.goto(f"/kelola/pelatihan/{story.training.pk}/sertifikat/")
    healthy(desk, *BOTH)
    after.certify(story.training, by=story.rudi, at=timezone.now())

    phone.goto("/pelatihan/saya/")
    healthy(phone, *BOTH)
    phone.get_by_role("link", name="Isi evaluasi").click()
    healthy(phone, *BOTH)
    phone.get_by_role("group", name="Apakah isinya berguna?").get_by_label("4, baik").check()
    phone.get_by_role("group", name="Apakah penjelasannya jelas?").get_by_label("5, sangat baik").check()
    phone.get_by_role("button", name="Kirim evaluasi").click()
    phone.get_by_text("tersimpan tanpa nama").wait_for()
    anybody = browse()
    anybody.goto("/pelatihan/sertifikat/")
    healthy(anybody, *BOTH)
    anybody.get_by_label("Kode pada sertifikat").fill(Certificate.objects.get().code_words)
    anybody.get_by_role("button", name="Periksa").click()
    anybody.get_by_role("heading", name="Sertifikat ini asli").wait_for()
    healthy(anybody, *BOTH)
    for place in ("/pelatihan/pemerataan/", "/pelatihan/kursus/", "/pelatihan/usulan/"):
        anybody.goto(place)
        healthy(anybody, *BOTH)

    phone.goto("/pelatihan/usulan/")
    phone.get_by_role("link", name="Usulkan pelatihan").click()
    healthy(phone, *BOTH)
    phone.get_by_label("Pelatihan apa yang dibutuhkan").fill("Bahasa isyarat untuk petugas loket.")
    phone.get_by_role("button", name="Kirim usulan").click()
    phone.get_by_role("link", name="Dukung Bahasa isyarat").wait_for()
    healthy(phone, *BOTH)
    assert TrainingNeed.objects.confirmed().count() == 1
    phone.goto("/pelatihan/kursus/")
    phone.get_by_role("link", name="Benturan kepentingan").click()
    healthy(phone, *BOTH)
    phone.get_by_role("link", name="Tandai sudah dibaca").click()
    phone.get_by_role("button", name="Sudah saya baca, lanjut").click()
    phone.get_by_role("heading", name="Hadiah, dan ke mana melapor").wait_for()
    phone.goto("/pelatihan/kursus/kemajuan/")
    phone.get_by_text("1 dari 3 pelajaran dibaca").wait_for()
    healthy(phone, *BOTH)
