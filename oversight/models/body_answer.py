import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from oversight.models.interest import refuse_interested


def stored_name(answer, filename: str) -> str:
    """Where the letter lies: by its hash, whatever it was called."""
    return f"letters/{answer.sha256[:2]}/{answer.sha256}"


class BodyAnswer(models.Model):
    """What a body above the office answered to a finding that was handed on to it: one letter, written down once.

    `text` is the team's summary for everybody. The letter itself is public only where the team says that it names
    nobody; its digest is public in any case.
    """

    class Outcome(models.TextChoices):
        FOLLOWED = "followed", _("Ditindaklanjuti")
        REFUSED = "refused", _("Tidak ditindaklanjuti")
        FORWARDED = "forwarded", _("Diteruskan ke lembaga lain")
        ASKED = "asked", _("Minta keterangan tambahan")

    finding = models.ForeignKey("oversight.Finding", models.PROTECT, related_name="body_answers")
    escalation = models.ForeignKey("oversight.Escalation", models.PROTECT, related_name="answers")
    letter = models.CharField(_("nomor surat"), max_length=120)
    dated = models.DateField(_("tanggal surat"))
    outcome = models.CharField(_("hasil"), max_length=10, choices=Outcome)
    text = models.TextField(_("ringkasan"))
    file = models.FileField(upload_to=stored_name, max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_public = models.BooleanField(_("surat terbuka untuk umum"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban lembaga lain")
        verbose_name_plural = _("jawaban lembaga lain")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "letter"], name="body_answer_once_per_letter"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(letter=""), name="body_answer_has_words"),
            models.CheckConstraint(
                condition=(Q(file="", sha256="", file_public=False)) | (~Q(file="") & ~Q(sha256="")),
                name="body_answer_letter_has_a_digest",
            ),
        ]
        triggers = [
            *append_only("body_answer"),
            refuse_interested("body_answer"),
            pgtrigger.Trigger(
                name="body_answer_of_its_finding",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM oversight_escalation e WHERE e.id = NEW.escalation_id
                                   AND e.finding_id = NEW.finding_id AND e.at <= NEW.at) THEN
                        RAISE EXCEPTION 'a body answers what was handed on to it';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation_id} {self.letter}"
