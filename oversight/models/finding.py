import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from oversight import states
from oversight.models.interest import refuse_interested
from oversight.models.steps import Overdue
from oversight.states import FindingState


class FindingQuerySet(models.QuerySet):
    def sent(self):
        """Findings that were handed to the office."""
        return self.filter(sent_at__isnull=False)

    def public(self, at):
        """Findings whose header everybody may read: the set days after sending, or once an answer is overdue."""
        return self.sent().filter(Q(public_at__lte=at) | Exists(Overdue.objects.filter(finding=OuterRef("pk"))))

    def open(self):
        """Findings that were sent and are not closed."""
        return self.sent().exclude(state=FindingState.CLOSED)


class Finding(models.Model):
    """A mismatch the team found, with evidence frozen by hash, and its way to an answer.

    `evidence` is a list of {"what": …, "expected": …, "found": …, "source": …}. Two members confirm the
    SHA-256 of the canonical `statement()`; nothing of it changes after. The public reads number, stage,
    severity and clock from `public_at` on, and words only in the written public version.
    """

    class Severity(models.TextChoices):
        MINOR = "minor", _("Ringan")
        MAJOR = "major", _("Berat")
        CRITICAL = "critical", _("Kritis")

    number = models.CharField(_("nomor"), max_length=20, unique=True)
    team = models.ForeignKey("oversight.Team", models.PROTECT, related_name="findings")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="findings")
    announcement = models.ForeignKey(
        "selection.Announcement", models.PROTECT, null=True, blank=True, related_name="findings"
    )
    title = models.CharField(_("judul"), max_length=200)
    body = models.TextField(_("uraian"))
    severity = models.CharField(_("tingkat"), max_length=10, choices=Severity)
    evidence = models.JSONField(_("bukti"), default=list)
    evidence_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.DRAFT)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    recurs = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recurrences", verbose_name=_("berulang dari")
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    hold = models.OneToOneField(
        "selection.Hold", models.PROTECT, null=True, blank=True, related_name="finding", editable=False
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    public_at = models.DateTimeField(_("terbuka untuk umum"), null=True, blank=True)
    text_due_at = models.DateTimeField(_("tenggat versi untuk umum"), null=True, blank=True)
    public_title = models.CharField(_("judul untuk umum"), max_length=200, blank=True)
    public_text = models.TextField(_("versi untuk umum"), blank=True)
    evidence_public = models.BooleanField(_("bukti terbuka untuk umum"), default=False)
    text_at = models.DateTimeField(null=True, blank=True)
    clock_from = models.DateTimeField(_("jam jawaban mulai"), null=True, blank=True)
    answer_days = models.PositiveSmallIntegerField(_("hari kerja untuk menjawab"), default=5)
    due_at = models.DateTimeField(_("tenggat jawaban"), null=True, blank=True)
    due_skipped = models.JSONField(_("hari libur yang tidak dihitung"), default=list, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(_("kesimpulan"), blank=True)
    review = models.ForeignKey(
        "selection.OutcomeSet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        help_text=_("The re-review this finding led to."),
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("temuan")
        verbose_name_plural = _("temuan")
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", confirmed_at=None)
                | (~Q(state="draft") & Q(confirmed_at__isnull=False) & ~Q(evidence_digest="")),
                name="finding_confirmed_has_frozen_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "confirmed"], sent_at=None, sent_by=None, public_at=None, due_at=None)
                | (
                    ~Q(state__in=["draft", "confirmed"])
                    & Q(sent_at__isnull=False, sent_by__isnull=False, public_at__isnull=False)
                    & Q(text_due_at__isnull=False, clock_from__isnull=False, due_at__isnull=False)
                ),
                name="finding_sent_has_its_clocks",
            ),
            models.CheckConstraint(
                condition=Q(public_text="", public_title="", text_at=None, evidence_public=False)
                | (~Q(public_text="") & ~Q(public_title="") & Q(text_at__isnull=False, sent_at__isnull=False)),
                name="finding_public_version_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(conclusion="")),
                name="finding_closed_with_conclusion",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="finding_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="finding_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
                func="RAISE EXCEPTION 'a finding is born as a draft';",
            ),
            pgtrigger.Trigger(
                name="finding_evidence_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
                func="""
                    IF (NEW.evidence, NEW.body, NEW.title, NEW.evidence_digest, NEW.number, NEW.stage_id, NEW.severity,
                        NEW.announcement_id, NEW.recurs_id, NEW.team_id, NEW.filed_by_id, NEW.filed_at, NEW.confirmed_at)
                       IS DISTINCT FROM
                       (OLD.evidence, OLD.body, OLD.title, OLD.evidence_digest, OLD.number, OLD.stage_id, OLD.severity,
                        OLD.announcement_id, OLD.recurs_id, OLD.team_id, OLD.filed_by_id, OLD.filed_at, OLD.confirmed_at)
                       OR (OLD.sent_at IS NOT NULL AND (NEW.sent_at, NEW.sent_by_id, NEW.public_at)
                           IS DISTINCT FROM (OLD.sent_at, OLD.sent_by_id, OLD.public_at))
                       OR (OLD.hold_id IS NOT NULL AND NEW.hold_id IS DISTINCT FROM OLD.hold_id) THEN
                        RAISE EXCEPTION 'the evidence of a confirmed finding is frozen';
                    END IF;
                    IF OLD.text_at IS NOT NULL
                       AND (NEW.text_at, NEW.public_title, NEW.public_text, NEW.evidence_public)
                       IS DISTINCT FROM (OLD.text_at, OLD.public_title, OLD.public_text, OLD.evidence_public) THEN
                        RAISE EXCEPTION 'the public version of a finding is written once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="finding_office_answers_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    IF current_user = 'portal_app' AND NOT (OLD.state = 'sent' AND NEW.state = 'answered') THEN
                        RAISE EXCEPTION 'the office answers a finding and moves it no other way';
                    END IF;
                    IF NEW.state = 'confirmed' AND 2 > (
                        SELECT count(DISTINCT c.by_id) FROM oversight_confirmation c
                        WHERE c.finding_id = NEW.id AND c.digest = NEW.evidence_digest
                    ) THEN
                        RAISE EXCEPTION 'two members confirm the words of a finding';
                    END IF;
                    IF NEW.state = 'closed'
                       AND oversight_has_interest(NEW.closed_by_id, NEW.stage_id, NEW.closed_at) THEN
                        RAISE EXCEPTION 'whoever has an interest in the matter has no say in it';
                    END IF;
                    IF NEW.state = 'answered' AND NOT EXISTS (
                        SELECT 1 FROM oversight_response r WHERE r.finding_id = NEW.id AND r.at >= coalesce(
                            (SELECT max(b.at) FROM oversight_return b WHERE b.finding_id = NEW.id), NEW.sent_at)
                    ) THEN
                        RAISE EXCEPTION 'a finding is answered by an answer';
                    END IF;
                    IF NEW.state = 'assessed' AND NOT EXISTS (
                        SELECT 1 FROM oversight_assessment a WHERE a.finding_id = NEW.id) THEN
                        RAISE EXCEPTION 'an answer is assessed by an assessment';
                    END IF;
                    IF NEW.state = 'escalated' AND (NOT EXISTS (
                        SELECT 1 FROM oversight_escalation e WHERE e.finding_id = NEW.id
                    ) OR (OLD.state = 'sent' AND NOT EXISTS (
                        SELECT 1 FROM oversight_overdue o WHERE o.finding_id = NEW.id AND o.due_at = OLD.due_at
                    ))) THEN
                        RAISE EXCEPTION 'a finding is escalated by a letter, unanswered only when overdue';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="finding_clock_moves_with_reason",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__due_at__df=pgtrigger.F("new__due_at"), old__due_at__isnull=False),
                func="""
                    IF OLD.state = NEW.state AND NOT EXISTS (
                        SELECT 1 FROM oversight_clockmove m
                        WHERE m.finding_id = NEW.id AND m.old = OLD.due_at AND m.new = NEW.due_at
                    ) THEN
                        RAISE EXCEPTION 'a running clock moves with its reason written down';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="finding_recurs_elsewhere",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__recurs__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM oversight_finding f
                        JOIN vacancies_stage es ON es.id = f.stage_id
                        JOIN vacancies_recruitment er ON er.id = es.recruitment_id
                        JOIN vacancies_stage ns ON ns.id = NEW.stage_id
                        JOIN vacancies_recruitment nr ON nr.id = ns.recruitment_id
                        WHERE f.id = NEW.recurs_id AND f.sent_at IS NOT NULL AND f.filed_at < NEW.filed_at
                          AND er.agency_id = nr.agency_id AND er.id <> nr.id
                    ) THEN
                        RAISE EXCEPTION 'a finding recurs from an earlier one of another recruitment of the same agency';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="finding_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def statement(self) -> dict:
        """What the team says, as the frozen hash covers it and as everybody may download it."""
        return {
            "finding": self.number,
            "stage": f"{self.stage.recruitment.slug}/{self.stage.slug}",
            "announcement": str(self.announcement) if self.announcement else None,
            "announcement_digest": self.announcement.digest if self.announcement else None,
            "severity": self.severity,
            "title": self.title,
            "body": self.body,
            "evidence": self.evidence,
            "recurs": self.recurs.number if self.recurs else None,
        }


class Response(models.Model):
    """The office's answer to a finding. A later answer is a new row."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="responses")
    text = models.TextField(_("jawaban"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban instansi")
        verbose_name_plural = _("jawaban instansi")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="response_has_text")]
        triggers = append_only("response")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at:%Y-%m-%d}"


class Return(models.Model):
    """The team sends an answer back: what it still lacks."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="returns")
    text = models.TextField(_("yang masih kurang"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban dikembalikan")
        verbose_name_plural = _("jawaban dikembalikan")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="return_has_text")]
        triggers = [*append_only("return"), refuse_interested("return")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at:%Y-%m-%d}"
