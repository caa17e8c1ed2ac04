"""Nothing that a citizen writes to the team, or about a report on openness, runs on any page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from oversight import untraced
from oversight.actions import openness_report, report_comment
from oversight.models import Membership, OpennessReport
from oversight.report_codes import normal
from oversight.views import reports as pages
from tests.oversight.reporting import PASSPHRASE, a_team_key, of_code
from tests.oversight.story import NOON, make_watch
from tests.oversight.test_openness_reports import FIRST_AT_NINE
from tests.parts import DAY, enrol, make_user
from tests.payloads import WORDS, as_seen, judge, seen

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def fresh_counts(monkeypatch):
    monkeypatch.setattr(untraced, "counts", untraced.HourlyCounts())
    monkeypatch.setattr(pages, "counts", untraced.counts)


def whole(text: str, words: dict[str, str]) -> None:
    assert judge(text) == []
    lost = [name for name in words if as_seen(words[name]) not in seen(text)]
    assert not lost


def test_comments_on_a_report_are_only_words(own_database):
    watch = make_watch(people=12)
    nia = enrol(make_user("nia@tim.example", Role.SECRETARIAT))
    Membership.objects.create(team=watch.team, user=nia, role="secretariat", affiliation="LSM", since=NOON - 30 * DAY)
    openness_report.publish_due(FIRST_AT_NINE)
    with connection.cursor() as cursor:  # open by the real clock, as the pages ask it
        cursor.execute("ALTER TABLE oversight_opennessreport DISABLE TRIGGER USER")
        OpennessReport.objects.update(comments_until=max(timezone.now(), FIRST_AT_NINE) + 30 * DAY)
        cursor.execute("ALTER TABLE oversight_opennessreport ENABLE TRIGGER USER")
    report = OpennessReport.objects.get()
    for number, words in enumerate(WORDS.values()):
        answer = Client().post(
            reverse("report_comment_new", args=[report.number]),
            {"name": words[:80], "text": words},
            REMOTE_ADDR=f"10.1.{number}.9",
        )
        assert answer.status_code == 200, answer.context["form"].errors
    desk = Client()
    desk.force_login(nia, backend=BACKEND)
    first = dict(list(WORDS.items())[:50])  # the desk shows the 50 oldest

    whole(desk.get(reverse("report_comment_list")).content.decode(), first)
    for one in report.comments.all():
        report_comment.decide(one, publish=True, reason="", by=nia, at=timezone.now())
    whole(Client().get(reverse("openness_report", args=[report.number])).content.decode(), WORDS)


def test_a_sealed_report_is_only_words_to_its_reporter_and_to_the_team(own_database, fresh_counts):
    watch = make_watch(people=12)
    oka = enrol(watch.oka)
    a_team_key(oka)
    text = "\n".join(WORDS.values())
    chunks, each = [], ""
    for line in text.split("\n"):
        if len(each) + len(line) > 1800:
            chunks.append(each)
            each = ""
        each += line + "\n"
    chunks.append(each)
    desk, shown, told = Client(), "", ""
    desk.force_login(oka, backend=BACKEND)
    for number, chunk in enumerate(chunks):
        client = Client(REMOTE_ADDR=f"10.2.{number}.9")
        page = client.get("/lapor/tulis/").text
        token = re.search(r'name="token" value="([^"]+)"', page)[1]
        sent = client.post(
            "/lapor/tulis/", {"topic": "money", "text": chunk, "kind": "anonymous", "contact": "", "token": token}
        )
        assert sent.status_code == 200
        code = normal(re.search(r'id="kode">([^<]+)<', sent.text)[1])
        told += client.post("/lapor/pantau/", {"code": code}).text
        address = reverse("report_detail", args=[of_code(code).pk])
        shown += desk.post(reverse("report_unlock"), {"passphrase": PASSPHRASE, "next": address}, follow=True).text

    assert judge(told) == []
    whole(shown, {name: words for name, words in WORDS.items() if "\n" not in words})
