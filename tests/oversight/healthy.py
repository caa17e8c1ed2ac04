"""A whole selection without a fault, made by the same actions as people use: from applying to a corrected result."""

import io
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from ledger.actions import record, recording
from oversight.actions import clocks, finding, hold, openness_report, report_tally
from participation.actions import case_keeping
from selection.actions import announcement, batches, closing, ranking, scores, verification
from selection.actions import application as applications
from selection.actions.verification import Finding
from selection.models import Reason
from tests.oversight.reporting import a_team_key, handed_in
from tests.oversight.story import EVIDENCE
from tests.participation.citizens import a_case
from tests.parts import make_stage, make_team, make_user
from tests.selection.applying import Vacancy
from tests.workforce.teaching import Draw, held
from workforce.actions import training_after

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Healthy:
    """Five people apply, two verifiers judge (once a third), a hold is placed and lifted, a list is corrected."""

    def __init__(self):
        self.pia, self.rudi = (
            make_user("pia@sehat.example", Role.PREPARER),
            make_user("rudi@sehat.example", Role.PUBLISHER),
        )
        self.vera, self.wati = (make_user(f"{name}@sehat.example", Role.VERIFIER) for name in ("vera", "wati"))
        self.sari = make_user("sari@sehat.example", Role.SUPERVISOR)
        self.oka, self.omar = (make_user(f"{name}@sehat.example", Role.OVERSEER) for name in ("oka", "omar"))
        self.team = make_team(self.oka, self.omar, at=timezone.now())
        self.apply()
        self.train()
        self.now = timezone.now() + timedelta(minutes=1)
        self.judge()
        self.test()
        recording.record_waiting(self.now)
        self.after = max(self.now + DAY, openness_report.due_at(openness_report.month_of(self.now)))
        self.leave_unanswered()
        openness_report.publish_due(self.after)
        a_team_key(self.oka, at=self.now)
        handed_in(at=self.now)
        report_tally.tally_due(self.after)
        recording.record_waiting(self.after)

    def apply(self):
        self.vacancy = Vacancy()
        recruitment, begin = self.vacancy.recruitment, timezone.now()
        self.files = make_stage(
            recruitment, "administrative", 2, rule="administrasi", opens_at=begin, days=1, announce_at=begin + DAY
        )
        self.exam = make_stage(
            recruitment, "test", 3, rule="tes", slug="tes", opens_at=begin + DAY, days=1, announce_at=begin + 3 * DAY
        )
        record.append(
            "vacancy.published", at=begin, recruitment=recruitment.slug, formations=1, quota=1, digest="0" * 64
        )
        recording.record_waiting(begin)  # from now on a receipt promises its place in the record
        self.people = []
        for number in range(5):
            user = make_user(f"alya{number}@sehat.example")
            draft = self.vacancy.draft(user, nik=f"990101150595{number:04d}")
            applications.submit(draft, by=user)
            self.people.append(draft)
        applications.withdraw(self.people[4], by=self.people[4].user, at=timezone.now())
        batches.record_batch(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE vacancies_stage SET closes_at = clock_timestamp() WHERE id = %s", [self.vacancy.stage.pk]
            )
        closing.close(self.vacancy.stage.pk, at=timezone.now())

    def train(self):
        """Three ask for two seats, which are drawn; both attend and get a certificate."""
        course = Draw(people=3, seats=2, member=make_user)
        course.drawn()
        held(course.training)
        seated = {one.pk for one in course.training.enrolments.filter(state="seated")}
        training_after.attend(course.training.sessions.get(), seated, by=course.pia, at=timezone.now())
        training_after.certify(course.training, by=course.rudi, at=timezone.now())

    def judge(self):
        blurred = Reason.objects.get_or_create(code="tak-terbaca-uji", defaults={"text": "Dokumen tidak terbaca"})[0]
        for who, fails in ((self.vera, {3}), (self.wati, {2, 3}), (self.sari, set())):
            while review := verification.take(self.files, by=who, at=self.now):
                bad = self.people.index(review.application) in fails
                wanted = verification.requirements_of(review.application)
                found = [Finding(one.pk, not bad, blurred if bad else None) for one in wanted]
                verification.decide(review, found, by=who, at=self.now)
        self.now = self.files.announce_at
        verification.tally(self.files, by=self.pia, at=self.now)
        self.announce(self.files)

    def leave_unanswered(self):
        """A finding and a service case that nobody answers: the keeper sends both up."""
        case = a_case(at=self.now)
        self.after = max(self.after, self.sent.due_at + DAY, case.clocks.get().due_at + DAY)
        clocks.publish_overdue(self.after)
        case_keeping.escalate_late(self.after)

    def announce(self, stage, reason=""):
        prepared = announcement.prepare(stage, by=self.pia, at=self.now, reason=reason)
        announcement.approve(prepared, by=self.rudi, at=self.now)
        announcement.announce_due(self.now)

    def test(self):
        self.now = self.exam.announce_at - HOUR
        placed = hold.place(self.exam, reason="Kami periksa dulu.", by=self.oka, at=self.now)
        sent = finding.draft(
            self.exam, title="Beda", body="Isi", severity="minor", by=self.oka, at=self.now, evidence=[EVIDENCE]
        )
        for member in (self.oka, self.omar):
            finding.confirm(sent, by=member, at=self.now)
        finding.send(sent, by=self.oka, at=self.now)
        sent.refresh_from_db()
        self.sent = sent
        hold.lift(placed, reason="Sudah jelas.", by=self.oka, at=self.now + HOUR / 2)
        self.score([80, 75, 62])
        ranking.rank(self.exam, by=self.pia, at=self.now)
        self.now = self.exam.announce_at
        self.announce(self.exam)
        self.now += HOUR
        self.score([80, 76, 62], reason="Salah ketik nilai.")
        shadow = ranking.rank(self.exam, by=self.pia, at=self.now, shadow=True, reason="Salah ketik nilai.")
        ranking.apply(shadow, by=self.rudi, at=self.now)
        self.announce(self.exam, reason="Salah ketik nilai.")

    def score(self, written, reason=""):
        lines = ["No Peserta,Tes tertulis,Tes praktik"]
        lines += [f"{one.participant_number},{mark},70" for one, mark in zip(self.people, written, strict=False)]
        file = io.BytesIO("\n".join(lines).encode())
        batch = scores.stage_file(self.exam, file, file_name="tes.csv", by=self.pia, at=self.now, reason=reason)
        scores.approve(batch, by=self.rudi, at=self.now)
