import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class StageQuerySet(models.QuerySet):
    def announcing(self):
        """Stages that end with a published result."""
        return self.filter(announce_at__isnull=False)


@pghistory.track()
class Stage(models.Model):
    """One step of a recruitment, as data: when it is planned, when it really was, what it publishes.

    `rule` names the stage's rule in the recruitment's rule pack; empty where nothing is ranked.
    `closed_at` is written once, by whoever closes the stage under its row lock. `objection_days` is 0 where a
    result cannot be objected to; those days and the days of answering stay as they were published.
    """

    class Kind(models.TextChoices):
        VACANCY = "vacancy", _("Pengumuman lowongan")
        REGISTRATION = "registration", _("Pendaftaran")
        ADMINISTRATIVE = "administrative", _("Seleksi administrasi")
        OBJECTION = "objection", _("Masa sanggah")
        TEST = "test", _("Ujian")
        FINAL = "final", _("Hasil akhir")
        FILING = "filing", _("Pemberkasan")

    class Counting(models.TextChoices):
        CALENDAR = "calendar", _("hari kalender")
        WORKING = "working", _("hari kerja")

    recruitment = models.ForeignKey(
        "vacancies.Recruitment", models.PROTECT, related_name="stages", verbose_name=_("pengadaan")
    )
    order = models.PositiveSmallIntegerField(_("urutan"))
    slug = models.SlugField(_("nama pendek"), max_length=40, help_text=_("Huruf kecil, angka, dan tanda hubung."))
    kind = models.CharField(_("jenis tahap"), max_length=16, choices=Kind)
    rule = models.SlugField(_("aturan dalam paket"), max_length=40, blank=True)
    name_internal = models.CharField(_("nama untuk petugas"), max_length=120)
    name_public = models.CharField(_("nama untuk publik"), max_length=120)
    name_upcoming = models.CharField(_("nama sebelum mulai"), max_length=120, blank=True)
    opens_at = models.DateTimeField(_("mulai"))
    closes_at = models.DateTimeField(_("selesai"))
    announce_at = models.DateTimeField(_("waktu pengumuman hasil"), null=True, blank=True)
    planned_opens_at = models.DateTimeField(_("rencana mulai"), editable=False)
    planned_closes_at = models.DateTimeField(_("rencana selesai"), editable=False)
    planned_announce_at = models.DateTimeField(_("rencana pengumuman"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True, editable=False)
    objection_days = models.PositiveSmallIntegerField(
        _("hari masa sanggah"),
        default=0,
        help_text=_("Hari kalender sejak sehari sesudah hasil terbit; biasanya 3. Isi 0 bila tahap ini tanpa sanggah."),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("hari untuk menjawab sanggah"), default=7, help_text=_("Dihitung sesudah masa sanggah berakhir.")
    )
    answer_counts = models.CharField(
        _("cara menghitung hari jawab"), max_length=8, choices=Counting, default=Counting.CALENDAR
    )

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tahap")
        verbose_name_plural = _("tahap")
        ordering = ["recruitment", "order"]
        constraints = [
            models.UniqueConstraint(fields=["recruitment", "order"], name="stage_order"),
            models.UniqueConstraint(fields=["recruitment", "slug"], name="stage_slug"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="stage_closes_after_opening"),
            models.UniqueConstraint(
                fields=["recruitment"],
                condition=Q(kind="registration"),
                name="one_registration_per_recruitment",
            ),
            models.CheckConstraint(
                condition=Q(objection_days=0) | (Q(objection_days__lte=60, answer_days__gte=1, answer_days__lte=60)),
                name="stage_objections_are_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["announce_at"], name="stage_announce_at"),
            models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="stage_not_closed"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stage_closes_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False)
                & pgtrigger.Q(old__closed_at__df=pgtrigger.F("new__closed_at")),
                func="RAISE EXCEPTION 'a stage closes once';",
            ),
            pgtrigger.Trigger(
                name="stage_objection_days_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("objection_days", "answer_days", "answer_counts"),
                func="""
                    IF EXISTS (SELECT FROM vacancies_recruitment r
                               WHERE r.id = NEW.recruitment_id AND r.published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the days of objection stay as they were published';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recruitment.name}: {self.name_public}"


class ScheduleChange(models.Model):
    """A moved date: old, new, why and by whom. Public, and never edited."""

    NAMES = {
        "opens_at": _("Mulai"),
        "closes_at": _("Selesai"),
        "announce_at": _("Pengumuman hasil"),
    }

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=20)
    old = models.DateTimeField(null=True)
    new = models.DateTimeField(null=True)
    reason = models.CharField(_("alasan"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perubahan jadwal")
        verbose_name_plural = _("perubahan jadwal")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="schedule_change_has_reason")]
        triggers = append_only("schedule_change")

    def __str__(self) -> str:
        return f"{self.stage_id} {self.field}"

    @property
    def name(self) -> str:
        """The moved date as people call it."""
        return str(self.NAMES[self.field])
