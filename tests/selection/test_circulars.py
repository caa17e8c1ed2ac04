"""Messages to many applicants: tried out, approved by a second person, sent to exactly those who were counted."""

from contextlib import contextmanager
from datetime import timedelta

import pgtrigger
import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from publishing.actions import delivery, mailing
from publishing.mailing_states import MailingState
from publishing.models import Delivery, Mailing, Publication
from selection import circular_audience
from selection.actions import announcement, circular, erasure
from selection.models import Circular
from selection.states import State
from tests.parts import DAY, NOON, enrol, make_application, make_formation, make_recruitment, make_stage, make_user
from tests.roles import working_as
from tests.selection.story import DUE, Stage

HOUR = timedelta(hours=1)
WORDS = {"stage": None, "subject": "Jadwal berubah", "body": "Ujian pindah ke Gedung B."}


class Office:
    """A recruitment with applicants of every kind, one who writes and one who approves."""

    def __init__(self, people: int = 12):
        self.pia, self.rudi = (
            make_user("pia@contoh.example", Role.PREPARER),
            make_user("rudi@contoh.example", Role.PUBLISHER),
        )
        self.recruitment = make_recruitment(published_by=self.rudi, one_application=False)
        self.formation = make_formation(self.recruitment)
        self.people = [make_user(f"pelamar{n}@warga.example") for n in range(people)]
        for one in self.people:
            make_application(self.formation, one)

    def write(self, **words) -> Circular:
        hours = {"send_at": NOON, "window_from": "06:00", "window_until": "21:00"}
        return circular.write(self.recruitment, by=self.pia, at=NOON, **(WORDS | hours | words))

    def tried(self, **words) -> Circular:
        return circular.try_out(self.write(**words), by=self.pia, at=NOON)

    def approved(self, **words) -> Circular:
        tried = self.tried(**words)
        return circular.approve(tried, digest=tried.digest, by=self.rudi, at=NOON)


@pytest.fixture
def office(own_database):
    return Office()


def rewrite(found: Circular, by, **words) -> Circular:
    hours = {"send_at": NOON, "window_from": "06:00", "window_until": "21:00"}
    return circular.rewrite(found, by=by, at=NOON, **(WORDS | hours | words))


def addresses() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def test_nothing_is_sent_before_a_second_person_and_then_each_gets_it_once(office):
    tried = office.tried()
    delivery.deliver_due(NOON)
    before = len(mail.outbox)

    circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
    for n in range(3):
        delivery.deliver_due(NOON + n * HOUR)

    assert before == 0
    assert addresses() == sorted(one.email for one in office.people)
    assert "Ujian pindah ke Gedung B." in mail.outbox[0].body


def test_the_dry_run_counts_who_gets_it_and_says_why_others_do_not(office):
    bima, sari = make_user("bima@warga.example"), make_user("sari@warga.example")
    sari.is_active = False
    sari.save()
    make_application(office.formation, bima, state=State.DRAFT)
    make_application(office.formation, bima, state=State.WITHDRAWN)
    make_application(office.formation, sari)
    make_application(office.formation)  # a participant of the national selection, without an account
    make_application(make_formation(office.recruitment), office.people[0])

    tried = office.tried()

    assert tried.people == 12
    assert tried.left_out == {"draft": 1, "withdrawn": 1, "no_account": 1, "inactive": 1, "twice": 1}
    assert not Delivery.objects.exists() and not Mailing.objects.exists() and not mail.outbox


def test_ten_real_people_are_drawn_and_shown_masked(office, client):
    office.tried()
    client.force_login(enrol(office.pia), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("circular_detail", args=[Circular.objects.get().pk])).content.decode()

    assert page.count("p•••@w•••.example") == 10
    assert not any(one.email in page for one in office.people)
    assert not any(one.applications.get().participant_number in page for one in office.people)
    assert len(set(Circular.objects.get().samples)) == 10


def test_a_message_to_a_stage_goes_to_those_whom_the_announced_result_let_through(own_database):
    users = [make_user(f"peserta{n}@warga.example") for n in range(3)]
    story = Stage(3, owners=users).ready()
    interview = make_stage(story.recruitment, "test", 4, rule="skb", slug="skb", opens_at=DUE + DAY)
    hours = {"send_at": DUE + HOUR, "window_from": "06:00", "window_until": "21:00"}
    draft = circular.write(story.recruitment, by=story.pia, at=NOON, **(WORDS | hours | {"stage": interview}))

    with pytest.raises(circular.NotPossible, match="belum diumumkan"):
        circular.try_out(draft, by=story.pia, at=NOON)
    announcement.announce_due(DUE)
    tried = circular.try_out(draft, by=story.pia, at=DUE + HOUR)

    advancing = story.stage.outcome_sets.get().outcomes.filter(advances=True).count()
    assert 0 < advancing == tried.people


def test_one_person_with_both_roles_does_not_approve_what_they_wrote_or_tried(office):
    both = make_user("dua@contoh.example", Role.PREPARER, Role.PUBLISHER)
    written = circular.write(
        office.recruitment, by=both, at=NOON, send_at=NOON, window_from="06:00", window_until="21:00", **WORDS
    )
    written_by_both = circular.try_out(written, by=office.pia, at=NOON)
    tried_by_both = circular.try_out(office.write(), by=both, at=NOON)

    for tried in (written_by_both, tried_by_both):
        with pytest.raises(circular.NotAllowed):
            circular.approve(tried, digest=tried.digest, by=both, at=NOON)
        with pytest.raises(IntegrityError, match="circular_second_person"):
            _approve_by_hand(tried, both)
    assert not Delivery.objects.exists()


def _approve_by_hand(found: Circular, by, **changed) -> None:
    """What SQL without the actions would write."""
    with transaction.atomic():
        words = Publication.objects.create(source=f"tangan:{found.pk}", subject="a", body="b", created_at=NOON)
        made = mailing.begin(words, zone="Asia/Jakarta", at=NOON)
        stamp = {"approved_by": by, "approved_at": NOON, "approved_digest": found.digest, "mailing": made}
        Circular.objects.filter(pk=found.pk).update(**(stamp | changed))


@contextmanager
def without(name: str):
    """The table without one of its constraints; all of it is undone at the end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE selection_circular DROP CONSTRAINT {name}")
        yield
        transaction.set_rollback(True)


def test_without_the_constraint_one_person_would_do_both(office):
    """The twin."""
    tried = office.tried()

    with without("circular_second_person"):
        _approve_by_hand(tried, office.pia)
        assert Circular.objects.get().approved_by == office.pia


def test_what_is_approved_is_what_was_tried(office):
    tried = office.tried()

    with pytest.raises(IntegrityError, match="circular_second_person"):
        _approve_by_hand(tried, office.rudi, approved_digest="0" * 64)


def test_a_text_that_changed_after_the_page_was_opened_is_not_approved(office):
    opened = office.tried()
    changed = rewrite(opened, office.pia, body="Bayar dahulu ke rekening ini.")
    circular.try_out(changed, by=office.pia, at=NOON)

    with pytest.raises(circular.Changed, match="berubah sejak Anda membukanya"):
        circular.approve(opened, digest=opened.digest, by=office.rudi, at=NOON)
    assert not Delivery.objects.exists()


def test_a_changed_text_has_no_dry_run_any_more(office):
    tried = office.tried()

    rewrite(tried, office.pia, body="Lain.")

    tried.refresh_from_db()
    assert tried.digest == "" and tried.people == 0
    with pytest.raises(circular.Changed):
        circular.approve(tried, digest="", by=office.rudi, at=NOON)


@pytest.mark.parametrize("change", [{"body": "Lain."}, {"subject": "Lain"}, {"send_at": NOON + DAY}, {"people": 3}])
def test_the_database_refuses_a_change_that_keeps_the_dry_run(office, change):
    tried = office.tried()

    with pytest.raises(DatabaseError, match="needs a new dry run"), transaction.atomic():
        Circular.objects.filter(pk=tried.pk).update(**change)


def test_without_the_trigger_other_words_would_be_approved_under_the_old_digest(office):
    """The twin: the digest of the words catches it once more where the action approves, the row alone does not."""
    tried = office.tried()

    with pgtrigger.ignore("selection.Circular:circular_as_tried"):
        Circular.objects.filter(pk=tried.pk).update(body="Bayar dahulu ke rekening ini.")
        with pytest.raises(circular.Changed):
            circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
        _approve_by_hand(tried, office.rudi)

    assert Circular.objects.get().body.startswith("Bayar")


def test_a_text_changed_after_approval_reaches_nobody(office):
    """Neither the message nor what its letters are made of can be rewritten; the web role may not even try."""
    approved = office.approved()

    with pytest.raises(circular.NotPossible):
        rewrite(approved, office.pia, body="Lain.")
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Circular.objects.filter(pk=approved.pk).update(body="Lain.")
    with pytest.raises(DatabaseError, match="as it was told"), transaction.atomic():
        Publication.objects.filter(mailing=approved.mailing).update(body="Lain.")
    with working_as("portal_app"), pytest.raises(DatabaseError, match="permission denied"):
        Publication.objects.filter(mailing=approved.mailing_id).update(body="Lain.")
    delivery.deliver_due(NOON)

    assert len(mail.outbox) == 12
    assert all("Gedung B" in one.body for one in mail.outbox)


def test_without_the_trigger_the_letters_would_carry_other_words(office):
    """The twin."""
    office.approved()

    with pgtrigger.ignore("publishing.Publication:publication_as_told"):
        Publication.objects.update(body="Lain.")
    delivery.deliver_due(NOON)

    assert "Lain." in mail.outbox[0].body


def test_an_audience_that_grew_between_dry_run_and_approval_is_refused(office):
    tried = office.tried()
    make_application(office.formation, make_user("baru@warga.example"))

    with pytest.raises(circular.Changed, match="dulu 12 orang, sekarang 13"):
        circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
    assert not Delivery.objects.exists() and not Mailing.objects.exists()

    again = circular.try_out(tried, by=office.pia, at=NOON)
    circular.approve(again, digest=again.digest, by=office.rudi, at=NOON)
    assert Delivery.objects.count() == 13


def test_as_many_but_other_people_are_refused_too(office):
    tried = office.tried()
    leaving = office.people[0].applications.get()
    type(leaving).objects.filter(pk=leaving.pk).move(State.WITHDRAWN, by=office.people[0], at=NOON)
    make_application(office.formation, make_user("baru@warga.example"))
    Circular.objects.update(left_out={}, digest="", tried_by=None, tried_at=None)
    Circular.objects.update(left_out={"withdrawn": 1}, digest=tried.digest, tried_by=office.pia, tried_at=NOON)

    with pytest.raises(circular.Changed):
        circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)


def test_without_counting_again_only_the_number_of_letters_stops_it(office, monkeypatch):
    """The twin: the count of the dry run taken for that of now. Other people in the same number would go through."""
    tried = office.tried()
    counted = circular_audience.count(office.recruitment, None)
    make_application(office.formation, make_user("baru@warga.example"))
    monkeypatch.setattr(circular_audience, "count", lambda recruitment, stage: counted)

    with pytest.raises(circular.Changed, match="saat Anda mengesahkan"):
        circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
    leaving = office.people[0].applications.get()
    type(leaving).objects.filter(pk=leaving.pk).move(State.WITHDRAWN, by=office.people[0], at=NOON)
    circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
    assert Delivery.objects.filter(recipient__email="baru@warga.example").exists()


def test_it_starts_at_its_time_and_keeps_its_hours(office):
    office.approved(send_at=NOON + DAY, window_from="13:00", window_until="14:00")

    sent = [delivery.deliver_due(NOON + n * HOUR) for n in (0, 1, 24, 25, 26)]

    assert sent == [0, 0, 0, 12, 0]


def test_a_stop_ends_it_and_erased_people_get_none(office):
    approved = office.approved(send_at=NOON + HOUR)
    erasure.forget_accounts([office.people[0].pk])
    delivery.deliver_due(NOON + HOUR, most=4)

    mailing.stop(approved.mailing, reason="Salah gedung.", by=office.pia, at=NOON)
    mailing.close_stopped(NOON + HOUR)
    delivery.deliver_due(NOON + 2 * HOUR)

    assert len(mail.outbox) == 4
    assert Mailing.objects.get().state == MailingState.STOPPED
    assert (
        dict(Delivery.objects.filter(state="failed").values_list("recipient__email", "failure"))[
            f"terhapus-{office.people[0].pk}@terhapus.invalid"
        ]
        == "erased"
    )
    assert Delivery.objects.filter(failure=mailing.STOPPED).count() == 7
    assert Publication.objects.get(source__startswith="circular:").body, "the others' letter keeps its words"


def test_a_message_to_nobody_is_not_tried(own_database):
    empty = Office(people=0)

    with pytest.raises(circular.NotPossible, match="Tidak ada yang akan menerima"):
        empty.tried()


def test_two_who_approve_at_once_queue_the_letters_once(office):
    tried = office.tried()
    circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)

    with pytest.raises(circular.NotPossible):
        circular.approve(tried, digest=tried.digest, by=make_user("ratna@contoh.example", Role.PUBLISHER), at=NOON)
    assert Delivery.objects.count() == 12


def test_a_discarded_draft_is_not_sent(office):
    tried = office.tried()
    circular.discard(tried, at=NOON)

    with pytest.raises(circular.NotPossible):
        circular.approve(tried, digest=tried.digest, by=office.rudi, at=NOON)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Circular.objects.filter(~Q(discarded_at=None)).update(discarded_at=None)


def browser(user) -> Client:
    made = Client()
    made.force_login(enrol(user), backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_the_whole_way_over_the_pages(office, monkeypatch):
    """Written, tried, approved with a fresh code, paused by a verifier, resumed."""
    monkeypatch.setattr("accounts.guards._fresh_code", lambda request: True)
    pia, rudi = browser(office.pia), browser(office.rudi)
    vera = browser(make_user("vera@contoh.example", Role.VERIFIER))
    form = {"stage": "", "subject": "Jadwal", "body": "Pindah gedung.", "send_at": "2026-11-02T12:00",
            "window_from": "06:00", "window_until": "21:00"}  # fmt: skip

    chosen = pia.get(reverse("circular_list"), {"recruitment": office.recruitment.slug})
    written = pia.post(chosen.url, form)
    pia.post(reverse("circular_trial", args=[Circular.objects.get().pk]))
    tried = Circular.objects.get()
    refused = pia.post(reverse("circular_approval", args=[tried.pk]), {"digest": tried.digest})
    shown = rudi.get(reverse("circular_approval", args=[tried.pk])).content.decode()
    approved = rudi.post(reverse("circular_approval", args=[tried.pk]), {"digest": tried.digest}, follow=True)
    place = approved.redirect_chain[-1][0]
    paused = vera.post(place, {"to": "paused", "reason": "Salah gedung."}, follow=True).content.decode()
    without_reason = vera.post(place, {"to": "running", "reason": ""})
    stopped = vera.post(place, {"to": "stopped", "reason": "Berhenti."})
    vera.post(place, {"to": "running", "reason": "Sudah benar."})

    assert written.status_code == 302
    assert tried.send_at == NOON
    assert refused.status_code == 403
    assert tried.digest in shown and "12 orang akan menerima" in shown
    assert "Dijeda" in paused and "Salah gedung." in paused
    assert (without_reason.status_code, stopped.status_code) == (422, 403)
    assert Mailing.objects.get().state == MailingState.RUNNING


def test_progress_says_what_waits_and_what_failed_and_why(office, client):
    approved = office.approved()
    letters = Delivery.objects.order_by("pk")
    letters.filter(pk=letters[0].pk).update(state="failed", failure="SMTPRecipientsRefused 550")
    letters.filter(pk=letters[1].pk).update(state="failed", failure="erased")
    delivery.deliver_due(NOON, most=3)

    page = browser(office.rudi).get(reverse("mailing_detail", args=[approved.mailing_id])).content.decode()

    assert "alamatnya tidak ada atau menolak surat (550)" in page
    assert "data orang ini sudah dihapus" in page
    assert "<dd>12</dd>" in page and "<dd>7" in page
    assert "pelamar0@warga.example" not in page
