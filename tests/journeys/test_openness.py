"""Somebody looks how open the portal is, follows a number to its rows, reads a report and says what is missing."""

from django.utils import timezone

from accounts.roles import Role
from oversight.actions import indicators, invariants, openness_report
from oversight.models import Membership, OpennessReport
from selection.actions import keeping
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.parts import DAY, make_formation, make_recruitment, make_stage, make_team
from tests.selection.story import Stage
from vacancies.models import Formation, Recruitment
from vacancies.models import Stage as VacancyStage

BOTH = (PHONE, DESKTOP)


def a_measured_city(pia, rudi) -> OpennessReport:
    """Two months ago a result came in time and another never came; since then the portal has measured itself."""
    now = timezone.now()
    story = Stage(people=30, cast=(pia, rudi))
    papua = make_formation(story.recruitment, quota=2, need=Formation.Need.PAPUA)
    for one in story.people[:12]:
        type(one).objects.filter(pk=one.pk).update(formation=papua)
    story.ready()
    due = now - 60 * DAY
    VacancyStage.objects.filter(pk=story.stage.pk).update(
        opens_at=due - 9 * DAY, closes_at=due - DAY, announce_at=due, planned_announce_at=due
    )
    keeping.keep(due)
    never = make_recruitment(published_by=rudi)
    make_stage(never, "test", 3, rule="skd", opens_at=now - 70 * DAY, announce_at=due)
    Recruitment.objects.update(published_at=now - 100 * DAY)
    invariants.check_due(now, budget=60)
    indicators.compute(now)
    openness_report.publish_due(now)
    return OpennessReport.objects.public().filter(kind="monthly").get()


def test_a_citizen_follows_the_numbers_and_says_something_about_a_report(browse):
    pia = a_colleague("pia@contoh.example", Role.PREPARER, name="Pia")
    rudi = a_colleague("rudi@contoh.example", Role.PUBLISHER, name="Rudi")
    nia = a_colleague("nia@tim.example", Role.SECRETARIAT, name="Nia")
    team = make_team(a_colleague("oka@tim.example", Role.OVERSEER, name="Oka"))
    Membership.objects.create(
        team=team, user=nia, role="secretariat", affiliation="LSM", since=timezone.now() - 30 * DAY
    )
    report = a_measured_city(pia, rudi)
    citizen, desk = browse(), browse(size=DESKTOP)

    # From the foot of any page to the numbers: what is worst stands first, and every number opens its rows.
    citizen.goto("/")
    citizen.get_by_role("link", name="Keterbukaan", exact=True).click()
    citizen.get_by_role("heading", name="Keterbukaan", level=1).wait_for()
    healthy(citizen, *BOTH)
    picture(citizen, "keterbukaan")
    first = citizen.locator("section").first
    assert "Target belum tercapai" in first.inner_text()
    citizen.get_by_text("Rumus dan angka tiap bulan Hasil terbit tepat waktu").click()
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name="Lihat baris yang dihitung Hasil terbit tepat waktu").click()
    assert citizen.get_by_role("cell", name="belum").count() == 1
    assert citizen.get_by_role("cell", name="ya").count() == 1
    healthy(citizen, *BOTH)

    # Groups: large enough ones are told, and every page says what it does not.
    citizen.get_by_role("link", name="Keterbukaan", exact=True).first.click()
    citizen.get_by_role("link", name="Kelolosan menurut kelompok").click()
    assert citizen.get_by_role("rowheader", name="Putra/putri Papua").is_visible()
    healthy(citizen, *BOTH)
    citizen.goto("/keterbukaan/pemeriksaan/")
    assert citizen.get_by_text("Tidak ada pelanggaran", exact=True).count() > 5
    healthy(citizen, *BOTH)

    # A report, its unchanging page, its PDF; and a comment that waits.
    citizen.goto("/keterbukaan/")
    citizen.get_by_role("link", name="Laporan keterbukaan", exact=True).click()
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name=report.content["title"]).click()
    healthy(citizen, *BOTH)
    picture(citizen, "laporan-keterbukaan")
    assert citizen.request.get(f"/keterbukaan/laporan/{report.number}/berkas/laporan.pdf").body().startswith(b"%PDF")
    citizen.get_by_role("link", name="Halaman yang tidak berubah").click()
    healthy(citizen, *BOTH)
    citizen.go_back()
    citizen.get_by_role("link", name="Tulis komentar").click()
    citizen.get_by_role("button", name="Kirim komentar").click()
    assert citizen.get_by_text("Isi komentar Anda.").first.is_visible()
    healthy(citizen, *BOTH)
    citizen.get_by_label("Komentar", exact=True).fill("Kapan hasil yang kedua terbit?")
    citizen.get_by_role("button", name="Kirim komentar").click()
    citizen.get_by_role("heading", name="Komentar terkirim").wait_for()

    # The secretariat of the team reads it first; then everybody does.
    sign_in(desk, nia)
    desk.get_by_role("link", name="Komentar laporan").click()
    healthy(desk, *BOTH)
    desk.get_by_role("button", name="Terbitkan komentar").click()
    assert desk.get_by_text("Komentar diterbitkan.").is_visible()
    stranger = browse(javascript=False)
    stranger.goto(f"/keterbukaan/laporan/{report.number}/")
    assert stranger.get_by_text("Kapan hasil yang kedua terbit?").is_visible()
