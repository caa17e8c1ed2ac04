import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Circular(models.Model):
    """A message that staff write to all applicants of a recruitment, or to those who take part in one of its stages.

    A dry run counts who would get it and fixes text, hours and people by `digest`; another change takes the dry run
    away. A second person approves that digest, and only then it gets a mailing. Names nobody: the letter is the same
    for all, and `samples` are numbers of accounts.
    """

    recruitment = models.ForeignKey(
        "vacancies.Recruitment", models.PROTECT, related_name="circulars", verbose_name=_("pengadaan")
    )
    stage = models.ForeignKey(
        "vacancies.Stage", models.PROTECT, null=True, blank=True, related_name="circulars", verbose_name=_("tahap")
    )
    subject = models.CharField(_("judul"), max_length=120)
    body = models.TextField(_("isi"), max_length=4000)
    send_at = models.DateTimeField(_("mulai dikirim"))
    window_from = models.TimeField(_("surat berangkat mulai pukul"))
    window_until = models.TimeField(_("surat berangkat sampai pukul"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    # The dry run in force; empty while there is none.
    digest = models.CharField(max_length=64, blank=True)
    people = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, help_text="How many applications get none, by reason.")
    samples = ArrayField(models.BigIntegerField(), default=list)
    tried_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    tried_at = models.DateTimeField(null=True)
    # The second person.
    approved_digest = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    mailing = models.OneToOneField("publishing.Mailing", models.PROTECT, null=True, related_name="circular")
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pesan massal")
        verbose_name_plural = _("pesan massal")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(window_from__lt=F("window_until")), name="circular_window_is_in_one_day"
            ),
            models.CheckConstraint(
                condition=Q(digest="", tried_by=None, tried_at=None)
                | (~Q(digest="") & Q(tried_by__isnull=False, tried_at__isnull=False)),
                name="circular_tried_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, approved_digest="", mailing=None)
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False, mailing__isnull=False)
                    & Q(approved_digest=F("digest"))
                    & ~Q(approved_digest="")
                    & ~Q(approved_by=F("written_by"))
                    & ~Q(approved_by=F("tried_by"))
                ),
                name="circular_second_person",
            ),
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(approved_at=None), name="circular_discarded_before_approval"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="circular_as_tried",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.approved_at IS NOT NULL OR OLD.discarded_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a message that was approved or discarded stays as it is';
                    END IF;
                    IF NEW.digest <> '' AND NEW.digest = OLD.digest AND
                       to_jsonb(NEW) - '{approved_digest,approved_by_id,approved_at,mailing_id,discarded_at}'::text[]
                       IS DISTINCT FROM
                       to_jsonb(OLD) - '{approved_digest,approved_by_id,approved_at,mailing_id,discarded_at}'::text[] THEN
                        RAISE EXCEPTION 'a changed message needs a new dry run';
                    END IF;
                    IF NEW.recruitment_id <> OLD.recruitment_id THEN
                        RAISE EXCEPTION 'a message keeps its recruitment';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="circular_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.subject
