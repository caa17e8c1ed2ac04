from django.db import models
from django.utils.translation import gettext_lazy as _

from participation.models.service_case import ServiceCase


def stored_name(photo, filename: str) -> str:
    """Where the photo lies: by its hash, so that no personal data is in a path."""
    return f"{photo.sha256[:2]}/{photo.sha256}"


class CasePhoto(models.Model):
    """A photo that came with a case, without what the phone wrote beside the picture; seen by whoever answers."""

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="photos")
    file = models.FileField(upload_to=stored_name, max_length=120)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("foto aduan")
        verbose_name_plural = _("foto aduan")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"


class CaseFollower(models.Model):
    """An address that wants to hear of a case, because its owner has the same to say; told once its owner confirmed."""

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="listeners")
    # The database itself deletes the row when the address is forgotten (migration).
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, db_constraint=False, related_name="followed_cases"
    )
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pengikut aduan")
        verbose_name_plural = _("pengikut aduan")
        constraints = [models.UniqueConstraint(fields=["case", "subscriber"], name="one_listener_per_address")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"
