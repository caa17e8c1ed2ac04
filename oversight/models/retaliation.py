import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from workforce.models.employee import Predicate


class RetaliationWatch(models.Model):
    """An employee who reported something, named themselves, and asked the team to see what happens to them afterwards.

    Only the database role of the team reads or writes it; the pages of the office, the worker and the keeper have no right.
    The person ends it by deleting it; it ends by itself on `ends_on`, and with an erasure of the person. The predicate
    and the grade of the day stand here, because the directory keeps only the present ones.
    """

    class About(models.TextChoices):
        REPORT = "report", _("Laporan kepada tim pengawas")
        CASE = "case", _("Aduan layanan")
        OBJECTION = "objection", _("Sanggah atau keberatan")
        WITNESS = "witness", _("Keterangan sebagai saksi")
        ELSEWHERE = "elsewhere", _("Laporan kepada lembaga lain")

    employee = models.OneToOneField("workforce.Employee", models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.CharField(_("tentang"), max_length=10, choices=About)
    ref = EncryptedText(_("nomor"), null=True, blank=True)
    reported_on = models.DateField(_("tanggal melapor"))
    skp_then = models.CharField(max_length=16, choices=Predicate, blank=True)
    grade_then = EncryptedText(null=True, blank=True)
    asked_at = models.DateTimeField()
    ends_on = models.DateField()

    class Meta:
        verbose_name = _("penjagaan pelapor")
        verbose_name_plural = _("penjagaan pelapor")
        ordering = ["asked_at", "pk"]
        triggers = [
            pgtrigger.Trigger(
                name="watch_asked_by_the_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM workforce_employee e WHERE e.id = NEW.employee_id AND e.user_id = NEW.by_id
                                   AND e.erased_at IS NULL) THEN
                        RAISE EXCEPTION 'only the person asks to be watched over';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="watch_is_asked_anew", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"penjagaan {self.pk}"


class WatchNote(models.Model):
    """What a member of the team thinks of one change. The newest counts; all go with the watch."""

    class Judgement(models.TextChoices):
        PLAIN = "plain", _("Wajar")
        OPEN = "open", _("Masih kami periksa")
        ACT = "act", _("Perlu ditindaklanjuti")

    watch = models.ForeignKey(RetaliationWatch, models.CASCADE, related_name="notes")
    change = models.CharField(max_length=40)
    judgement = models.CharField(_("penilaian"), max_length=5, choices=Judgement)
    text = EncryptedText(_("catatan"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("catatan penjagaan")
        verbose_name_plural = _("catatan penjagaan")
        ordering = ["at", "pk"]
        triggers = [pgtrigger.Protect(name="watch_note_stays_as_written", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.watch_id} {self.change}"
