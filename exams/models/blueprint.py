from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.models.item import Component


class Blueprint(models.Model):
    """How a test is made: how long it takes, how many items of which component and topic, by whose thresholds.

    A blueprint that was used is not changed: another one takes its place, and it is not offered any more.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=80)
    about = models.CharField(_("penjelasan"), max_length=300, blank=True)
    seconds = models.PositiveIntegerField(_("lama, dalam detik"))
    practice = models.BooleanField(_("latihan"))
    rulepack = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    offered = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("format ujian")
        verbose_name_plural = _("format ujian")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seconds__gte=1, seconds__lte=21_600), name="blueprint_up_to_six_hours")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minutes(self) -> int:
        return self.seconds // 60


class BlueprintPart(models.Model):
    """So many items of a component, of one topic or (empty) of any. `worth`: points of a right answer.

    `scores_as`: the component of the stage's rule that its points go to, where that has another name.
    """

    blueprint = models.ForeignKey(Blueprint, models.PROTECT, related_name="parts")
    place = models.PositiveSmallIntegerField()
    component = models.CharField(max_length=15, choices=Component)
    topic = models.SlugField(max_length=40, blank=True)
    count = models.PositiveSmallIntegerField()
    worth = models.PositiveSmallIntegerField(default=5)
    scores_as = models.CharField(max_length=30, blank=True)

    class Meta:
        verbose_name = _("bagian format ujian")
        verbose_name_plural = _("bagian format ujian")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["blueprint", "place"], name="one_blueprint_part_per_place"),
            models.UniqueConstraint(
                fields=["blueprint", "component", "topic"], name="one_blueprint_part_per_component_and_topic"
            ),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=200), name="blueprint_part_count"),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint_id} {self.component} {self.topic} {self.count}"
