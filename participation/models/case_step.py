import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.append_only import append_only, written_once_but_forgotten
from participation.case_states import CaseState
from participation.models.service_case import ServiceCase


class CaseStep(models.Model):
    """What happened to a case. `words` are for everybody, as long as the desk did not put others in their place.

    `private` is between reporter and office, in either direction, and is forgotten with the text.
    """

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=CaseState, blank=True)
    new = models.CharField(max_length=10, choices=CaseState)
    words = models.TextField(blank=True)
    private = EncryptedText(null=True)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_reporter = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("langkah aduan")
        verbose_name_plural = _("langkah aduan")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by_reporter=False) | Q(by=None), name="case_step_of_one_voice")
        ]
        triggers = [
            *written_once_but_forgotten("case_step", private="NULL"),
            # What went up has an hour that cannot be taken back: no answer is dated before it.
            pgtrigger.Trigger(
                name="case_step_not_dated_back",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM participation_casestep s WHERE s.case_id = NEW.case_id AND s.at > NEW.at)
                       OR EXISTS (SELECT FROM participation_caseescalation e
                                  WHERE e.case_id = NEW.case_id AND e.at > NEW.at) THEN
                        RAISE EXCEPTION 'a step is not dated back';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.new}"

    @property
    def shown(self) -> str:
        """The words for everybody: as written, or as the desk put them when something personal stood there."""
        mended = list(self.mendings.all())
        return mended[-1].instead if mended else self.words


class CaseMending(models.Model):
    """Other public words in the place of an officer's, because something personal stood there; the first stay closed."""

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="mendings")
    instead = models.TextField(_("kata-kata pengganti untuk umum"), blank=True)
    reason = models.CharField(_("alasan, terbaca semua orang"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perbaikan kata-kata aduan")
        verbose_name_plural = _("perbaikan kata-kata aduan")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="case_mended_with_a_reason")]
        triggers = append_only("case_mending")

    def __str__(self) -> str:
        return f"{self.step_id}"
