"""Nothing that an applicant writes in an objection, or that the office answers, runs on any page."""

import pytest
from django.test import Client
from django.urls import reverse

from lib.plain_words import plain
from selection.forms.decision import DecisionForm
from selection.forms.objection import PointForm
from selection.models import ObjectionItem
from selection.objectable import chance_of, points_of
from tests.accounts.test_second_factor import remember
from tests.conftest import database_of_its_own
from tests.parts import enrol
from tests.payloads import INVISIBLE, WORDS, as_seen, judge, seen
from tests.selection.objecting import Contested, without_triggers

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Case:
    """Alya's objection is a draft that she writes, Budi's is filed; Joko judges."""

    def __init__(self):
        self.city = Contested()
        self.draft, self.filed = self.city.draft("alya"), self.city.filed("budi")
        self.alya, self.budi, self.joko = Client(), Client(), Client()
        self.alya.force_login(self.city.alya, backend=BACKEND)
        self.budi.force_login(self.city.budi, backend=BACKEND)
        self.joko.force_login(enrol(self.city.joko), backend=BACKEND)
        remember(self.joko, self.city.joko, "mfa")
        without_triggers("selection_objectionitem")  # so that one filed case can hold each payload in turn


@pytest.fixture(scope="module")
def case(migrated_template, django_db_blocker, tmp_path_factory):
    from django.test import override_settings

    place = tmp_path_factory.mktemp("sanggah")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": place / "d"}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    folders = {"VAR": place, "PREPARED_ROOT": place / "prepared", "PUBLIC_ROOT": place / "public"}
    with override_settings(STORAGES=storages, **folders), database_of_its_own(migrated_template, django_db_blocker):
        yield Case()


def harmless(answer, words: str) -> None:
    assert answer.status_code == 200
    assert judge(answer.content.decode()) == []
    assert as_seen(words) in seen(answer.content.decode())


@pytest.mark.parametrize("name", WORDS)
def test_every_page_of_an_objection_shows_the_words_and_runs_nothing(case, name):
    words = WORDS[name]
    point = points_of(chance_of(case.city.files["alya"], case.city.stage).outcome)[0]
    place = [case.city.files["alya"].ref, "administrasi"]
    form = {"ground": point.grounds[0], "text": words}
    assert case.alya.post(reverse("objection_point", args=[*place, point.key]), form).status_code == 302
    ObjectionItem.objects.filter(objection=case.filed).update(text=plain(words))

    harmless(case.alya.get(reverse("objection_point", args=[*place, point.key])), words)
    harmless(case.alya.get(reverse("objection_check", args=place)), words)
    harmless(case.budi.get(reverse("objection_detail", args=[case.city.files["budi"].ref, "administrasi"])), words)
    harmless(case.joko.get(reverse("objection_case", args=[case.filed.pk])), words)


@pytest.mark.parametrize("name", INVISIBLE)
def test_signs_that_nobody_sees_are_left_out_of_what_is_written_and_answered(case, name):
    point = points_of(chance_of(case.city.files["alya"], case.city.stage).outcome)[0]
    written = PointForm({"ground": point.grounds[0], "text": INVISIBLE[name]}, point=point)
    decided = DecisionForm({"answer": INVISIBLE[name], "summary": INVISIBLE[name]}, items=[])

    assert written.is_valid() and decided.is_valid()
    for given in (written.cleaned_data["text"], decided.cleaned_data["answer"], decided.cleaned_data["summary"]):
        assert given == plain(INVISIBLE[name]).strip()
