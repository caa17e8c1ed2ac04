from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class EventQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def coming(self, at):
        return self.published().filter(ends_at__gt=at).order_by("starts_at", "pk")

    def past(self, at):
        return self.published().filter(ends_at__lte=at).order_by("-starts_at", "-pk")


class Event(models.Model):
    """A session at which the office explains a selection: where, when, for how many, how to get in.

    `taken` counts the seats of its registrations; a trigger keeps it and a constraint holds it below `capacity`, so
    that no two people get the last seat. `registered` is what stays of it when the personal data is deleted.
    """

    class Kind(models.TextChoices):
        SOCIALISATION = "socialisation", _("Sosialisasi")
        BRIEFING = "briefing", _("Penjelasan teknis")
        OPEN_HOUSE = "open_house", _("Buka pintu")

    class Access(models.TextChoices):
        RAMP = "ramp", _("Jalan landai untuk kursi roda")
        TOILET = "toilet", _("Toilet untuk kursi roda")
        SIGN = "sign", _("Juru bahasa isyarat")
        TEXT = "text", _("Teks langsung di layar")
        GUIDE = "guide", _("Pendamping bagi tunanetra")
        QUIET = "quiet", _("Ruang tenang")
        CHILD = "child", _("Ruang menyusui dan anak")

    slug = models.SlugField(_("nama di alamat situs"), max_length=120, unique=True)
    kind = models.CharField(_("jenis"), max_length=15, choices=Kind, default=Kind.SOCIALISATION)
    title = models.CharField(_("judul"), max_length=150)
    about = models.TextField(_("isi acara"), max_length=4000)
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"))
    place = models.CharField(_("tempat"), max_length=150)
    address = models.CharField(_("alamat"), max_length=300)
    district = models.CharField(_("kecamatan"), max_length=80)
    capacity = models.PositiveIntegerField(_("jumlah kursi"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    access = ArrayField(
        models.CharField(max_length=10, choices=Access), verbose_name=_("yang tersedia"), default=list, blank=True
    )
    entrance = models.CharField(_("jalan masuk dan toilet"), max_length=300, blank=True)
    language_help = models.CharField(_("juru bahasa isyarat, teks, bahasa daerah"), max_length=300, blank=True)
    transport = models.CharField(_("angkutan dan parkir"), max_length=300, blank=True)
    online_url = models.URLField(_("tautan ikut dari rumah"), max_length=300, blank=True)
    recording_url = models.URLField(_("tautan rekaman"), max_length=300, blank=True)
    recruitment = models.ForeignKey(
        "vacancies.Recruitment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("pengadaan"),
    )
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("alasan batal"), max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True)
    attended = models.PositiveIntegerField(_("jumlah yang hadir"), null=True, blank=True)
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)
    registered = models.PositiveIntegerField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("acara")
        verbose_name_plural = _("acara")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="event_not_overbooked"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False) & ~Q(published_by=F("prepared_by")),
                name="event_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False, published_at__isnull=False)
                & ~Q(cancel_reason=""),
                name="event_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(attended=None, counted_at=None, counted_by=None)
                | Q(attended__isnull=False, counted_at__isnull=False, counted_by__isnull=False),
                name="event_attendance_has_counter",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None, registered=None)
                | Q(forgotten_at__isnull=False, registered__isnull=False),
                name="event_forgotten_keeps_count",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(published_at__isnull=False), name="event_by_start"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def access_words(self) -> list[str]:
        """What is there for those who need it, in words."""
        return [str(self.Access(one).label) for one in self.access]

    @property
    def zone(self):
        """The clocks of its place: its recruitment's, or the installation's own."""
        return self.recruitment.zone if self.recruitment_id else timezone.get_default_timezone()

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    def takes_registrations(self, at) -> bool:
        """Published, not cancelled, not begun."""
        return bool(self.published_at) and self.cancelled_at is None and at < self.starts_at

    def takes_questions(self, at) -> bool:
        """Before it and while it runs."""
        return bool(self.published_at) and self.cancelled_at is None and at < self.ends_at


class EventChange(models.Model):
    """Time or place of a public event moved: old and new in words, why, by whom."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="changes")
    changes = models.JSONField()
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perubahan acara")
        verbose_name_plural = _("perubahan acara")
        ordering = ["-at", "-pk"]
        triggers = append_only("event_change")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="event_change_has_reason")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.at}"
