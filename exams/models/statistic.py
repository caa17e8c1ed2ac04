import math

from django.db import models
from django.utils.translation import gettext_lazy as _

ENOUGH = 30  # answers, before a figure says anything


class ItemStatistic(models.Model):
    """What is left of sittings when they are forgotten: sums over the people who got a version of an item.

    x is the item's points, y the points of the rest of its component in the same sitting. Only sittings count
    in which at least half the items were answered. `drawn` counts every sitting.
    """

    version = models.OneToOneField("exams.ItemVersion", models.PROTECT, related_name="statistic")
    drawn = models.BigIntegerField(default=0)
    counted = models.BigIntegerField(default=0)
    answered = models.BigIntegerField(default=0)
    full = models.BigIntegerField(default=0)
    sum_x = models.BigIntegerField(default=0)
    sum_xx = models.BigIntegerField(default=0)
    sum_y = models.BigIntegerField(default=0)
    sum_yy = models.BigIntegerField(default=0)
    sum_xy = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("statistik soal")
        verbose_name_plural = _("statistik soal")

    def __str__(self) -> str:
        return str(self.version_id)

    @property
    def enough(self) -> bool:
        return self.counted >= ENOUGH

    @property
    def share_right(self) -> int | None:
        """Per cent of people who got all points; None while there are too few."""
        return round(100 * self.full / self.counted) if self.enough else None

    @property
    def mean(self) -> float | None:
        """Points on average."""
        return self.sum_x / self.counted if self.enough else None

    @property
    def discrimination(self) -> float | None:
        """Correlation of the item with the rest of its component, -1 to 1: whether the better ones get it right."""
        n = self.counted
        spread = (n * self.sum_xx - self.sum_x**2) * (n * self.sum_yy - self.sum_y**2)
        if not self.enough or spread <= 0:
            return None
        return (n * self.sum_xy - self.sum_x * self.sum_y) / math.sqrt(spread)
