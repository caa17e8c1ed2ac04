import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """What is told: one message, for many people or for one.

    `source` names the thing it is about and makes telling it twice impossible. The body says what
    happened, what to do, until when and where to look; results themselves stay on the site. The words stay as they were
    told; an erasure may empty them.
    `for_all` is news for everybody: the outside channels get it too. `personal` is written to one address alone: its
    words go when the address is forgotten (forget_subscriber). `opened_at` is null until it may be told;
    `fanned_out_at` is null until every delivery has its row, `posted_at` until every post has.
    """

    source = models.CharField(_("sumber"), max_length=120, unique=True)
    subject = models.CharField(_("judul"), max_length=200)
    body = models.TextField(_("isi"))
    url = models.CharField(_("tautan"), max_length=300, blank=True)
    for_all = models.BooleanField(default=False)
    personal = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    fanned_out_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("terbitan")
        verbose_name_plural = _("terbitan")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(personal=True, for_all=True), name="publication_personal_or_for_all"
            ),
            models.CheckConstraint(
                condition=models.Q(fanned_out_at=None) | models.Q(opened_at__isnull=False),
                name="publication_fans_out_after_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(posted_at=None) | models.Q(opened_at__isnull=False, for_all=True),
                name="publication_posts_what_is_open_and_for_all",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"], condition=models.Q(for_all=True, posted_at=None), name="publication_unposted"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="publication_as_told",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NEW.subject NOT IN (OLD.subject, '') OR NEW.body NOT IN (OLD.body, '')
                       OR NEW.url NOT IN (OLD.url, '') THEN
                        RAISE EXCEPTION 'what is told stays as it was told';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.source
