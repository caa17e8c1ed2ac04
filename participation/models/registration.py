import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_PEOPLE = 4

COUNT_SEATS = """
    IF TG_OP <> 'INSERT' THEN
        IF OLD.state = 'seated' THEN before := OLD.people; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.state = 'seated' THEN after := NEW.people; END IF;
    END IF;
    IF before <> after THEN
        UPDATE participation_event SET taken = taken + after - before WHERE id = COALESCE(NEW.event_id, OLD.event_id);
    END IF;
    RETURN NULL;
"""


class Registration(models.Model):
    """An address that wants to come: asked, then seated or waiting once its owner confirmed. Leaving deletes the row.

    Nothing is known but the address, which is the subscriber's. The seats are counted by a trigger, so that the
    event's constraint refuses an overbooking whoever writes the row. The foreign key cascades in the database: an
    address that is forgotten takes its registrations along.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Belum dipastikan")
        SEATED = "seated", _("Dapat kursi")
        WAITING = "waiting", _("Daftar tunggu")

    event = models.ForeignKey("participation.Event", models.PROTECT, related_name="registrations")
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, db_constraint=False, related_name="registrations"
    )
    people = models.PositiveSmallIntegerField(_("berapa orang"), default=1)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    helped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("pendaftaran acara")
        verbose_name_plural = _("pendaftaran acara")
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="one_registration_per_address"),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=MOST_PEOPLE), name="registration_people"),
            models.CheckConstraint(
                condition=Q(state="asked", confirmed_at=None)
                | Q(state__in=["seated", "waiting"], confirmed_at__isnull=False),
                name="registration_seated_once_confirmed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["event", "confirmed_at", "id"], condition=Q(state="waiting"), name="registration_queue"
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="registration_seats",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("before", "int := 0"), ("after", "int := 0")],
                func=COUNT_SEATS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.pk}"
