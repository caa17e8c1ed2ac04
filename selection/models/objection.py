import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.append_only import append_only
from selection import objection_states as states
from selection.models.document import stored_name
from selection.objection_states import ObjectionState


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The objections that `user` wrote."""
        return self.filter(application__user=user)

    def filed(self):
        """What was sent, decided or not: drafts are nobody's business but their writer's."""
        return self.exclude(state=ObjectionState.DRAFT)

    def waiting(self):
        return self.filter(state__in=states.WAITING)

    def decided(self):
        """Public as precedents: only the summary, never the person's words."""
        return self.filter(state__in=states.FINAL)

    def overdue(self, at):
        return self.waiting().filter(due_at__lt=at)


class Objection(models.Model):
    """One person's objection to their own announced result: once for each result that opened a window for them.

    `announcement` is the version that told them this result. Sent inside the window by the database's clock, with
    the portal's own `evidence` frozen by hash. Decided by people who took no part in the result; granted by two.
    """

    number = models.CharField(_("nomor sanggah"), max_length=20, unique=True, null=True)
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="objections")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="objections")
    announcement = models.ForeignKey("selection.Announcement", models.PROTECT, related_name="objections")
    state = models.CharField(_("keadaan"), max_length=10, choices=ObjectionState, default=ObjectionState.DRAFT)
    started_at = models.DateTimeField()
    filed_at = models.DateTimeField(_("dikirim"), null=True)
    due_at = models.DateTimeField(_("dijawab paling lambat"), null=True)
    evidence = models.JSONField(default=dict)
    evidence_digest = models.CharField(max_length=64, blank=True)
    answer = EncryptedText(_("jawaban untuk pelamar"), null=True)
    summary = models.TextField(_("ringkasan untuk publik"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="+")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanggah")
        verbose_name_plural = _("sanggah")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "announcement"], name="objection_once_per_result"),
            models.CheckConstraint(
                condition=Q(state="draft", number=None, filed_at=None, due_at=None, evidence_digest="")
                | (
                    ~Q(state="draft")
                    & Q(number__isnull=False, filed_at__isnull=False, due_at__isnull=False)
                    & ~Q(evidence_digest="")
                ),
                name="objection_filed_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "filed"], decided_by=None, decided_at=None)
                | (
                    Q(state__in=["proposed", "granted", "refused"], decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                    & ~Q(summary="")
                ),
                name="objection_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=(~Q(state="granted") & Q(confirmed_by=None, confirmed_at=None))
                | (
                    Q(state="granted", confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("decided_by"))
                ),
                name="objection_granted_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"]) | Q(fact__isnull=False),
                name="objection_decision_recorded",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["filed", "proposed"]), name="objection_waiting"),
            models.Index(fields=["stage", "state"], name="objection_stage_state"),
            GinIndex(SearchVector("summary", config="indonesian"), name="objection_search"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="objection_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="objection_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
                func="RAISE EXCEPTION 'an objection is born as a draft';",
            ),
            pgtrigger.Trigger(
                name="objection_to_own_result",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT opens_objection(NEW.application_id, NEW.announcement_id) OR NEW.stage_id IS DISTINCT FROM
                       (SELECT stage_id FROM selection_announcement WHERE id = NEW.announcement_id) THEN
                        RAISE EXCEPTION 'this result opens no objection for this application';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="objection_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="draft") & pgtrigger.Q(new__state="filed"),
                func="""
                    NEW.filed_at = clock_timestamp();
                    IF NOT EXISTS (
                        SELECT FROM selection_announcement a JOIN vacancies_stage s ON s.id = a.stage_id
                        JOIN vacancies_recruitment r ON r.id = s.recruitment_id
                        WHERE a.id = NEW.announcement_id
                          AND NEW.filed_at <@ objection_window(a.public_at, r.time_zone, s.objection_days)
                    ) THEN
                        RAISE EXCEPTION 'objections are filed inside their window';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="objection_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    -- An erasure empties these, and the web is no erasure.
                    IF current_user <> 'portal_app' AND NEW.answer IS NULL AND NEW.evidence = '{}'::jsonb
                       AND to_jsonb(NEW) - '{answer,evidence}'::text[] = to_jsonb(OLD) - '{answer,evidence}'::text[] THEN
                        RETURN NEW;
                    END IF;
                    IF (NEW.application_id, NEW.stage_id, NEW.announcement_id, NEW.started_at)
                       IS DISTINCT FROM (OLD.application_id, OLD.stage_id, OLD.announcement_id, OLD.started_at)
                       OR (OLD.state <> 'draft' AND (NEW.number, NEW.filed_at, NEW.evidence, NEW.evidence_digest)
                           IS DISTINCT FROM (OLD.number, OLD.filed_at, OLD.evidence, OLD.evidence_digest))
                       OR OLD.state IN ('granted', 'refused')
                       OR (OLD.state = 'proposed' AND NEW.state = 'granted'
                           AND (NEW.decided_by_id, NEW.decided_at, NEW.answer, NEW.summary)
                           IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.answer, OLD.summary)) THEN
                        RAISE EXCEPTION 'an objection that was sent stays as it was, and its decision too';
                    END IF;
                    IF OLD.state = 'filed' AND NEW.state <> 'filed' AND NEW.answer IS NULL THEN
                        RAISE EXCEPTION 'an objection is decided with a reasoned answer';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Whoever judged the file, brought or approved the scores, or prepared or approved the announcement does
            # not judge the objection; nor does the person, nor somebody who decided an earlier one of theirs.
            pgtrigger.Trigger(
                name="objection_judged_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("decided_by", "confirmed_by"),
                func="""
                    IF took_part_in_result(NEW.decided_by_id, NEW.application_id, NEW.stage_id)
                       OR took_part_in_result(NEW.confirmed_by_id, NEW.application_id, NEW.stage_id)
                       OR EXISTS (SELECT FROM selection_objection o WHERE o.application_id = NEW.application_id
                                  AND o.id <> NEW.id AND (NEW.decided_by_id IN (o.decided_by_id, o.confirmed_by_id)
                                  OR NEW.confirmed_by_id IN (o.decided_by_id, o.confirmed_by_id))) THEN
                        RAISE EXCEPTION 'an objection is decided by people who took no part in the result';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="objection_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number or f"sanggah {self.pk}"

    @property
    def is_decided(self) -> bool:
        return self.state in states.FINAL

    @property
    def decided_finally_at(self):
        """When the decision became the person's: the second person's word where it was granted."""
        return self.confirmed_at or self.decided_at


class ObjectionItem(models.Model):
    """One point that is disputed, in the person's own words, and what was decided about it."""

    class Ground(models.TextChoices):
        DOCUMENT = "document", _("Dokumen saya dinilai salah")
        CLAUSE = "clause", _("Syarat dibaca keliru")
        SCORE = "score", _("Nilai berbeda dari yang saya peroleh")
        RANK = "rank", _("Peringkat atau kelulusan keliru")
        OTHER = "other", _("Lainnya")

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="items")
    key = models.SlugField(max_length=60)
    title = models.CharField(_("yang disanggah"), max_length=500)
    requirement = models.ForeignKey("vacancies.Requirement", models.PROTECT, null=True, related_name="+")
    reason = models.ForeignKey("selection.Reason", models.PROTECT, null=True, related_name="+")
    ground = models.CharField(_("apa yang keliru"), max_length=10, choices=Ground)
    text = EncryptedText(_("penjelasan"), null=True)
    granted = models.BooleanField(_("dikabulkan"), null=True)

    class Meta:
        verbose_name = _("butir sanggah")
        verbose_name_plural = _("butir sanggah")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["objection", "key"], name="objection_item_once")]
        triggers = [
            pgtrigger.Trigger(
                name="objection_item_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF (SELECT state FROM selection_objection
                        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.objection_id ELSE NEW.objection_id END) <> 'draft'
                       AND (TG_OP <> 'UPDATE' OR to_jsonb(NEW) - '{granted,text}'::text[]
                            IS DISTINCT FROM to_jsonb(OLD) - '{granted,text}'::text[]
                            OR (NEW.text IS DISTINCT FROM OLD.text AND (NEW.text IS NOT NULL OR current_user = 'portal_app'))) THEN
                        RAISE EXCEPTION 'what was sent stays as it was';
                    END IF;
                    IF TG_OP = 'UPDATE' AND NEW.granted IS DISTINCT FROM OLD.granted AND NOT EXISTS (
                        SELECT FROM selection_objection WHERE id = NEW.objection_id AND state = 'filed') THEN
                        RAISE EXCEPTION 'a point is decided once, before its objection is';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.key}"


class ObjectionAttachment(models.Model):
    """What the person points to: a document handed in before, or a file that explains."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="attachments")
    document = models.ForeignKey("selection.Document", models.PROTECT, null=True, related_name="+")
    file = models.FileField(upload_to=stored_name, max_length=120, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    pages = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=40)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("lampiran sanggah")
        verbose_name_plural = _("lampiran sanggah")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "document"], name="objection_document_once"),
            models.CheckConstraint(
                condition=Q(document__isnull=False, file="") | (Q(document=None) & ~Q(file="")),
                name="objection_attachment_is_one_thing",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="objection_attachment_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' AND current_user <> 'portal_app' THEN RETURN OLD; END IF; -- an erasure
                    IF TG_OP = 'UPDATE' OR (SELECT state FROM selection_objection
                        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.objection_id ELSE NEW.objection_id END) <> 'draft' THEN
                        RAISE EXCEPTION 'what was sent stays as it was';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.sha256[:12]}"


class ObjectionStep(models.Model):
    """One move of one objection: who, when, and why where it went back."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=ObjectionState)
    new = models.CharField(max_length=10, choices=ObjectionState)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    because = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("langkah sanggah")
        verbose_name_plural = _("langkah sanggah")
        ordering = ["at", "id"]
        triggers = append_only("objection_step")

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.old} → {self.new}"
