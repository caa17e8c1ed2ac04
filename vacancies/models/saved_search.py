from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedSearch(models.Model):
    """A search of the vacancy list that an address wants to hear about.

    `query` is the list's own query string in a fixed order, `words` the same as a sentence. Nothing is sent before
    the owner of the address confirmed it. `seen_at`: what is newer is news.
    """

    class Cadence(models.TextChoices):
        DAILY = "daily", _("setiap hari")
        WEEKLY = "weekly", _("setiap minggu")

    subscriber = models.ForeignKey("publishing.Subscriber", models.PROTECT, related_name="searches")
    query = models.CharField(max_length=500, blank=True)
    words = models.CharField(max_length=500)
    cadence = models.CharField(_("seberapa sering"), max_length=6, choices=Cadence, default=Cadence.DAILY)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pencarian tersimpan")
        verbose_name_plural = _("pencarian tersimpan")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "query"], name="one_search_per_query"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, due_at=None) | Q(confirmed_at__isnull=False, due_at__isnull=False),
                name="search_runs_once_confirmed",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="search_due")]

    def __str__(self) -> str:
        return self.words


class ClosingReminder(models.Model):
    """A search was told that a registration closes soon: once for each closing time."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="reminders")
    stage = models.ForeignKey("vacancies.Stage", models.CASCADE, related_name="+")
    closes_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pengingat penutupan")
        verbose_name_plural = _("pengingat penutupan")
        constraints = [
            models.UniqueConstraint(fields=["search", "stage", "closes_at"], name="reminded_once_per_closing")
        ]

    def __str__(self) -> str:
        return f"{self.search_id} {self.stage_id}"
