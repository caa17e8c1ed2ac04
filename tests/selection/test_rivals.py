"""What a rival applicant, a neighbour at the same phone and a prankster try on the applicants' pages."""

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.roles import Role
from selection.actions import announcement, uploads
from selection.actions import application as actions
from selection.models import Answers, Application, Document, Review
from selection.states import State
from tests.parts import enrol, make_user
from tests.selection.applying import Vacancy, a_pdf, as_file
from tests.selection.story import DUE, Stage
from vacancies.models import Recruitment

NIK, BUDIS = "9901011505950001", "9901011505950002"
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAYLOADS = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "{{7*7}}{% debug %}",
]


@pytest.fixture(autouse=True)
def no_limits_left_over(db):
    cache.clear()


@pytest.fixture
def rivals(client):
    """Alya with a draft and its documents; Budi, with one of his own, is signed in."""
    alya, budi = make_user("alya@contoh.example"), make_user("budi@contoh.example")
    vacancy = Vacancy()
    hers, his = vacancy.draft(alya, nik=NIK), vacancy.draft(budi, nik=BUDIS)
    client.force_login(budi, backend=BACKEND)
    return hers, his, vacancy


def everything(application) -> list:
    return [
        model_to_dict(Application.objects.get(pk=application.pk)),
        model_to_dict(Answers.objects.get(application=application)),
        model_to_dict(Person.objects.get(user=application.user)),
        list(Document.objects.filter(application=application).values()),
    ]


ADDRESSES = [
    ("application_detail", []), ("application_section", ["data-diri"]), ("application_section", ["pernyataan"]),
    ("application_documents", []), ("document_upload", ["wanted"]), ("document_download", ["given"]),
    ("application_check", []), ("application_tracking", []), ("application_withdraw", []), ("receipt_detail", []),
    ("explanation_detail", ["2026-1"]),
]  # fmt: skip


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize(("name", "more"), ADDRESSES)
def test_anothers_application_is_as_good_as_none(rivals, client, name, more, sent):
    hers, _his, vacancy = rivals
    if sent:
        actions.submit(hers, by=hers.user)
    places = {"wanted": vacancy.letter.pk, "given": hers.documents.first().pk}
    more = [places.get(one, one) for one in more]
    before = everything(hers)
    forms = {"name": "x", "nik": BUDIS, "agree": "on", "sure": "on", "because": "x"}

    for ref in (hers.ref, "LMR-ZZZZZZZZ"):  # hers and one that is nobody's answer alike
        address = reverse(name, args=[ref, *more])
        for answer in (
            client.get(address),
            client.post(address, forms | {"file": as_file(a_pdf())}),
            client.get(address, headers={"hx-request": "true"}),
        ):
            assert answer.status_code in (404, 405), (address, answer.status_code)
            assert b"alya" not in answer.content.lower()
        anonymous = Client().get(address)
        assert anonymous.status_code in (302, 405)
    assert everything(hers) == before


def test_a_document_opens_under_its_own_application_only(rivals, client):
    hers, his, _vacancy = rivals

    assert client.get(reverse("document_download", args=[his.ref, hers.documents.first().pk])).status_code == 404


def test_a_document_comes_as_a_download_that_nothing_can_run(rivals, client):
    _hers, his, vacancy = rivals
    stamped = a_pdf(2)
    given = uploads.upload(his, vacancy.letter, as_file(stamped, "../../jahat.html"), by=his.user, at=timezone.now())

    answer = client.get(reverse("document_download", args=[his.ref, given.pk]))

    assert answer.getvalue() == stamped
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ijazah.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["data-diri", "pendidikan", "penyesuaian", "pernyataan"])
def test_a_form_writes_its_own_fields_and_no_other(rivals, client, path):
    hers, his, vacancy = rivals
    every = {
        field.name: "1" for model in (Application, Answers, Person) for field in model._meta.get_fields()
    } | {
        "state": "submitted", "submitted_at": "2026-01-01", "user": hers.user_id, "user_id": hers.user_id, "once_key": "x",
        "person": hers.person_id, "formation": vacancy.formation.pk, "participant_number": "AAAAAAAAAA", "is_staff": "1",
        "application": hers.pk, "identity_at": "2020-01-01", "statement_text": "palsu", "nik_index": "0" * 64, "origin": "sscasn",
        # what the forms themselves ask for
        "name": "Budi Uji", "nik": BUDIS, "birth_date": "1995-05-15", "phone": "081234567890", "address": "Jalan 2",
        "level": "S-1/Sarjana", "program": "S-1 STATISTIKA", "institution": "U", "graduation_year": "2019", "ipk": "3,5",
        "accommodation": "Kursi roda", "agree": "on",
    }  # fmt: skip
    theirs = everything(hers)
    application, answers, person, documents = everything(his)

    client.post(reverse("application_section", args=[his.ref, path]), every)

    assert everything(hers) == theirs
    now_application, now_answers, now_person, now_documents = everything(his)
    mine = {
        "data-diri": {"name", "address", "identity_at"},
        "pendidikan": {"institution", "graduation_year", "ipk", "education_at"},
        "penyesuaian": {"accommodation", "accommodation_at"},
        "pernyataan": {"statement_text", "statement_at"},
    }[path]
    changed = {
        name
        for old, new in ((application, now_application), (answers, now_answers), (person, now_person))
        for name in old
        if old[name] != new[name]
    }
    assert changed and changed <= mine
    assert now_documents == documents
    assert Answers.objects.get(application=his).statement_text != "palsu"


def test_every_form_of_an_applicant_needs_its_token(rivals):
    _hers, his, vacancy = rivals
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(his.user, backend=BACKEND)
    before = everything(his)

    for name, more in ADDRESSES:
        if name in ("receipt_detail", "explanation_detail", "document_download", "application_detail"):
            continue
        more = [vacancy.letter.pk if one == "wanted" else one for one in more]
        answer = strict.post(
            reverse(name, args=[his.ref, *more]), {"sure": "on", "agree": "on", "file": as_file(a_pdf())}
        )
        assert answer.status_code == 403, name
    assert strict.post(reverse("application_start", args=[vacancy.formation.slug])).status_code == 403
    assert everything(his) == before


class Tags(HTMLParser):
    """Every element with its attributes, as a browser would make them."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, tuple(sorted(name for name, _value in attributes))))


def test_what_an_applicant_types_stays_text_on_every_page_that_shows_it(rivals, client):
    _hers, his, vacancy = rivals
    vera = enrol(make_user("vera@contoh.example", Role.VERIFIER))
    Recruitment.objects.filter(pk=vacancy.recruitment.pk).update(sealed_until_closing=False)  # registration runs
    review = Review.objects.create(application=his, stage=vacancy.stage, seat=1, verifier=vera, taken_at=timezone.now())
    desk = Client()
    desk.force_login(vera, backend=BACKEND)
    pages = [
        (client, reverse("application_check", args=[his.ref])),
        (client, reverse("application_section", args=[his.ref, "data-diri"])),
        (client, reverse("application_section", args=[his.ref, "pendidikan"])),
        (client, reverse("application_section", args=[his.ref, "penyesuaian"])),
        (client, reverse("application_documents", args=[his.ref])),
        (client, reverse("application_tracking", args=[his.ref])),
        (client, reverse("application_list")),
        (desk, reverse("review_detail", args=[review.pk])),
        (desk, reverse("review_queue_list")),
    ]
    plain = {address: Tags(who.get(address).content.decode()).found for who, address in pages}

    for payload in PAYLOADS:
        now = timezone.now()
        actions.save_identity(
            his, name=payload, nik=BUDIS, birth_date=date(1995, 5, 15),
            phone="081234567890", address=payload, by=his.user, at=now,
        )  # fmt: skip
        actions.save_answers(his, "education", institution=payload, by=his.user, at=now)
        actions.save_answers(his, "accommodation", accommodation=payload, by=his.user, at=now)
        Document.objects.filter(application=his).update(original_name=payload)
        shown = 0
        for who, address in pages:
            answer = who.get(address)
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert "<" not in payload or payload not in text, address
            assert set(Tags(text).found) <= set(plain[address]), address
            shown += "alert(" in text or payload in text
        assert shown >= 3, "the payload is on no page: nothing was tried"


def test_trying_niks_one_after_another_is_stopped_in_words(rivals, client, settings):
    _hers, his, _vacancy = rivals
    settings.ACCOUNT_RATE_LIMITS = {"save_identity": "3/h/user"}
    form = {"name": "Budi", "birth_date": "1995-05-15", "phone": "081234567890", "address": "Jalan 2"}

    answers = [
        client.post(
            reverse("application_section", args=[his.ref, "data-diri"]), form | {"nik": f"99010115059500{n:02d}"}
        )
        for n in range(10, 15)
    ]

    assert [one.status_code for one in answers] == [302, 302, 302, 429, 429]
    assert "Tunggu" in answers[-1].content.decode()


def test_after_signing_out_an_open_page_leaves_by_itself(rivals, client):
    _hers, his, _vacancy = rivals
    address = reverse("application_tracking", args=[his.ref])
    client.logout()

    answer = client.get(address, {"tampil": "x"}, headers={"hx-request": "true"})

    assert answer.status_code == 200 and not answer.content
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next={address.replace('/', '%2F')}"


def test_participant_numbers_give_away_nothing_but_the_public_row(client):
    """They are random, and no page takes one in its address."""
    story = Stage(people=12).ready()
    announcement.announce_due(DUE)
    numbers = [one.participant_number for one in story.people]

    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{10}", one) for one in numbers)
    assert len({one[:3] for one in numbers}) > 6
    for address in (f"/pengumuman/{numbers[0]}/", f"/lamaran/{numbers[0]}/", f"/cek/{numbers[0]}/"):
        assert client.get(address).status_code in (302, 404)


def test_a_formula_in_the_name_of_a_position_stays_text_in_every_public_table(settings):
    story = Stage(people=12)
    story.formation.position = ' =HYPERLINK("https://jahat.example")'
    story.formation.save()
    story.ready()
    announcement.announce_due(DUE)

    (table,) = settings.PUBLIC_ROOT.glob("pengumuman/*/v1/data.csv")
    rows = list(csv.DictReader(io.StringIO(table.read_text())))

    assert len(rows) == 12
    assert {row["jabatan"][:3] for row in rows} == {"' ="}


def test_the_dry_run_keeps_and_tells_nobody_anything(rivals, client, caplog):
    _hers, _his, vacancy = rivals
    address = reverse("eligibility_check", args=[vacancy.formation.slug])
    counts = Application.objects.count(), Answers.objects.count(), Person.objects.count()
    stranger = Client()

    answer = stranger.post(address, {"birth_date": "1991-02-03", "level": "S-1/Sarjana", "program": "S-1 STATISTIKA"})

    assert answer.status_code == 200 and "Terpenuhi" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert not answer.cookies and "1991" not in caplog.text
    assert counts == (Application.objects.count(), Answers.objects.count(), Person.objects.count())
    assert Application.objects.filter(state=State.DRAFT).count() == 2
