from django.contrib.postgres.fields import ArrayField
from django.db import models


class FacetCell(models.Model):
    """How many published formations are alike in everything that filters without words ask for.

    Kept by import and publish, like FacetCount. A few hundred or thousand of these answer for all formations,
    so that the counts beside the filters stay exact and cheap. The fields are called as on Formation and may be
    asked the same questions; `salary_max` is the step of `salary.STEPS` it reaches, empty below the first.
    """

    recruitment = models.ForeignKey("vacancies.Recruitment", models.CASCADE, related_name="+")
    need = models.CharField(max_length=20)
    office = models.ForeignKey("vacancies.Agency", models.CASCADE, null=True, related_name="+")
    levels = ArrayField(models.CharField(max_length=40))
    disability_friendly = models.BooleanField()
    salary_max = models.PositiveBigIntegerField(null=True)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.recruitment_id} {self.need} {self.levels}: {self.count}"
