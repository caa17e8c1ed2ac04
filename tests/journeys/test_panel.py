"""An open selection by a panel: an assessor's sheet on a phone, the office's desk, what everybody reads, and the choice."""

from playwright.sync_api import expect

from selection.actions import announcement, ranking, scores
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import code, sign_in, with_app
from tests.parts import DAY, NOON
from tests.workforce.panels import Selection
from workforce.actions import panel, sheets
from workforce.models import Choice, ScoreSheet

BOTH = (PHONE, DESKTOP)
REASON = "Rekam jejaknya di layanan kesehatan paling panjang dan rencananya paling terukur menurut panitia."


def an_assessor_locks_a_sheet(page, story) -> None:
    sign_in(page, story.judges[0].user)
    page.goto("/kelola/")
    page.get_by_role("link", name="Penilaian saya").click()
    healthy(page, *BOTH)
    page.get_by_role("link", name="Pernyataan kepentingan").first.click()
    healthy(page, *BOTH)
    page.get_by_label(f"Nama Uji ({story.numbers[2]})").check()
    page.get_by_role("button", name="Simpan pernyataan").click()
    page.get_by_role("link", name="Makalah").click()
    assert page.get_by_label(story.numbers[2]).count() == 0
    page.get_by_label(story.numbers[0]).fill("90,5")
    page.get_by_label(story.numbers[1]).fill("101")
    page.get_by_role("button", name="Simpan dan kunci lembar").click()
    expect(page.get_by_role("alert")).to_contain_text("Nilai paling tinggi 100")
    healthy(page, *BOTH)
    page.get_by_label(story.numbers[1]).fill("80")
    page.get_by_role("button", name="Simpan dan kunci lembar").click()
    page.get_by_text("Sidiknya masuk catatan publik").wait_for()
    assert ScoreSheet.objects.filter(member=story.judges[0], locked_at__isnull=False).count() == 1


def the_office_puts_the_sheets_together(page, story) -> None:
    sign_in(page, story.pia)
    page.goto(f"/kelola/panitia/{story.recruitment.pk}/")
    healthy(page, *BOTH)
    page.get_by_role("link", name="Makalah", exact=True).click()
    page.get_by_role("cell", name="tidak menilai").wait_for()
    healthy(page, *BOTH)
    page.go_back()
    page.get_by_role("button", name="Rekap test").click()
    page.get_by_text("Tersimpan.").wait_for()
    scores.approve(story.paper.batches.get(), by=story.rudi, at=NOON)


def announced(story, stage, at) -> None:
    ranking.rank(stage, by=story.pia, at=NOON)
    announcement.approve(announcement.prepare(stage, by=story.pia, at=NOON), by=story.rudi, at=NOON)
    announcement.announce_due(at)


def the_official_chooses(page, story) -> None:
    sign_in(page, story.wali)
    page.goto("/kelola/")
    page.get_by_role("link", name="Pilihan pejabat").click()
    healthy(page, *BOTH)
    page.get_by_role("link", name="Pilih dan tulis alasannya").click()
    if "masuk-ulang" in page.url:
        page.get_by_label("Kode enam angka").fill(code(story.wali.secret))
        page.get_by_role("button").last.click()
    page.get_by_label(story.numbers[1], exact=True).check()
    page.get_by_label("Alasan").fill("Cocok.")
    page.get_by_role("button", name="Pilih dan terbitkan alasannya").click()
    expect(page.get_by_role("alert")).to_contain_text("paling sedikit 80")
    healthy(page, *BOTH)
    page.get_by_label("Alasan").fill(REASON)
    page.get_by_role("button", name="Pilih dan terbitkan alasannya").click()
    page.get_by_text("Pilihan tercatat dan terbit.").wait_for()
    assert Choice.objects.get().application == story.people[1]


def test_an_open_selection_from_the_sheets_to_the_choice_with_its_reason(browse):
    story = Selection(people=3, objection_days=0)
    for one in (story.judges[0].user, story.pia, story.wali):
        with_app(one)
    for one in (*story.judges[1:], story.assessor):
        panel.declare(one, [], by=one.user, at=NOON)
    for one in story.judges[1:]:
        story.fill(one, story.paper, "makalah", ["90", "80", "70"])

    an_assessor_locks_a_sheet(browse(), story)
    the_office_puts_the_sheets_together(browse(size=DESKTOP), story)
    announced(story, story.paper, NOON + DAY)
    for one in story.judges:
        story.fill(one, story.last, "rekam_jejak", ["80", "80", "80"])
        story.fill(one, story.last, "wawancara", ["85", "95", "75"])
    story.fill(story.assessor, story.last, "asesmen", ["75", "75", "75"])
    scores.approve(sheets.combine(story.last, by=story.pia, at=NOON), by=story.rudi, at=NOON)
    announced(story, story.last, NOON + 2 * DAY)

    citizen = browse(javascript=False)
    citizen.goto(f"/seleksi/{story.recruitment.slug}/")
    citizen.get_by_role("link", name="Siapa yang menilai").click()
    assert "Pejabat belum memilih." in citizen.content()
    the_official_chooses(browse(), story)
    reader = browse()
    reader.goto(f"/seleksi/{story.recruitment.slug}/panitia/")
    healthy(reader, *BOTH)
    assert REASON in reader.content() and "(dipilih)" in reader.content()
