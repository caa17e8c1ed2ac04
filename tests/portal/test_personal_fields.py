"""No field that may hold words about a person without its class, purpose and time limit."""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from portal.personal_fields import PERSONAL, PLAIN

WORDS = (
    models.CharField, models.TextField, models.FileField, models.JSONField, models.DateField, models.DecimalField,
    models.GenericIPAddressField, ArrayField,
)  # fmt: skip


def fields_of(model) -> set[str]:
    """The fields of `model` that may hold words about a person."""
    return {
        f"{model._meta.label}.{field.name}"
        for field in model._meta.concrete_fields
        if isinstance(field, WORDS)
        and not isinstance(field, models.DateTimeField)
        and not field.choices
        and not field.is_relation
    }


def named() -> set[str]:
    return {f"{model}.{name}" for model, names in PLAIN.items() for name in names.split()} | PERSONAL.keys()


def everything() -> set[str]:
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label != "pghistory.MiddlewareEvents"  # a view of pghistory's, no table
    ]
    return set().union(*(fields_of(model) for model in found))


def test_every_field_says_what_it_holds():
    assert everything() - named() == set()


def test_nothing_is_said_of_a_field_that_does_not_exist():
    assert named() - everything() == set()


def test_no_field_is_both_personal_and_plain():
    assert len(named()) == len(PERSONAL) + sum(len(names.split()) for names in PLAIN.values())


def test_a_new_field_is_refused_until_somebody_says_what_it_holds():
    class Diary(models.Model):
        words = models.TextField()
        kind = models.CharField(max_length=3, choices=[("a", "A")])
        at = models.DateTimeField()

        class Meta:
            app_label = "portal"
            managed = False

        def __str__(self) -> str:
            return self.words

    assert fields_of(Diary) - named() == {"portal.Diary.words"}
    del apps.all_models["portal"]["diary"]
    apps.clear_cache()
