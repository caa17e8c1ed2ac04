import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.codes import random_code
from selection import states
from selection.models.step import Step
from selection.states import State


def new_reference() -> str:
    return f"LMR-{random_code(8)}"


def new_participant_number() -> str:
    """The one public identifier of an application: ten characters that mean nothing."""
    return random_code(10)


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The applications that `user` owns."""
        return self.filter(user=user)

    def submitted(self):
        return self.filter(state=State.SUBMITTED)

    def move(self, to, *, by, at, because="", **fields):
        """Take every application here one step to `to`, with the `fields` that belong to it, and write each step down.

        The only code that writes `state`. All or nothing: one application that may not take the
        step stops the rest with states.NotAllowed. Rows are locked in the order of their keys, so
        that two movers wait for each other instead of deadlocking.
        """
        with transaction.atomic():
            locked = list(self.select_for_update(no_key=True, of=("self",)).order_by("pk"))
            for application in locked:
                if not states.allows(application.state, to):
                    raise states.NotAllowed(f"{application.ref}: {application.state} → {to}")
            steps = [Step(application=one, old=one.state, new=to, by=by, at=at, because=because) for one in locked]
            self.model.objects.filter(pk__in=[one.pk for one in locked]).update(state=to, **fields)
            return Step.objects.bulk_create(steps)


class Application(models.Model):
    """One person's application for one formation, or one participant of a mirrored selection.

    `once_key` is set when it is submitted and is unique: the database refuses a second application
    of the same person in the same kind and year. Null where the recruitment does not limit.
    `national_number` is BKN's own number: stored, never published.
    """

    class Origin(models.TextChoices):
        PORTAL = "portal", _("Portal ini")
        SSCASN = "sscasn", _("SSCASN (BKN)")

    ref = models.CharField(_("nomor lamaran"), max_length=14, unique=True, default=new_reference)
    participant_number = models.CharField(
        _("nomor peserta"), max_length=10, unique=True, default=new_participant_number
    )
    recruitment = models.ForeignKey("vacancies.Recruitment", models.PROTECT, related_name="applications")
    formation = models.ForeignKey("vacancies.Formation", models.PROTECT, related_name="applications")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="applications"
    )
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="applications")
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PORTAL)
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.DRAFT)
    once_key = models.CharField(max_length=100, null=True, unique=True, editable=False)
    national_number = models.CharField(max_length=40, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    salt = models.CharField(max_length=64, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("lamaran")
        verbose_name_plural = _("lamaran")
        constraints = [
            models.UniqueConstraint(fields=["recruitment", "national_number"], name="national_number_once"),
            models.UniqueConstraint(
                fields=["user", "formation"], condition=Q(state="draft"), name="one_draft_per_formation"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(submitted_at__isnull=False),
                name="application_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=Q(origin="sscasn", national_number__isnull=False) | Q(origin="portal", user__isnull=False),
                name="application_has_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["formation", "state"], name="application_formation_state"),
            models.Index(fields=["recruitment", "state"], name="application_recr_state"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="application_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="application_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state__in=sorted(str(s) for s in states.INITIAL)),
                func="RAISE EXCEPTION 'an application is born as a draft or submitted';",
            ),
            pgtrigger.Trigger(
                name="application_comes_back",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="excluded", new__state="submitted"),
                func="""
                    IF NOT EXISTS (SELECT FROM selection_objection o
                                   WHERE o.application_id = NEW.id AND o.state = 'granted'
                                   AND o.confirmed_at >= (SELECT max(s.at) FROM selection_step s
                                       WHERE s.application_id = NEW.id AND s.new = 'excluded')) THEN
                        RAISE EXCEPTION 'whoever was excluded comes back by a granted objection';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.ref
