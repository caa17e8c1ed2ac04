from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Board(models.Model):
    """A notice board on a wall: of a kelurahan, a kecamatan, an office."""

    name = models.CharField(_("nama papan"), max_length=100, unique=True)
    place = models.CharField(_("letak"), max_length=200, help_text=_("Alamat atau petunjuk yang dikenal warga."))
    district = models.CharField(_("kecamatan"), max_length=80, blank=True)
    enabled = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("papan pengumuman")
        verbose_name_plural = _("papan pengumuman")
        ordering = ["district", "name"]

    def __str__(self) -> str:
        return f"{self.name}, {self.district}" if self.district else self.name


def photo_name(notice, filename: str) -> str:
    """Where the photo lies: by its hash."""
    return f"papan/{notice.sha256[:2]}/{notice.sha256}"


class Notice(models.Model):
    """A publication hangs on a board: the photo shows it, and who put it up says when. A later photo is a new row."""

    publication = models.ForeignKey("publishing.Publication", models.PROTECT, related_name="notices")
    board = models.ForeignKey(Board, models.PROTECT, related_name="notices", verbose_name=_("papan"))
    put_up_at = models.DateTimeField(_("dipasang"))
    photo = models.FileField(_("foto papan"), upload_to=photo_name, max_length=120)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pemasangan di papan")
        verbose_name_plural = _("pemasangan di papan")
        ordering = ["put_up_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "sha256"], name="one_notice_per_photo"),
            models.CheckConstraint(condition=Q(put_up_at__lte=F("at")), name="notice_hangs_before_it_is_told"),
        ]
        triggers = append_only("notice")

    def __str__(self) -> str:
        return f"{self.publication_id} @ {self.board_id}"
