import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from participation.models.event import Event


class EventPaper(models.Model):
    """What is left of a session for those who were not there: minutes, recording, slides; as a PDF or as a link.

    Written once; what was wrong is followed by a better one.
    """

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Notulen")
        RECORDING = "recording", _("Rekaman")
        SLIDES = "slides", _("Bahan paparan")

    event = models.ForeignKey(Event, models.PROTECT, related_name="papers")
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    title = models.CharField(_("nama"), max_length=120)
    file = models.FileField(upload_to="acara/", blank=True)
    url = models.CharField(_("tautan"), max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("dokumen acara")
        verbose_name_plural = _("dokumen acara")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url="", pages__isnull=False) & ~Q(file="") & ~Q(sha256="")
                | Q(url__regex=r"^https?://[^[:space:]]+$", file="", sha256="", pages=None),
                name="event_paper_is_a_file_or_a_link",
            )
        ]
        triggers = [
            *append_only("event_paper"),
            pgtrigger.Trigger(
                name="event_paper_after_it_began",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM participation_event e WHERE e.id = NEW.event_id
                                   AND e.published_at IS NOT NULL AND e.cancelled_at IS NULL AND e.starts_at <= NEW.at) THEN
                        RAISE EXCEPTION 'papers are of a session that took place';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title
