import json

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from exams.scoring import Kind, Question


class Component(models.TextChoices):
    TWK = "twk", _("TWK")
    TIU = "tiu", _("TIU")
    TKP = "tkp", _("TKP")
    TECHNICAL = "teknis", _("Teknis")
    MANAGERIAL = "manajerial", _("Manajerial")
    SOCIOCULTURAL = "sosiokultural", _("Sosiokultural")
    INTERVIEW = "wawancara", _("Wawancara tertulis")


class ItemQuerySet(models.QuerySet):
    def free(self):
        return self.filter(free=True)

    def secret(self):
        return self.filter(free=False)


class Item(models.Model):
    """A question by its name: what it is about, and whether it is for practice or for tests that count.

    A free item is public, with its answer; a secret one is read by those who write and review items alone. What it
    asks is in its versions. It is never deleted: a retired item is not drawn any more.
    """

    code = models.SlugField(_("kode"), max_length=40, unique=True)
    component = models.CharField(_("komponen"), max_length=15, choices=Component)
    topic = models.SlugField(_("pokok"), max_length=40)
    free = models.BooleanField(_("soal latihan bebas"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retire_reason = models.CharField(_("alasan berhenti dipakai"), max_length=300, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("soal")
        verbose_name_plural = _("soal")
        ordering = ["component", "topic", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(free=True) | Q(made_by__isnull=False), name="secret_item_has_writer"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None, retire_reason="")
                | Q(retired_at__isnull=False) & ~Q(retire_reason=""),
                name="item_retired_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="item_stays_what_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.code, NEW.component, NEW.topic, NEW.free, NEW.made_by_id, NEW.made_at)
                       IS DISTINCT FROM (OLD.code, OLD.component, OLD.topic, OLD.free, OLD.made_by_id, OLD.made_at)
                       OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at) THEN
                        RAISE EXCEPTION 'an item stays what it is: make another one';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="item_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code


class ItemVersionQuerySet(models.QuerySet):
    def in_force(self):
        """The version of each item that is drawn today: reviewed by two, the newest, of an item not retired."""
        newest = self.filter(in_force_at__isnull=False, item__retired_at=None).order_by("item_id", "-number")
        return self.filter(pk__in=newest.distinct("item_id").values("pk"))

    def waiting(self):
        """What two people have not looked at yet."""
        return self.filter(in_force_at=None, returned_at=None, item__retired_at=None)


class ItemVersion(models.Model):
    """What an item asks, written once: a change is a new version, also of one that was never used.

    It may be drawn once two people who did not write it have looked at it. What comes with the product
    (`author` empty, free) was reviewed where it was made. The words of a secret item are stored encrypted.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    sealed = EncryptedText(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_because = EncryptedText(_("yang perlu diperbaiki"), null=True)

    objects = ItemVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("versi soal")
        verbose_name_plural = _("versi soal")
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_item_version_per_number"),
            models.CheckConstraint(
                condition=Q(body=None, sealed__isnull=False, author__isnull=False)
                | Q(body__isnull=False, sealed__isnull=True),
                name="item_open_or_sealed",
            ),
            models.CheckConstraint(
                condition=Q(first_by=None) | Q(author__isnull=False) & ~Q(first_by=F("author")),
                name="item_first_review_by_another",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None)
                | Q(first_by__isnull=False) & ~Q(second_by=F("author")) & ~Q(second_by=F("first_by")),
                name="item_second_review_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at=None)
                | Q(second_by__isnull=False, second_at__isnull=False, returned_at=None)
                | Q(author=None, body__isnull=False),
                name="item_in_force_after_two_reviews",
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None)
                | Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(returned_by=F("author")),
                name="item_returned_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="item_version_sealed_if_secret",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT free FROM exams_item WHERE id = NEW.item_id) IS DISTINCT FROM (NEW.sealed IS NULL) THEN
                        RAISE EXCEPTION 'the words of a secret item are encrypted, those of a free one are not';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="item_version_written_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.item_id, NEW.number, NEW.body, NEW.sealed, NEW.author_id, NEW.made_at)
                       IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.body, OLD.sealed, OLD.author_id, OLD.made_at)
                       OR (OLD.first_by_id IS NOT NULL AND NEW.first_by_id IS DISTINCT FROM OLD.first_by_id)
                       OR (OLD.second_by_id IS NOT NULL AND NEW.second_by_id IS DISTINCT FROM OLD.second_by_id)
                       OR (OLD.in_force_at IS NOT NULL AND NEW.in_force_at IS DISTINCT FROM OLD.in_force_at)
                       OR (OLD.returned_at IS NOT NULL AND NEW.returned_at IS DISTINCT FROM OLD.returned_at) THEN
                        RAISE EXCEPTION 'a version of an item is written once: a change is a new version';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="item_version_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"

    @cached_property
    def content(self) -> dict:
        """Its words and its key, as `exams/content.py` describes them."""
        return self.body if self.body is not None else json.loads(self.sealed)

    @cached_property
    def question(self) -> Question:
        """The part that is scored."""
        found = self.content
        return Question(
            kind=Kind(found["kind"]),
            points={one["key"]: one.get("points", 0) for one in found.get("options", [])},
            right=frozenset(found.get("right", [])),
            accepted=tuple(found.get("accepted", [])),
        )
