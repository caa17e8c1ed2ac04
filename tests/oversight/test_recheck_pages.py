"""The pages of a check of files: the office opens and ends it, verifiers judge blind, everybody reads what came of it."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from oversight.actions import indicators, re_review
from oversight.forms_recheck import RecheckForm
from selection.actions import announcement, rechecks
from selection.models import Recheck, Reopening
from selection.queries import current_set
from tests.oversight.rechecking import REASON, Doubted
from tests.oversight.test_indicators import years
from tests.parts import DAY
from tests.selection.test_objection_decision import sign_in
from tests.told import told_once

doubted, city = told_once("doubted", Doubted)


def at_desk(who) -> Client:
    Authenticator.objects.filter(user=who).delete()  # so that the same person may sit down twice
    client = Client()
    sign_in(client, who)
    return client


def text(response) -> str:
    return response.content.decode()


def judged_on_pages(city, who, recheck, lacking) -> int:
    """`who` takes file after file and says what the page asks; of those of `lacking` the diploma is unreadable."""
    client, count = at_desk(who), 0
    numbers = {city.files[name].pk for name in lacking}
    while (answer := client.post(reverse("recheck_take", args=[recheck.pk]))).url != reverse("review_queue_list"):
        page = client.get(answer.url)
        assert "Putusan lama tidak ditampilkan" in text(page)
        assert "Dokumen tidak terbaca (halaman 2)" not in text(page), "blind to what was said the first time"
        away = page.context["application"].pk in numbers
        about = {f"syarat{city.years.pk}-verdict": "met", f"syarat{city.diploma.pk}-verdict": "met"}
        if away:
            about |= {
                f"syarat{city.diploma.pk}-verdict": "not_met", f"syarat{city.diploma.pk}-reason": city.unreadable.pk,
                f"syarat{city.diploma.pk}-detail": "halaman 3",
            }  # fmt: skip
        assert client.post(answer.url, about).url == reverse("review_queue_list")
        count += 1
    return count


def test_office_verifiers_and_public_go_the_whole_way_on_pages(city, settings):
    finding = city.sent()
    pia, rudi = at_desk(city.pia), at_desk(city.rudi)
    answer = reverse("finding_answer", args=[finding.number])
    pia.post(answer, {"text": "Benar. Berkas yang dinilai Vera kami periksa ulang."})
    assert reverse("recheck_new", args=[finding.number]) in text(pia.get(answer))
    page = reverse("recheck_new", args=[finding.number])
    chosen = {"which": "verifier", "verifier": city.vera.pk, "reason": REASON}
    counted = pia.post(page, chosen)
    assert "5 berkas cocok" in text(counted)
    assert not Recheck.objects.exists(), "nobody is told before the number was seen"
    assert "5 berkas cocok" in text(pia.post(page, chosen | {"sure": "4"})), "another number was seen: look again"

    opened = pia.post(page, chosen | {"sure": "5"})

    recheck = Recheck.objects.get()
    assert opened.url == reverse("recheck_detail", args=[recheck.pk])
    waiting = text(pia.get(opened.url))
    assert "5 berkas, 0 sudah disepakati" in waiting
    assert "Rekap dan bandingkan" not in waiting
    assert "Periksa ulang" in text(at_desk(city.nira).get(reverse("review_queue_list")))
    assert judged_on_pages(city, city.vera, recheck, ()) == 0
    for who in (city.nira, city.tari):
        assert judged_on_pages(city, who, recheck, ("citra",)) == 5
    looks = FileAccess.objects.filter(subject=city.files["citra"].ref, by=city.nira)
    assert {look.purpose for look in looks} == {"Pemeriksaan ulang berkas karena temuan pengawas"}
    done = pia.get(opened.url)
    assert "Rekap dan bandingkan" in text(done)
    assert "halaman 3" not in text(done), "what was said is read together, old beside new"
    shadow = pia.post(opened.url, {"decision": "sum_up"}).url
    seen = text(rudi.get(shadow))
    assert "Direkap dari 5 berkas" in seen
    assert all(application.participant_number in seen for application in city.files.values())
    assert "Ijazah asli: Dokumen tidak terbaca (halaman 3)" in seen
    pia.post(shadow, {"decision": "apply"})
    assert current_set(city.stage) == city.set, "whoever summed up does not apply"
    rudi.post(shadow, {"decision": "apply"})
    assert current_set(city.stage).version == 2
    assert all(application.participant_number in text(rudi.get(shadow)) for application in city.files.values())
    pia.post(reverse("stage_preparation", args=[city.stage.pk]), {"reason": REASON})
    rudi.post(reverse("preparation_approval", args=[city.stage.preparations.last().pk]))
    assert announcement.announce_due(timezone.now()) == 1

    said = text(at_desk(city.oka).get(reverse("team_finding", args=[finding.number])))
    assert "5 berkas diperiksa ulang oleh pemeriksa lain" in said
    assert "Hasil pemeriksaan ulang diterapkan" in said
    explained = text(at_desk(city.citra).get(
        reverse("explanation_detail", args=[city.files["citra"].ref, city.announced.number])
    ))  # fmt: skip
    assert "diperiksa ulang karena temuan pengawas" in explained
    assert "Dokumen tidak terbaca (halaman 3)" in explained
    assert "membuka pemeriksaan ulang" in text(pia.get(reverse("stage_desk", args=[city.stage.pk])))


def test_dropped_on_the_page_it_ends_for_all_and_nobody_reads_a_file_any_more(city):
    recheck = city.opened(None)
    nira, rudi = at_desk(city.nira), at_desk(city.rudi)
    look = nira.post(reverse("recheck_take", args=[recheck.pk])).url
    assert nira.get(look).status_code == 200

    rudi.post(reverse("recheck_detail", args=[recheck.pk]), {"decision": "cancel"})

    recheck.refresh_from_db()
    assert (recheck.state, recheck.ended_by) == ("cancelled", city.rudi)
    assert current_set(city.stage) == city.set
    assert nira.get(look).status_code == 404
    assert nira.post(reverse("recheck_take", args=[recheck.pk])).url == reverse("review_queue_list")
    assert "Dibatalkan" in text(rudi.get(reverse("recheck_detail", args=[recheck.pk])))
    again = text(rudi.get(reverse("finding_answer", args=[recheck.cause])))
    assert reverse("recheck_new", args=[recheck.cause]) in again, "and it may be begun once more"


def test_only_the_office_opens_and_only_verifiers_take(city):
    recheck = city.opened(None)
    pages = [reverse("recheck_new", args=[recheck.cause]), reverse("recheck_detail", args=[recheck.pk])]

    for who in (city.nira, city.joko, city.oka, city.alya):
        assert {at_desk(who).get(page).status_code for page in pages} <= {403, 404}, who
        assert at_desk(who).post(pages[1], {"decision": "cancel"}).status_code in (403, 404)
    for who in (city.pia, city.joko, city.alya):
        assert at_desk(who).post(reverse("recheck_take", args=[recheck.pk])).status_code in (403, 404)
    recheck.refresh_from_db()
    assert recheck.state == "open"
    taken = at_desk(city.nira).post(reverse("recheck_take", args=[recheck.pk])).url
    assert at_desk(city.tari).get(taken).status_code == 404, "a file on somebody else's desk"


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({"which": "all"}, "alya budi citra dewi eka"),
        ({"which": "formation", "formation": "other_post"}, "dewi"),
        ({"which": "requirement", "requirement": "diploma"}, "alya budi dewi"),
        ({"which": "verifier", "verifier": "wati"}, "alya budi citra dewi eka"),
        ({"which": "verifier", "verifier": "nira"}, None),
        ({"which": "numbers", "numbers": "citra"}, "citra"),
        ({"which": "numbers", "numbers": "unknown"}, None),
        ({"which": "formation"}, None),
        ({}, None),
    ],
)
def test_files_are_chosen_by_what_they_have_in_common(city, chosen, names):
    given = dict(chosen)
    for key, value in chosen.items():
        if key == "numbers":
            given[key] = city.files[value].participant_number if value in city.files else "P-999"
        elif key != "which":
            given[key] = getattr(city, value).pk

    form = RecheckForm(given | {"reason": REASON}, stage=city.stage)

    assert form.is_valid() == (names is not None)
    if names:
        assert {one.pk for one in form.files} == {city.files[name].pk for name in names.split()}
        assert form.scope


def test_the_queue_asks_as_much_for_one_check_as_for_several(city, client):
    sign_in(client, city.nira)
    client.get(reverse("review_queue_list"))
    counts = []
    for other in (city, Doubted()):
        other.opened(None)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("review_queue_list"))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_pass_taken_away_counts_as_a_refusal_with_its_reason(city):
    indicators.compute(timezone.now())
    assert years("penolakan-beralasan") == (4, 4)
    recheck = city.checked(city.opened(None, "citra", "alya"), lacking=["citra", "alya"])
    re_review.apply(re_review.sum_up(recheck, by=city.pia, at=timezone.now()), by=city.rudi, at=timezone.now())
    city.announce(timezone.now(), reason=REASON)

    indicators.compute(timezone.now() + DAY)

    assert years("penolakan-beralasan") == (5, 5), "Citra's with reason and words; Alya, refused before, is not new"


def test_progress_counts_what_waits(city):
    recheck = city.opened(None, "alya", "citra")
    city.judge(recheck, city.nira)

    assert rechecks.progress(recheck) == rechecks.Progress(2, 0, 0)
    assert Reopening.objects.unsettled().count() == 2
