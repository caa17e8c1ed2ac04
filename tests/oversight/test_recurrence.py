"""A finding that comes again in another recruitment of the same agency points to the earlier one."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from oversight.actions import finding
from oversight.finding_queries import may_recur
from tests.oversight.story import EVIDENCE, make_public
from tests.parts import DAY, make_agency
from tests.selection.story import Stage
from vacancies.models import Recruitment
from vacancies.models import Stage as VacancyStage

AT = timezone.now() - 10 * DAY


@pytest.fixture
def again(watch):
    """A stage of the next recruitment of the same agency."""
    story = Stage(3, cast=(watch.story.pia, watch.story.rudi))
    Recruitment.objects.filter(pk=story.recruitment.pk).update(agency=watch.stage.recruitment.agency)
    return VacancyStage.objects.select_related("recruitment").get(pk=story.stage.pk)


def repeat(watch, stage, earlier):
    given = {"title": "Lagi", "body": "Sama.", "severity": "minor", "evidence": [EVIDENCE]}
    return finding.draft(stage, by=watch.oka, at=AT + DAY, recurs=earlier, **given)


def test_the_page_says_so_and_links_to_the_earlier_one(watch, again, client):
    earlier = watch.sent(at=AT)
    later = make_public(repeat(watch, again, earlier), watch.oka, at=AT + DAY)

    page = client.get(f"/pengawasan/temuan/{later.number}/").content.decode()

    assert "Berulang dari" in page and f"/pengawasan/temuan/{earlier.number}/" in page
    assert "berulang" in client.get("/pengawasan/").content.decode()
    assert later.statement()["recurs"] == earlier.number


def test_a_finding_repeats_what_was_sent_elsewhere_in_the_same_agency_only(watch, again):
    sent, draft = watch.sent(at=AT), watch.draft(at=AT)
    elsewhere = Stage(3, cast=(watch.story.pia, watch.story.rudi)).stage
    Recruitment.objects.filter(pk=elsewhere.recruitment_id).update(agency=make_agency("Kabupaten Lain"))

    assert list(may_recur(again.recruitment)) == [sent]
    for stage, earlier in ((again, draft), (watch.stage, sent), (elsewhere, sent)):
        with pytest.raises(DatabaseError, match="same agency"):
            repeat(watch, stage, earlier)
