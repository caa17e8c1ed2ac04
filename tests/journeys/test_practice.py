"""Somebody practises on a phone, loses the network in the middle, and reads why each answer was right or wrong."""

import io

from django.utils import timezone
from PIL import Image

from exams import pictures
from exams.actions import shipped
from exams.actions import sitting as sittings
from exams.models import Answer, Item, ItemVersion, Sitting
from tests.exams.sitting_down import a_bank, a_format, single
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import an_account, sign_in

BOTH = (PHONE, DESKTOP)


def choose(page, letter: str) -> None:
    page.locator(f"#pilihan-{letter}").check()


def saved(page, n: int) -> None:
    page.get_by_text(f"Soal {n} tersimpan pukul").wait_for()


def test_a_practice_from_start_to_explanation_with_a_lost_network_in_the_middle(browse):
    shipped.load(at=timezone.now())
    page = browse()
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto("/latihan-cat/")
    healthy(page, *BOTH)
    picture(page, "latihan-cat")
    page.get_by_role("link", name="Latihan singkat").click()
    healthy(page, *BOTH)
    page.get_by_role("button", name="Mulai sekarang").click()

    # Every answer is acknowledged; the palette says it in words, too.
    page.locator("[data-ready]").wait_for()
    choose(page, "A")
    saved(page, 1)
    assert page.get_by_role("link", name="1 dijawab", exact=True).is_visible()
    healthy(page, *BOTH)
    picture(page, "latihan-cat-soal")

    # The network goes: the person goes on, and is told.
    page.context.set_offline(True)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("heading", name="Soal 2 dari 30").wait_for()
    choose(page, "B")
    page.get_by_label("Ragu-ragu, periksa lagi nanti").check()
    page.get_by_text("Jaringan terputus. Teruskan saja: 2 jawaban").wait_for()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_role("heading", name="Soal 3 dari 30").wait_for()
    choose(page, "C")
    page.get_by_text("Jaringan terputus. Teruskan saja: 3 jawaban").wait_for()
    assert Answer.objects.count() == 1
    page.get_by_role("link", name="Akhiri latihan").click()
    page.get_by_text("Belum tersambung: 3 jawaban menunggu.").wait_for()

    # Loaded again without a network: a calm sentence, nothing of the test; it comes back, and what waited is sent in its order.
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    page.get_by_role("heading", name="Anda sedang tidak terhubung").wait_for()
    assert page.evaluate("caches.keys()") == []
    picture(page, "latihan-cat-luring")
    page.context.set_offline(False)
    page.get_by_role("link", name="Coba muat lagi").click()
    saved(page, 3)
    assert list(Answer.objects.order_by("number").values_list("position", "doubtful")) == [
        (1, False), (2, False), (2, True), (3, False),
    ]  # fmt: skip

    # A reload and a second tab know all of it.
    page.reload()
    page.locator("[data-ready]").wait_for()
    assert page.get_by_role("heading", name="Soal 3 dari 30").is_visible()
    assert page.locator("#pilihan-C").is_checked()
    assert page.get_by_role("link", name="2 ragu-ragu", exact=True).is_visible()
    tab = page.context.new_page()
    tab.goto("/latihan-cat/soal/4/")
    tab.locator("[data-ready]").wait_for()
    choose(tab, "D")
    saved(tab, 4)
    tab.close()

    # By keyboard alone: to the options, down one, and on.
    page.get_by_role("link", name="5 belum dijawab", exact=True).click()
    page.get_by_role("heading", name="Soal 5 dari 30").wait_for()
    assert page.evaluate("document.activeElement.id") == "soal"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    saved(page, 5)
    assert page.locator("#pilihan-B").is_checked()

    page.get_by_role("link", name="Akhiri latihan").click()
    page.get_by_text("25 soal belum dijawab, 1 soal ragu-ragu.").wait_for()
    healthy(page, *BOTH)
    page.get_by_role("button", name="Akhiri dan lihat nilai").click()
    page.get_by_text("Nilai Anda").wait_for()
    assert page.get_by_text("Pembahasan.").count() == 10
    healthy(page, *BOTH)
    picture(page, "latihan-cat-hasil")
    assert Sitting.objects.get().score["total"]["answered"] == 5

    # The device is shared: what this browser kept goes, and what was not sent yet, of another test, stays and is told.
    page.evaluate("""localStorage.setItem("latihan-1", "[]"); localStorage.setItem("latihan-2", '[{"n": 1}]')""")
    page.get_by_role("button", name="Selesai, bersihkan perangkat ini").click()
    page.get_by_role("heading", name="Perangkat ini sudah dibersihkan").wait_for()
    page.get_by_text("yang belum terkirim. Jawaban itu tidak dihapus").wait_for()
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('latihan-'))") == ["latihan-2"]
    page.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => all.length === 0)")
    healthy(page, *BOTH)
    page.evaluate("localStorage.clear()")
    page.reload()
    assert not page.get_by_text("yang belum terkirim").is_visible()
    assert not Sitting.objects.exists()
    assert broken == []


def test_what_waits_survives_a_closed_browser_and_the_end_comes_by_itself(browse):
    a_bank()
    a_format(seconds=25)
    page = browse()
    page.goto("/latihan-cat/mulai/uji/")
    page.get_by_role("button", name="Mulai sekarang").click()
    page.locator("[data-ready]").wait_for()
    page.context.set_offline(True)
    choose(page, "A")
    page.get_by_text("Jaringan terputus.").wait_for()

    # The window is closed before the answer was sent; another window of the same browser sends it.
    context = page.context
    page.close()
    assert not Answer.objects.exists()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/latihan-cat/soal/2/")
    saved(again, 1)
    assert Answer.objects.count() == 1

    # Nobody presses anything: the result is there when the time is over.
    again.get_by_text("Nilai Anda").wait_for(timeout=40_000)
    assert Sitting.objects.get().ended_at == Sitting.objects.get().ends_at
    assert again.evaluate("Object.keys(localStorage).filter(one => one.startsWith('latihan-')).length") == 0


def items_of_every_kind() -> None:
    """TIU with a picture and with a short answer, technical ones with several answers."""
    now, picture_of = timezone.now(), pictures.remade(a_picture())
    bodies = {
        "tiu": [
            single("Berapa garis pada gambar ini?") | {"image": picture_of | {"alt": "Tiga garis sejajar"}},
            {"kind": "short", "stem": "Berapa 6 x 7?", "accepted": ["42"], "explanation": "6 x 7 = 42."},
        ],
        "teknis": [single(f"Mana yang benar, {n}?") | {"kind": "several", "right": ["a", "b"]} for n in range(2)],
    }
    for component, found in bodies.items():
        for n, body in enumerate(found):
            item = Item.objects.create(
                code=f"{component}-{n}", component=component, topic="uji", free=True, made_at=now
            )
            ItemVersion.objects.create(item=item, number=1, body=body, made_at=now, in_force_at=now)


def a_picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (120, 80), "navy").save(target, "PNG")
    return target.getvalue()


def place_of(kind: str, *, pictured: bool = False) -> int:
    return next(
        place.position for place in Sitting.objects.get().items.select_related("version")
        if place.version.content["kind"] == kind and bool(place.version.content.get("image")) == pictured
    )  # fmt: skip


def to(page, n: int) -> None:
    page.locator("[data-palette] a").nth(n - 1).click()
    page.get_by_role("heading", name=f"Soal {n} dari 4").wait_for()


def test_every_kind_is_answered_and_seen_also_while_the_network_is_lost(browse):
    items_of_every_kind()
    a_format(tiu=2, teknis=2)
    page = browse()
    broken = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto("/latihan-cat/mulai/uji/")
    page.get_by_role("button", name="Mulai sekarang").click()
    page.locator("[data-ready]").wait_for()
    pictured, short, several = place_of("single", pictured=True), place_of("short"), place_of("several")

    # The sections stand in the palette; each kind is looked at.
    assert page.get_by_role("heading", level=2).all_inner_texts() == ["TIU soal 1–2", "Teknis soal 3–4"]
    for n in (pictured, short, several):
        to(page, n)
        healthy(page, *BOTH)
    assert page.get_by_text("Boleh lebih dari satu.").is_visible()

    # Without a network a picture is seen that was not on the screen before.
    page.reload()
    page.locator("[data-ready]").wait_for()
    to(page, short)
    assert not page.get_by_text("Boleh lebih dari satu.").is_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    to(page, pictured)
    assert page.get_by_role("img", name="Tiga garis sejajar").evaluate("one => one.naturalWidth") == 120
    page.context.set_offline(False)

    # What is typed is saved though nobody leaves the field.
    to(page, short)
    page.get_by_label("Jawaban Anda").press_sequentially("42")
    saved(page, short)

    # Somebody signs in or out in another tab: the browser has another token, and the next answer is saved all the same.
    page.context.clear_cookies(name="csrf")
    tab = page.context.new_page()
    tab.goto("/latihan-cat/mulai/uji/")
    tab.close()
    to(page, several)
    choose(page, "A")
    choose(page, "C")
    saved(page, several)
    page.wait_for_function("Object.entries(localStorage).every(([key, list]) => list === '[]')")
    answers = sittings.latest(Sitting.objects.get())
    assert answers[short].value == ["42"] and len(answers[several].value) == 2

    page.get_by_role("link", name="Akhiri latihan").click()
    page.get_by_role("button", name="Akhiri dan lihat nilai").click()
    page.get_by_text("Nilai Anda").wait_for()
    assert page.get_by_role("img", name="Tiga garis sejajar").evaluate("one => one.naturalWidth") == 120
    healthy(page, *BOTH)
    assert broken == []


def test_whoever_is_signed_in_finds_the_own_history_and_everybody_the_statistics(browse):
    a_bank()
    a_format(twk=2)
    page, citizen = browse(), browse(size=DESKTOP)
    sign_in(page, an_account("alya@pelamar.example"))
    page.goto("/latihan-cat/mulai/uji/")
    page.get_by_role("button", name="Mulai sekarang").click()
    page.get_by_role("link", name="Akhiri latihan").click()
    page.get_by_role("button", name="Akhiri dan lihat nilai").click()
    page.get_by_role("link", name="Riwayat latihan Anda").click()
    healthy(page, *BOTH)
    page.get_by_role("link", name="Uji,").click()
    healthy(page, *BOTH)
    page.get_by_role("button", name="Hapus latihan ini dari riwayat").click()
    page.get_by_text("Latihan itu terhapus.").wait_for()

    citizen.goto("/latihan-cat/statistik/")
    healthy(citizen, *BOTH)
