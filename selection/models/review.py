import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reason(models.Model):
    """A reason why a requirement is not met, from one flat list, in words for the applicant."""

    code = models.SlugField(max_length=40, unique=True)
    text = models.CharField(_("alasan"), max_length=200)
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("alasan")
        verbose_name_plural = _("alasan")
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text


class Review(models.Model):
    """One verifier's look at one file in one stage: blind, decided once, never changed after.

    Seats 1 and 2 are the two independent verifiers; seat 3 is taken only when they disagree.
    """

    class Verdict(models.TextChoices):
        MET = "MS", _("Memenuhi syarat")
        NOT_MET = "TMS", _("Belum memenuhi syarat")

    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="reviews")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="reviews")
    seat = models.PositiveSmallIntegerField()
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    verdict = models.CharField(max_length=3, choices=Verdict, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pemeriksaan")
        verbose_name_plural = _("pemeriksaan")
        constraints = [
            models.UniqueConstraint(fields=["application", "stage", "seat"], name="review_seat_once"),
            models.UniqueConstraint(fields=["application", "stage", "verifier"], name="nobody_decides_twice"),
            models.CheckConstraint(condition=Q(seat__gte=1, seat__lte=3), name="review_seat_range"),
            models.CheckConstraint(
                condition=Q(decided_at=None, verdict="") | (Q(decided_at__isnull=False) & ~Q(verdict="")),
                name="review_decided_has_verdict",
            ),
        ]
        indexes = [models.Index(fields=["stage", "verifier"], condition=Q(decided_at=None), name="review_open")]
        triggers = [
            pgtrigger.Trigger(
                name="review_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
                func="RAISE EXCEPTION 'a review is decided once';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.seat}"


class ReviewItem(models.Model):
    """What one review found about one requirement; a requirement not met carries its reason."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    requirement = models.ForeignKey("vacancies.Requirement", models.PROTECT, related_name="+")
    met = models.BooleanField()
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, blank=True)
    detail = models.CharField(_("rincian"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("butir pemeriksaan")
        verbose_name_plural = _("butir pemeriksaan")
        constraints = [
            models.UniqueConstraint(fields=["review", "requirement"], name="review_item_once"),
            models.CheckConstraint(
                condition=Q(met=True, reason=None) | Q(met=False, reason__isnull=False),
                name="review_item_not_met_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.requirement_id}"
