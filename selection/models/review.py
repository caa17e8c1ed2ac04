import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only, written_once_but_forgotten


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

    Seats 1 and 2 are the two independent verifiers; seat 3 is taken only when they disagree. A file that is checked
    again because of a finding has seats of its own (`reopening`), and nobody in them who decided about it before.
    """

    class Verdict(models.TextChoices):
        MET = "MS", _("Memenuhi syarat")
        NOT_MET = "TMS", _("Belum memenuhi syarat")

    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="reviews")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="reviews")
    reopening = models.ForeignKey("selection.Reopening", models.PROTECT, null=True, related_name="reviews")
    seat = models.PositiveSmallIntegerField()
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    verdict = models.CharField(max_length=3, choices=Verdict, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pemeriksaan")
        verbose_name_plural = _("pemeriksaan")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "stage", "seat"], condition=Q(reopening=None), name="review_seat_once"
            ),
            models.UniqueConstraint(fields=["reopening", "seat"], name="review_seat_once_again"),
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
            ),
            pgtrigger.Trigger(
                name="review_seat_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("application", "stage", "reopening", "seat", "verifier", "taken_at"),
                func="RAISE EXCEPTION 'a file is judged by whoever took it';",
            ),
            # Files stay shut while they are sealed; nobody judges oneself, or after saying that one should not; the
            # third looks where two have disagreed, and nowhere else.
            pgtrigger.Trigger(
                name="review_fair",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM selection_application a LEFT JOIN accounts_person p ON p.id = a.person_id
                               WHERE a.id = NEW.application_id AND NEW.verifier_id IN (a.user_id, p.user_id)) THEN
                        RAISE EXCEPTION 'nobody judges their own file';
                    END IF;
                    IF EXISTS (SELECT FROM selection_recusal r WHERE r.application_id = NEW.application_id
                               AND r.verifier_id = NEW.verifier_id) THEN
                        RAISE EXCEPTION 'this verifier stepped back from this file';
                    END IF;
                    IF EXISTS (SELECT FROM vacancies_stage s JOIN vacancies_recruitment r ON r.id = s.recruitment_id
                               WHERE s.recruitment_id = (SELECT recruitment_id FROM selection_application WHERE id = NEW.application_id)
                               AND s.kind = 'registration' AND s.closed_at IS NULL AND r.sealed_until_closing) THEN
                        RAISE EXCEPTION 'files are sealed until registration closes';
                    END IF;
                    IF NEW.seat = 3 AND (SELECT count(DISTINCT verdict) FROM selection_review
                                         WHERE application_id = NEW.application_id AND stage_id = NEW.stage_id
                                         AND reopening_id IS NOT DISTINCT FROM NEW.reopening_id AND seat < 3 AND decided_at IS NOT NULL) < 2 THEN
                        RAISE EXCEPTION 'a third look is for files on which two disagree';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="review_again_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__reopening__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT FROM selection_reopening r JOIN selection_recheck k ON k.id = r.recheck_id
                                   WHERE r.id = NEW.reopening_id AND r.application_id = NEW.application_id
                                   AND r.stage_id = NEW.stage_id AND r.second_at IS NULL
                                   AND k.state = 'open' AND k.result_id IS NULL) THEN
                        RAISE EXCEPTION 'this file is not being checked again';
                    END IF;
                    IF TG_OP = 'INSERT'
                       AND decided_before(NEW.verifier_id, NEW.application_id, NEW.stage_id, NEW.reopening_id) THEN
                        RAISE EXCEPTION 'a file is checked again by people who never decided about it';
                    END IF;
                    RETURN NEW;
                """,
            ),
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
        triggers = written_once_but_forgotten("review_item", detail="''")

    def __str__(self) -> str:
        return f"{self.review_id}: {self.requirement_id}"


class Recusal(models.Model):
    """A verifier stepped back from a file: a relative, a friend, a rival. The file never comes to them again."""

    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="recusals")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="recusals")
    verifier = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pengunduran diri pemeriksa")
        verbose_name_plural = _("pengunduran diri pemeriksa")
        constraints = [
            models.UniqueConstraint(fields=["application", "stage", "verifier"], name="recusal_once"),
        ]
        triggers = append_only("recusal")

    def __str__(self) -> str:
        return f"{self.application_id}: {self.verifier_id}"
