"""A citizen watches what happens right now; the team judges what the portal itself finds worth a look."""

from django.utils import timezone

from accounts.roles import Role
from oversight.actions import audit, flags
from oversight.actions import hold as holds
from oversight.models import AuditRound, Finding, Flag
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.oversight.flag_cases import two_results_swapped_before_they_went_out, window
from tests.oversight.story import make_watch
from tests.oversight.test_audit import City, with_reviews
from tests.oversight.test_live import a_busy_city
from tests.parts import DAY, NOON, make_team
from vacancies.models import Stage

BOTH = (PHONE, DESKTOP)


def test_a_citizen_watches_a_hold_appear_on_an_open_page(browse):
    a_busy_city(2)
    watch = make_watch()
    now = timezone.now()
    Stage.objects.filter(pk=watch.stage.pk).update(
        opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now + 2 * DAY
    )
    citizen, plain = browse(), browse(javascript=False, size=DESKTOP)

    citizen.goto("/")
    citizen.get_by_role("link", name="Buka ruang pantau").click()
    citizen.get_by_role("heading", name="Ruang pantau").wait_for()
    assert citizen.get_by_text("Tidak ada pengumuman yang ditahan.").is_visible()
    healthy(citizen, *BOTH)
    picture(citizen, "ruang-pantau")
    holds.place(watch.stage, reason="Kami periksa dahulu.", by=watch.oka, at=timezone.now())

    citizen.get_by_text("Kami periksa dahulu.").wait_for(timeout=30_000)  # nobody reloaded

    plain.goto("/pantau/")
    assert plain.get_by_text("Kami periksa dahulu.").is_visible()
    assert plain.get_by_role("link", name="Muat ulang").is_visible()
    healthy(citizen, *BOTH)


def test_the_team_judges_what_the_rules_found_and_everybody_sees_how_often_they_were_wrong(browse):
    oka = a_colleague("oka@tim.example", Role.OVERSEER, name="Oka")
    make_team(oka, at=NOON)
    window(14)
    two_results_swapped_before_they_went_out()
    flags.keep(NOON + 2 * DAY)
    overseer, citizen = browse(size=DESKTOP), browse()

    # A rule was too strict this time: the team says so.
    sign_in(overseer, oka)
    overseer.get_by_role("link", name="Tanda bahaya").click()
    overseer.get_by_role("link", name="Masa pendaftaran pendek", exact=True).wait_for()
    healthy(overseer, *BOTH)
    overseer.get_by_role("link", name="Masa pendaftaran pendek", exact=True).click()
    assert overseer.get_by_text("paling sedikit 15 hari kalender").is_visible()
    overseer.get_by_role("button", name="Catat penilaian").click()
    assert overseer.get_by_text("Pilih salah satu penilaian.").first.is_visible()
    healthy(overseer, *BOTH)
    overseer.get_by_label("Alarm palsu").check()
    overseer.get_by_label("Alasan").fill("Jadwal ditetapkan secara nasional.")
    overseer.get_by_role("button", name="Catat penilaian").click()
    overseer.get_by_text("Penilaian dicatat.").wait_for()

    # Another one was right: its evidence goes into a draft.
    overseer.get_by_role("link", name="Nilai dan pengumuman tidak sama", exact=True).click()
    assert overseer.get_by_text("2 peserta berbeda, 4 perbedaan").is_visible()
    healthy(overseer, *BOTH)
    picture(overseer, "tanda-bahaya")
    overseer.get_by_role("button", name="Buat rancangan temuan").click()
    overseer.get_by_text("Rancangan temuan dibuat.").wait_for()
    assert overseer.get_by_text("2 peserta berbeda, 4 perbedaan").first.is_visible()
    healthy(overseer, *BOTH)
    assert Finding.objects.get().evidence == Flag.objects.get(rule="scores-differ").evidence["lines"]

    # Everybody sees the rules and their record, and nobody's name.
    citizen.goto("/pengawasan/")
    citizen.get_by_role("link", name="Tanda bahaya: apa yang dihitung").click()
    assert citizen.get_by_text("1 dari 1 yang dinilai").is_visible()
    assert citizen.get_by_text("Oka").count() == 0
    healthy(citizen, *BOTH)


def test_a_sample_is_drawn_from_two_secrets_and_the_team_looks_again(browse):
    city = City(members=a_colleague)
    overseer, officer, citizen = browse(), browse(size=DESKTOP), browse()

    # Before registration closes each party hands in what its own computer printed.
    sign_in(overseer, city.oka)
    sign_in(officer, city.pia)
    for page, desk, secret in (
        (overseer, "/pengawasan/ruang/audit/", city.team),
        (officer, "/kelola/audit/", city.office),
    ):
        page.goto(desk)
        page.get_by_label("Sidik rahasia, baris pertama").fill(secret[0])
        healthy(page, *BOTH)
        page.get_by_role("button", name="Serahkan sidik").click()
        page.get_by_text("Sidik tercatat.").wait_for()

    # After it both show their value, and the files follow.
    found = city.closed().opened()
    for page, desk, secret in (
        (overseer, "/pengawasan/ruang/audit/", city.team),
        (officer, "/kelola/audit/", city.office),
    ):
        page.goto(desk)
        page.get_by_label("Rahasia putaran 1").fill(secret[1])
        page.get_by_role("button", name="Buka rahasia").click()
        page.get_by_text("Rahasia putaran ini terbuka dan tercatat.").wait_for()
    audit.keep(timezone.now())
    file = with_reviews(city, AuditRound.objects.get(pk=found.pk).sample)

    overseer.goto("/pengawasan/ruang/audit/")
    overseer.get_by_role("link", name="Periksa ulang berkas sampel").click()
    healthy(overseer, *BOTH)
    overseer.get_by_role("link", name=file.application.participant_number).click()
    healthy(overseer, *BOTH)
    overseer.get_by_label("Tidak sependapat").check()
    overseer.get_by_role("button", name="Catat penilaian").click()
    assert overseer.get_by_text("Tulis apa yang berbeda.").first.is_visible()
    overseer.get_by_label("Catatan").fill("Ijazah tidak sesuai formasi.")
    overseer.get_by_role("button", name="Catat penilaian").click()
    overseer.get_by_text("Penilaian dicatat.").wait_for()

    citizen.goto("/pengawasan/")
    citizen.get_by_role("link", name="Audit acak").click()
    assert citizen.get_by_text("10 dari 30 berkas").is_visible()
    assert citizen.get_by_text(city.team[1]).is_visible()
    healthy(citizen, *BOTH)
    picture(citizen, "audit-acak")
