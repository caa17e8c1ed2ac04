"""Indicators are counted by hand in a small world, followed to their rows, and point at nobody."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone

from oversight.actions import answering, indicators
from oversight.actions import report_desk as desk
from oversight.indicators import MEASURES, board, groups
from oversight.indicators.groups import Cell, suppressed
from oversight.indicators.shape import SHARE, value
from oversight.models import Indicator, PassRate
from portal.grants import KEEPER
from selection.actions import announcement
from selection.actions import objection_decision as decisions
from tests.oversight.reporting import a_team_key, handed_in, of_code
from tests.oversight.story import DUE, NOON, make_watch, together
from tests.parts import DAY, make_formation, make_recruitment, make_stage
from tests.roles import working_as
from tests.selection.objecting import Contested
from tests.selection.story import Stage
from vacancies.models import Formation

HOUR = timedelta(hours=1)


def years(name: str) -> tuple[int, int | None]:
    """Numerator and denominator of every year together, as the newest rows say."""
    rows = [row for (one, span, _period), row in indicators.newest().items() if (one, span) == (name, "year")]
    counted = [row.denominator for row in rows if row.denominator is not None]
    return sum(row.numerator for row in rows), sum(counted) if counted else None


# --- Numbers, by hand ---------------------------------------------------------------------------------
def test_a_whole_selection_counted_by_hand(story):
    indicators.compute(story.sent.due_at - HOUR)
    assert years("temuan-dijawab") == (0, 0), "its time is not over"

    indicators.compute(story.after)

    assert years("tepat-waktu") == (2, 2), "two results, both at the first plan"
    assert years("tanpa-koreksi") == (1, 2), "one of the two was corrected"
    assert years("penolakan-beralasan") == (0, 1), "one refused with a reason but without a word"
    assert years("persaingan") == (5, story.vacancy.formation.quota), "who withdrew had applied"
    assert years("partisipasi") == (5, None)
    assert years("formasi-diminati") == (1, 1)
    assert years("lowongan-lengkap") == (0, 1), "no salary and no duties are said"
    assert years("temuan-dijawab") == (0, 1), "nobody answered it in time"


@pytest.fixture
def watch(own_database):
    return make_watch(people=4)


def test_late_is_measured_against_the_first_plan_and_what_never_came_counts(watch):
    prompt, late = watch.story.ready(), Stage(2, cast=(watch.story.pia, watch.story.rudi)).ready()
    never = make_stage(make_recruitment(published_by=prompt.rudi), "test", 3, rule="skd", announce_at=DUE)
    type(late.stage).objects.filter(pk=late.stage.pk).update(announce_at=DUE + HOUR)
    announcement.announce_due(DUE)
    announcement.announce_due(DUE + HOUR)

    indicators.compute(DUE + 2 * HOUR)

    assert years("tepat-waktu") == (1, 3)
    row = indicators.newest()["tepat-waktu", "month", date(2026, 11, 1)]
    assert (row.numerator, row.denominator) == (1, 3)
    assert (row.median, row.tenth) == (0, 3600), "of the two that came"
    rows = MEASURES["tepat-waktu"].rows(DUE + 2 * HOUR, "Asia/Jakarta", date(2026, 1, 1), date(2027, 1, 1), 9)
    assert sorted(one["label"] for one in rows if not one["numerator"]) == sorted(
        f"{stage.recruitment.name}: {stage.name_public}" for stage in (late.stage, never)
    )


def test_a_finding_counts_when_its_time_is_over(watch):
    answered, silent = watch.sent(), watch.sent(title="Lain")
    answering.answer(answered, text="Sudah diperbaiki.", by=watch.story.pia, at=NOON + 2 * DAY)

    indicators.compute(silent.due_at - HOUR)
    assert years("temuan-dijawab") == (0, 0)
    indicators.compute(silent.due_at + DAY)

    assert years("temuan-dijawab") == (1, 2)
    first, last = date(2026, 1, 1), date(2027, 1, 1)
    rows = MEASURES["temuan-dijawab"].rows(silent.due_at + DAY, "Asia/Jakarta", first, last, 10)
    assert {row["label"] for row in rows} == {silent.number, answered.number}, "no word that is not public yet"
    assert indicators.newest()["temuan-dijawab", "year", date(2026, 1, 1)].median == 2 * 86400


def test_answers_to_reports_are_counted_by_whole_months_of_five_or_more(watch):
    a_team_key(watch.oka, at=NOON)
    for n in range(5):
        report = of_code(handed_in(at=NOON + n * HOUR))
        if n < 3:
            desk.answer(report, text="Sudah kami terima.", by=watch.oka, at=NOON + (2 if n < 2 else 9) * DAY)
    for n in range(4):
        handed_in(at=NOON + 31 * DAY + n * HOUR)
    end = datetime(2026, 12, 1, tzinfo=UTC) + 8 * DAY

    indicators.compute(end - DAY)
    assert years("laporan-dijawab") == (0, 0), "the month may still change, or has just ended"
    with working_as(KEEPER):
        indicators.compute(end)
    assert years("laporan-dijawab") == (2, 5)
    indicators.compute(end + 60 * DAY)
    assert years("laporan-dijawab") == (2, 5), "four reports of a month are never counted"


def test_an_objection_counts_when_its_time_is_over_and_reasons_with_words_count_as_reasons(own_database):
    city = Contested()
    refused, silent = city.filed("alya"), city.filed("budi")
    decisions.decide(
        refused, verdicts={one.key: False for one in refused.items.all()}, answer="Belum terbaca.",
        summary="Halaman 2 tetap tidak terbaca.", by=city.joko, at=timezone.now(),
    )  # fmt: skip

    indicators.compute(silent.due_at + DAY)

    assert years("sanggah-dijawab") == (1, 2)
    assert years("penolakan-beralasan") == (4, 4), "Alya, Budi, Dewi and Eka, each with a reason and a word"


def test_seats_for_people_with_a_disability_are_counted_in_seats(watch):
    recruitment = watch.story.recruitment
    make_formation(recruitment, quota=97)
    make_formation(recruitment, quota=2, need=Formation.Need.DISABILITY)

    indicators.compute(NOON + DAY)

    assert years("kuota-disabilitas") == (2, 100)


def test_a_share_is_rounded_down_and_nothing_is_no_number():
    assert str(value(SHARE, 1999, 2000)) == "99.9"
    assert str(value(SHARE, 2000, 2000)) == "100.0"
    assert value(SHARE, 0, 0) is None
    assert value(SHARE, None, None) is None


# --- Every night, once --------------------------------------------------------------------------------
def test_it_is_counted_once_a_night_however_many_ring(watch):
    watch.story.ready()

    raised = together(*[lambda: indicators.compute_due(DUE + HOUR)] * 4)

    assert raised == [None] * 4
    assert Indicator.objects.filter(name="partisipasi", span="month").count() == 1
    assert indicators.compute_due(DUE + 2 * HOUR) == 0
    with working_as("portal_seq"):
        assert indicators.compute_due(DUE + DAY) == 2 * len(MEASURES), "the present month and year again"


def test_a_month_that_is_over_is_written_again_only_when_it_changed(watch):
    stage = make_stage(make_recruitment(published_by=watch.story.rudi), "test", 3, rule="skd", announce_at=DUE)
    october = date(2026, 11, 1)
    later = DUE + 40 * DAY
    indicators.compute(later)
    indicators.compute(later + DAY)
    assert Indicator.objects.filter(name="tepat-waktu", span="month", period=october).count() == 1

    type(stage).objects.filter(pk=stage.pk).update(planned_announce_at=None)
    indicators.compute(later + 2 * DAY)

    assert indicators.newest()["tepat-waktu", "month", october].denominator == 1, "the stage of the watch is left"


# --- Groups: nobody is pointed at ---------------------------------------------------------------------
def remainder(cells: list[Cell], took: int, passed: int) -> tuple[int, int]:
    """What somebody learns who takes what is shown from the whole, which is public."""
    shown = [cell for cell in cells if cell.took is not None]
    return took - sum(cell.took for cell in shown), passed - sum(cell.passed for cell in shown)


def world(rng: Random) -> list[Cell]:
    sizes = [rng.choice([1, 2, 5, 9, 10, 12, 30, 200]) for _ in range(rng.randint(1, 7))]
    return [Cell(f"k{place}", size, rng.randint(0, size)) for place, size in enumerate(sizes)]


def test_no_subtraction_from_the_whole_leads_to_a_small_group():
    rng = Random(26)
    hidden_worlds = 0
    for _turn in range(3000):
        cells = world(rng)
        told = suppressed(cells)

        assert [cell.group for cell in told] == [cell.group for cell in cells]
        assert all(cell == before for cell, before in zip(told, cells, strict=True) if cell.took is not None)
        assert all(groups.safe(cell.took, cell.passed) for cell in told if cell.took is not None)
        hidden = [cell for cell in told if cell.took is None]
        hidden_worlds += bool(hidden)
        if hidden and len(hidden) < len(told):
            assert len(hidden) > 1
            rest = remainder(told, sum(cell.took for cell in cells), sum(cell.passed for cell in cells))
            assert groups.safe(*rest)
    assert hidden_worlds > 1000


def test_without_the_second_group_unsaid_the_same_subtraction_finds_the_one_person():
    """The twin: only the small group itself is left out."""
    cells = [Cell("umum", 100, 40), Cell("papua", 20, 10), Cell("diaspora", 1, 1)]
    only_small = [cell if groups.safe(cell.took, cell.passed) else Cell(cell.group, None, None) for cell in cells]

    assert remainder(only_small, 121, 51) == (1, 1)
    assert remainder(suppressed(cells), 121, 51) == (21, 11)
    assert [cell.took for cell in suppressed(cells)] == [100, None, None]


def test_a_correction_after_the_count_adds_no_second_count_that_would_tell_whose_group_it_was(watch):
    story = Stage(people=30, cast=(watch.story.pia, watch.story.rudi))
    other = make_formation(story.recruitment, quota=1, need=Formation.Need.PAPUA)
    for one in story.people[:12]:
        type(one).objects.filter(pk=one.pk).update(formation=other)
    story.ready()
    announcement.announce_due(DUE)
    first = {cell.group: cell for cell in groups.counted(story.stage.announcements.get().outcome_set_id, groups.NEED)}

    assert indicators.count_groups(DUE + 29 * DAY) == 0, "the window for corrections is open"
    assert indicators.count_groups(DUE + 30 * DAY) == 2
    told = {rate.group: (rate.took, rate.passed) for rate in PassRate.objects.all()}
    assert told == {name: (cell.took, cell.passed) for name, cell in first.items()}

    story.correct(at=DUE + 31 * DAY, p15=106)
    announcement.announce_due(DUE + 31 * DAY)
    corrected = {
        cell.group: cell
        for cell in groups.counted(story.stage.announcements.get(version=2).outcome_set_id, groups.NEED)
    }
    assert corrected != first, "two counts would differ by the one corrected person"
    assert indicators.count_groups(DUE + 70 * DAY) == 0
    assert {rate.group: (rate.took, rate.passed) for rate in PassRate.objects.all()} == told


# --- The pages ----------------------------------------------------------------------------------------
def main_of(page: str) -> str:
    return page.split("<main")[1].split("</main")[0]


def test_before_anything_was_counted_every_number_is_missing_and_none_is_100(own_database, client):
    page = main_of(client.get(reverse("openness")).content.decode())

    assert page.count("<strong>belum ada data</strong>") == len(MEASURES)
    assert "100 persen</strong>" not in page
    assert client.get(reverse("openness"), {"tahun": "2019"}).status_code == 404
    assert client.get(reverse("openness"), {"tahun": "x"}).status_code == 404


def test_the_page_shows_what_misses_its_target_first_and_leads_to_the_rows(watch, client, django_assert_num_queries):
    for _turn in range(6):
        make_stage(make_recruitment(published_by=watch.story.rudi), "test", 3, rule="skd", announce_at=DUE)
    watch.story.ready()
    announcement.announce_due(DUE)
    make_formation(watch.story.recruitment, quota=9, need=Formation.Need.DISABILITY)
    indicators.compute(DUE + HOUR)

    with django_assert_num_queries(2):
        page = main_of(client.get(reverse("openness")).content.decode())

    titles = [part.split("<")[0] for part in page.split("<h2 id=")[1:] for part in [part.split(">", 1)[1]]]
    assert titles[:3] == [
        str(MEASURES[name].title) for name in ("lowongan-lengkap", "tepat-waktu", "kuota-disabilitas")
    ]
    assert "<strong>14,2 persen</strong> · 1 dari 7 tahap" in page
    assert "Target belum tercapai" in page and "paling sedikit 95 persen" in page
    response = client.get(reverse("openness"))
    assert response.headers["Cache-Control"].startswith("public, max-age=300")
    assert len(response.content) < 60_000

    rows = main_of(client.get(reverse("indicator_detail", args=["tepat-waktu"])).content.decode())
    assert rows.count(">belum</span>") == 6 and rows.count(">ya</span>") == 1
    assert f"/seleksi/{watch.stage.recruitment.slug}/" in rows


def test_every_row_that_is_counted_is_on_one_of_the_pages_and_each_page_stays_light(watch, client):
    for _turn in range(130):
        make_formation(watch.story.recruitment)
    address = reverse("indicator_detail", args=["lowongan-lengkap"])
    listed = Formation.objects.filter(recruitment=watch.story.recruitment)

    first, second = client.get(address), client.get(address, {"halaman": "2"})
    pages = [main_of(one.content.decode()) for one in (first, second)]

    assert all(sum(f"/lowongan/{one.slug}/" in page for page in pages) == 1 for one in listed)
    assert "halaman=2" in pages[0] and "halaman=1" in pages[1] and "halaman=3" not in pages[1]
    assert max(len(one.content) for one in (first, second)) < 60_000
    for wrong in ("3", "0", "x", "-1", ""):
        assert client.get(address, {"halaman": wrong}).status_code == 404


def test_a_share_of_less_than_five_is_told_as_a_count(watch):
    row = Indicator(name="tepat-waktu", numerator=2, denominator=3)

    assert board.in_words(MEASURES["tepat-waktu"], row) == "2 dari 3 tahap"


def test_the_trend_is_said_in_words(watch):
    measure = MEASURES["tepat-waktu"]
    rows = [
        Indicator(name=measure.name, span="year", period=date(year, 1, 1), numerator=n, denominator=20)
        for year, n in ((2025, 18), (2026, 17))
    ]

    figure = next(one for one in board.of_year(rows, 2026) if one.measure is measure)

    assert (figure.words, figure.trend, figure.met) == ("85 persen", "turun 5 poin dari 2025", False)


def test_the_csv_holds_every_number_that_counts_and_no_formula(watch, client):
    watch.story.ready()
    announcement.announce_due(DUE)
    indicators.compute(DUE + HOUR)
    indicators.compute(DUE + DAY)

    rows = list(csv.DictReader(io.StringIO(client.get(reverse("openness_csv")).content.decode())))

    assert len(rows) == 2 * len(MEASURES)
    (mine,) = [row for row in rows if (row["ukuran"], row["rentang"]) == ("tepat-waktu", "month")]
    assert (mine["pembilang"], mine["penyebut"], mine["nilai"], mine["target"]) == ("1", "1", "100.0", "95")


def test_small_groups_are_named_but_not_counted_on_the_page(watch, client):
    watch.story.ready()
    announcement.announce_due(DUE)
    indicators.compute(DUE + 31 * DAY)

    page = main_of(client.get(reverse("pass_rates")).content.decode())

    assert "tidak ditulis, kelompoknya terlalu kecil" in page
    assert "Umum" in page and "persen" not in page
    assert PassRate.objects.get().took is None
