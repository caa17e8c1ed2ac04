import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from ledger.tlog import canon

LEAF_OF_BODY = RawSQL(r"leaf = sha256('\x00'::bytea || body)", (), output_field=models.BooleanField())


class Pending(models.Model):
    """A fact on its way to the public record, written in the transaction that made it true.

    `body` is canonical JSON without personal data, checked against the allow-list of its kind; `leaf` its
    hash in the record. The sequencer says once which entry `n` it became, or why it is refused.
    """

    kind = models.CharField(max_length=40)
    body = models.BinaryField()
    leaf = models.BinaryField(unique=True, help_text=_("SHA-256 dari 0x00 dan isi (RFC 6962)."))
    at = models.DateTimeField()
    n = models.BigIntegerField(null=True, unique=True)
    refused = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("fakta untuk catatan")
        verbose_name_plural = _("fakta untuk catatan")
        constraints = [
            models.CheckConstraint(condition=LEAF_OF_BODY, name="pending_leaf_is_of_its_body"),
            models.CheckConstraint(condition=Q(n=None) | Q(refused=""), name="pending_recorded_or_refused"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(n=None, refused=""), name="pending_waiting")]
        triggers = [
            pgtrigger.Trigger(
                name="ledger_pending_is_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.id, NEW.kind, NEW.body, NEW.leaf, NEW.at)
                       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.body, OLD.leaf, OLD.at)
                       OR OLD.n IS NOT NULL OR OLD.refused <> '' THEN
                        RAISE EXCEPTION 'a fact is append-only: a correction is a new row';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ledger_pending_stays",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Delete | pgtrigger.Truncate,
                func="RAISE EXCEPTION 'a fact is append-only: a correction is a new row';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def fact(self) -> dict:
        """What `body` spells: v, type, id, at, by, body."""
        return canon.load(bytes(self.body))


class Wording(models.Model):
    """The sentence a person wrote for a fact. The record holds a salted commitment to it, never the words.

    May be deleted: without the salt the commitment says nothing, and the record stays valid.
    """

    fact = models.ForeignKey(Pending, models.PROTECT, related_name="wordings")
    field = models.CharField(max_length=40)
    salt = models.BinaryField()
    text = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("kalimat alasan")
        verbose_name_plural = _("kalimat alasan")
        constraints = [models.UniqueConstraint(fields=["fact", "field"], name="one_wording_per_field")]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.field}"
