import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Revision(models.Model):
    """One line in the public biography of a vacancy: what changed, old and new, why, by whom.

    `changes` is a list of {"field": …, "old": …, "new": …} in words for the public.
    """

    recruitment = models.ForeignKey("vacancies.Recruitment", models.PROTECT, related_name="revisions")
    formation = models.ForeignKey(
        "vacancies.Formation", models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    summary = models.CharField(max_length=300)
    changes = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("riwayat perubahan")
        verbose_name_plural = _("riwayat perubahan")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["formation", "-at"], name="revision_of_formation")]
        triggers = append_only("revision")

    def __str__(self) -> str:
        return self.summary


class Clarification(models.Model):
    """A public answer that binds the office: it helps every applicant, not only the one who asked.

    Never edited: a later one that `supersedes` it takes its place, and both stay readable.
    """

    recruitment = models.ForeignKey(
        "vacancies.Recruitment", models.PROTECT, related_name="clarifications", verbose_name=_("pengadaan")
    )
    formation = models.ForeignKey(
        "vacancies.Formation", models.PROTECT, null=True, blank=True, verbose_name=_("formasi")
    )
    question = models.CharField(_("pertanyaan"), max_length=500)
    answer = models.TextField(_("jawaban"))
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by", verbose_name=_("menggantikan")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("waktu"))

    class Meta:
        verbose_name = _("penjelasan")
        verbose_name_plural = _("penjelasan")
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(answer=""), name="clarification_has_answer")]
        triggers = [
            *append_only("clarification"),
            pgtrigger.Trigger(
                name="clarification_follows_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__supersedes__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM vacancies_clarification c WHERE c.id = NEW.supersedes_id
                        AND c.recruitment_id = NEW.recruitment_id AND c.formation_id IS NOT DISTINCT FROM NEW.formation_id
                    ) THEN
                        RAISE EXCEPTION 'an answer takes the place of one that holds where it does';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.question
