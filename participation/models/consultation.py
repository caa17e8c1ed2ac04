import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Count, DateTimeField, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class DatabaseClock(Func):
    """The time of the database at this moment: the one clock that every process shares."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


def _count(model: str, **wanted):
    """How many rows of `model` a consultation has; one small query each, so that they do not multiply one another."""
    rows = apps.get_model(model).objects.order_by().filter(consultation=OuterRef("pk"), **wanted)
    return Coalesce(Subquery(rows.values("consultation").annotate(n=Count("pk")).values("n")), 0)


class ConsultationQuerySet(models.QuerySet):
    def public(self):
        return self.filter(published_at__isnull=False)

    def taking(self):
        """Open at this moment, by the database's clock."""
        return self.public().filter(opens_at__lte=DatabaseClock(), closes_at__gt=DatabaseClock())

    def with_counts(self):
        """Each with `voices` (shown contributions), `answered` (clusters), `promised` and `kept` (promises)."""
        return self.annotate(
            voices=_count("participation.Contribution", confirmed_at__isnull=False),
            answered=_count("participation.Cluster", answered_at__isnull=False),
            promised=_count("participation.Promise"),
            kept=_count("participation.Promise", state="done"),
        )

    def with_standing(self):
        """Each with `standing`: "soon", "open" or "closed", by the database's clock."""
        return self.annotate(
            standing=Case(
                When(opens_at__gt=DatabaseClock(), then=Value("soon")),
                When(closes_at__gt=DatabaseClock(), then=Value("open")),
                default=Value("closed"),
            )
        )


class Consultation(models.Model):
    """A question that the office puts to everybody for a period. Published by another person than its writer.

    Once published, nothing of it changes: people answered these words.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("judul"), max_length=150)
    body = models.TextField(_("yang ditanyakan"))
    opens_at = models.DateTimeField(_("dibuka"))
    closes_at = models.DateTimeField(_("ditutup"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("konsultasi")
        verbose_name_plural = _("konsultasi")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="consultation_has_a_period"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | (Q(published_at__isnull=False, published_by__isnull=False) & ~Q(published_by=models.F("written_by"))),
                name="consultation_published_by_a_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="consultation_stays_as_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF OLD.published_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a published consultation is never rewritten';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title


class ConsultationDocument(models.Model):
    """A PDF beside the question; added before it is published only."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="documents")
    title = models.CharField(_("nama dokumen"), max_length=120)
    file = models.FileField(upload_to="konsultasi/")
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("dokumen konsultasi")
        verbose_name_plural = _("dokumen konsultasi")
        triggers = [
            pgtrigger.Protect(name="consultation_document_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="consultation_document_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM participation_consultation c
                               WHERE c.id = NEW.consultation_id AND c.published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a published consultation gets no other documents';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Cluster(models.Model):
    """Contributions that say the same, and the one answer of the office to them; answered once."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="clusters")
    title = models.CharField(_("pokok masukan"), max_length=150)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    response = models.TextField(_("tanggapan"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("kelompok masukan")
        verbose_name_plural = _("kelompok masukan")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(response="", answered_by=None, answered_at=None)
                | (~Q(response="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="cluster_answered_by_somebody",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="cluster_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL THEN
                        RAISE EXCEPTION 'an answer of the office is never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title


class Promise(models.Model):
    """What the office said it would do, until when, and what came of it. Overdue is read from the calendar."""

    class State(models.TextChoices):
        PROMISED = "promised", _("Dijanjikan")
        DONE = "done", _("Dikerjakan")
        DROPPED = "dropped", _("Tidak jadi")

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="promises")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="promises")
    text = models.CharField(_("yang dijanjikan"), max_length=300)
    due_on = models.DateField(_("paling lambat"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PROMISED)
    proof = models.CharField(_("tautan bukti"), max_length=300, blank=True)
    reason = models.CharField(_("alasan tidak jadi"), max_length=300, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("janji")
        verbose_name_plural = _("janji")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="promised", proof="", reason="", settled_by=None, settled_at=None)
                | (
                    Q(settled_by__isnull=False, settled_at__isnull=False)
                    & (
                        Q(state="done", proof__regex=r"^https?://[^[:space:]]+$", reason="")
                        | (Q(state="dropped", proof="") & ~Q(reason=""))
                    )
                ),
                name="promise_settled_with_proof_or_reason",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="promise_of_its_consultation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.settled_at IS NOT NULL OR NOT EXISTS (
                        SELECT FROM participation_consultation c
                        LEFT JOIN participation_cluster k ON k.id = NEW.cluster_id
                        WHERE c.id = NEW.consultation_id AND c.published_at IS NOT NULL
                        AND (NEW.cluster_id IS NULL OR k.consultation_id = c.id)
                    ) THEN
                        RAISE EXCEPTION 'a promise belongs to a published consultation and its own clusters';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="promise_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
                       OR to_jsonb(NEW) - '{state,proof,reason,settled_by_id,settled_at}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{state,proof,reason,settled_by_id,settled_at}'::text[] THEN
                        RAISE EXCEPTION 'a promise is settled once, and what was promised stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def is_overdue(self, today) -> bool:
        """The day has passed and nothing was said."""
        return self.state == self.State.PROMISED and self.due_on < today
