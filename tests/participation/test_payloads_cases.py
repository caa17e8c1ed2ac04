"""Nothing that citizens or officers write about a case runs anywhere: on pages, in the feed, in tables, in letters."""

import csv
import io

import feedparser
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lib.plain_words import plain
from participation import case_codes
from participation.actions import case_keeping, cases
from participation.models import ServiceCase
from publishing.actions import delivery
from tests.conftest import database_of_its_own
from tests.participation.citizens import Office, a_case
from tests.parts import DAY, enrol
from tests.payloads import FILES, WORDS, as_seen, judge, seen

BACKEND = "django.contrib.auth.backends.ModelBackend"
HANDFULS = [list(WORDS.values())[start : start + 10] for start in range(0, len(WORDS), 10)]


class Desks:
    """The desk and the officer, signed in; and everybody."""

    def __init__(self):
        self.office, self.now = Office(), timezone.now()
        self.everybody, self.desk, self.officer = Client(), Client(), Client()
        self.desk.force_login(enrol(self.office.pia), backend=BACKEND)
        self.officer.force_login(enrol(self.office.tono), backend=BACKEND)

    def case(self, words: str) -> tuple[ServiceCase, str]:
        """A case with `words` in every field, taken along the whole road by the pages themselves; and its code."""
        token = case_codes.new_token()
        form = {
            "kind": "complaint",
            "topic": "roads",
            "text": words,
            "place": words[:200],
            "token": token,
            "looked": "1",
        }
        assert self.everybody.post(reverse("case_new"), form).status_code == 200
        code = case_codes.code_of(token)
        case = cases.of_code(code)
        work = reverse("case_work", args=[case.number])
        for who, given in (
            (self.desk, {"do": "route", "agency": self.office.agency.pk, "summary": words[:150]}),
            (self.officer, {"do": "pass_on", "words": words}),
            (self.desk, {"do": "route", "agency": self.office.agency.pk, "summary": words[:150]}),
            (self.officer, {"do": "answer", "words": words, "private": words}),
        ):
            done = who.post(work, given)
            assert done.status_code == 302, done.context["form"].errors
        mine = self.everybody.post(reverse("case_mine"), {"code": code}).context["mine"]
        self.everybody.post(reverse("case_mine"), {"mine": mine, "do": "reopen", "private": words})
        return case, code


@pytest.fixture(scope="module")
def desks(migrated_template, django_db_blocker):
    with database_of_its_own(migrated_template, django_db_blocker):
        yield Desks()


def harmless(answer, *words: str) -> None:
    """The page shows `words` sign by sign, and nothing in it runs."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    text = answer.content.decode()
    assert judge(text) == []
    shown = seen(text)
    assert not [one for one in words if as_seen(one) not in shown]


@pytest.mark.parametrize("handful", HANDFULS)
def test_every_page_of_a_case_shows_the_words_and_runs_nothing(desks, handful):
    case, code = desks.case("\n".join(handful))

    for answer in (
        desks.everybody.get(reverse("case_detail", args=[case.number])),
        desks.officer.get(reverse("case_work", args=[case.number])),
        desks.desk.get(reverse("case_work", args=[case.number])),
        desks.everybody.post(reverse("case_mine"), {"code": code}),
    ):
        harmless(answer, *handful)


def test_lists_feed_tables_and_letters_of_all_of_them_stay_whole(desks):
    assert len(WORDS) >= 60
    at = desks.now - 60 * DAY
    for words in WORDS.values():
        case = desks.office.route(a_case(at=at), at=at)
        ServiceCase.objects.filter(pk=case.pk).update(summary=plain(words)[:150])
    case_keeping.escalate_late(desks.now)

    for name in ("case_home", "case_overdue", "case_table"):
        harmless(desks.everybody.get(reverse(name)))
    pages = [desks.everybody.get(reverse("case_list"), {"halaman": page, "keadaan": "routed"}) for page in range(1, 6)]
    for one in pages:
        harmless(one)
    listed = " ".join(seen(one.content.decode()) for one in pages)
    assert not [one for one in WORDS.values() if as_seen(plain(one)[:150]) not in listed]
    harmless(desks.desk.get(reverse("case_queue")))
    feed = feedparser.parse(desks.everybody.get(reverse("case_overdue_feed")).content)
    assert not feed.bozo and len(feed.entries) == 50
    rows = list(csv.reader(io.StringIO(desks.everybody.get(reverse("case_list_csv")).content.decode("utf-8-sig"))))
    assert len(rows) > len(WORDS) and {len(row) for row in rows} == {13}
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    delivery.deliver_due(desks.now + DAY)
    assert mail.outbox and not [one for one in mail.outbox if "\n" in one.subject or one.content_subtype != "plain"]


@pytest.mark.parametrize("name", FILES)
def test_no_file_that_is_more_than_a_photo_comes_with_a_case(desks, name):
    file_name, content, _kind = FILES[name]
    upload = io.BytesIO(content)
    upload.name = file_name
    before = ServiceCase.objects.count()
    form = {"kind": "question", "topic": "civil", "text": "Kapan?", "token": case_codes.new_token(), "photo": upload}

    answer = desks.everybody.post(reverse("case_new"), form, REMOTE_ADDR="10.9.9.9")

    if name == "photo as pdf":  # it is a photo, whatever its name says; the name is not kept
        assert answer.status_code == 200
        assert ServiceCase.objects.latest("pk").photos.get().content_type == "image/jpeg"
    else:
        assert answer.status_code == 422 and ServiceCase.objects.count() == before
