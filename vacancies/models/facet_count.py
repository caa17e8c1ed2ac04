from django.db import models


class FacetCount(models.Model):
    """How many published formations carry a value, without any filter: kept by import and publish.

    Counting over everything costs 140 ms at 250,000 rows; this table makes the unfiltered list cheap.
    """

    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=120)
    label = models.CharField(max_length=250)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facet", "value"], name="facet_value_once")]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}: {self.count}"
