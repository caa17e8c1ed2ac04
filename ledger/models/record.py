"""The public record itself: written once, in order, without a gap."""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ledger.models.pending import LEAF_OF_BODY
from lib.append_only import append_only


def true(sql: str) -> RawSQL:
    return RawSQL(sql, (), output_field=models.BooleanField())  # noqa: S611 - constants of this file


class Entry(models.Model):
    """Entry `n` of the record. `prev` is the entry before it, so that no number can be missing.

    The bytes that were hashed are the bytes that are stored; the database computes the leaf again.
    """

    n = models.BigIntegerField(primary_key=True)
    prev = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, related_name="+")
    leaf = models.BinaryField(unique=True)
    body = models.BinaryField()
    kind = models.CharField(max_length=40, help_text=_("Jenis fakta, seperti tertulis di dalam isi."))
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("isi catatan")
        verbose_name_plural = _("isi catatan")
        ordering = ["n"]
        indexes = [models.Index(fields=["n"], condition=Q(kind__startswith="log."), name="entries_about_the_log")]
        constraints = [
            models.CheckConstraint(
                condition=Q(n=0, prev=None) | Q(n__gt=0, prev=F("n") - 1, prev__isnull=False), name="entry_has_no_gap"
            ),
            models.CheckConstraint(condition=LEAF_OF_BODY, name="entry_leaf_is_of_its_body"),
            models.CheckConstraint(
                condition=true("octet_length(body) BETWEEN 2 AND 65535"), name="entry_fits_a_bundle"
            ),
        ]
        triggers = append_only("ledger_entry", copied=True)

    def __str__(self) -> str:
        return str(self.n)


class Node(models.Model):
    """The hash of a complete subtree of 256, 65,536 … entries; everything between is computed from these."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        verbose_name = _("simpul catatan")
        verbose_name_plural = _("simpul catatan")
        constraints = [
            models.CheckConstraint(
                condition=true('level > 0 AND mod(level, 8) = 0 AND "index" >= 0 AND octet_length(hash) = 32'),
                name="node_stands_at_the_head_of_a_tile",
            ),
        ]
        triggers = append_only("ledger_node", copied=True)

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A tree that the log signed. What is below its size is public and can no longer change."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.BinaryField(help_text=_("Teks yang ditandatangani, dengan tanda tangan catatan."))
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("titik periksa")
        verbose_name_plural = _("titik periksa")
        ordering = ["size"]
        constraints = [
            models.CheckConstraint(condition=true("size > 0 AND octet_length(root) = 32"), name="checkpoint_is_a_tree"),
        ]
        triggers = append_only("ledger_checkpoint", copied=True)

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """The line by which a witness vouches for a checkpoint, as it stands under the note.

    A witness signs a tree that did not grow again and again, each time with a newer time.
    """

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    cosigner = models.CharField(max_length=200, help_text=_("Nama dan nomor kunci saksi."))
    line = models.TextField()
    signed_at = models.DateTimeField(help_text=_("Waktu menurut saksi."))

    class Meta:
        verbose_name = _("tanda tangan saksi")
        verbose_name_plural = _("tanda tangan saksi")
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "cosigner", "signed_at"], name="one_cosignature_per_witness_and_time"
            )
        ]
        indexes = [models.Index(fields=["cosigner", "checkpoint"], name="cosignatures_of_a_witness")]
        triggers = append_only("ledger_cosignature", copied=True)

    def __str__(self) -> str:
        return f"{self.cosigner} {self.checkpoint_id}"
