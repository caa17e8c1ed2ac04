"""A training: when and where it is held, for whom, and by which rule its seats are given."""

from functools import partial

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.codes import random_code

NUMBER_LENGTH = 10
DRAW_DAYS = 7  # from the closed list to the first session: two rounds of secrets, and time to make ready

FIXED = """
    IF NEW.taken <> OLD.taken AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'seats are counted, not written';
    END IF;
    IF NEW.published_at IS NOT NULL AND OLD.published_at IS NULL THEN
        IF NEW.rule = 'draw'
           AND (SELECT count(*) FROM workforce_trainingsecret WHERE training_id = NEW.id) < 2 THEN
            RAISE EXCEPTION 'a draw is published when both parties gave out a digest';
        END IF;
        IF NOT EXISTS (SELECT FROM workforce_trainingsession WHERE training_id = NEW.id)
           OR EXISTS (SELECT FROM workforce_trainingsession WHERE training_id = NEW.id AND starts_at <
                      NEW.closes_at + CASE NEW.rule WHEN 'draw' THEN interval '%s days' ELSE interval '0' END) THEN
            RAISE EXCEPTION 'sessions come after enrolment, and after the draw';
        END IF;
    END IF;
    IF (NEW.cancelled_at, NEW.cancelled_by_id, NEW.cancel_reason)
       IS DISTINCT FROM (OLD.cancelled_at, OLD.cancelled_by_id, OLD.cancel_reason)
       AND (OLD.cancelled_at IS NOT NULL OR OLD.published_at IS NULL OR NOT EXISTS (
            SELECT FROM workforce_trainingsession WHERE training_id = NEW.id AND ends_at > clock_timestamp())) THEN
        RAISE EXCEPTION 'a published training is cancelled once, before it is over';
    END IF;
    IF OLD.published_at IS NOT NULL
       AND to_jsonb(NEW) - '{closed_fact_id,list_digest,people,taken,cancelled_at,cancelled_by_id,cancel_reason}'::text[]
       IS DISTINCT FROM
       to_jsonb(OLD) - '{closed_fact_id,list_digest,people,taken,cancelled_at,cancelled_by_id,cancel_reason}'::text[] THEN
        RAISE EXCEPTION 'the rule and everything else stand once enrolment is open';
    END IF;
    IF (NEW.closed_fact_id, NEW.list_digest, NEW.people)
       IS DISTINCT FROM (OLD.closed_fact_id, OLD.list_digest, OLD.people)
       AND (OLD.closed_fact_id IS NOT NULL OR NEW.closed_fact_id IS NULL OR NEW.closes_at > clock_timestamp()
            OR NEW.published_at IS NULL OR concat_ws(' ', NEW.list_digest, NEW.people) IS DISTINCT FROM (
                SELECT concat_ws(' ', encode(sha256(convert_to(coalesce(string_agg(number || E'\\n', ''
                       ORDER BY number COLLATE "C"), ''), 'UTF8')), 'hex'), count(*))
                FROM workforce_enrolment WHERE training_id = NEW.id AND state <> 'withdrawn')) THEN
        RAISE EXCEPTION 'a list is closed once, after its time, with its own digest';
    END IF;
    RETURN NEW;
""".replace("%s", str(DRAW_DAYS))


class TrainingQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def with_times(self):
        """When the first session begins and the last one ends, as `starts_at` and `ends_at`."""
        return self.annotate(starts_at=models.Min("sessions__starts_at"), ends_at=models.Max("sessions__ends_at"))


class Training(models.Model):
    """What is taught and for whom. Enrolment opens when it is published; from then on nothing of it changes.

    A training by draw is published only when both parties have given out a digest. `taken` is counted by a trigger.
    """

    class Topic(models.TextChoices):
        ETHICS = "etika", _("Etika")
        SERVICE = "layanan", _("Layanan publik")
        TECHNICAL = "teknis", _("Teknis")
        DIGITAL = "digital", _("Digital")
        LEADERSHIP = "kepemimpinan", _("Kepemimpinan")

    class Audience(models.TextChoices):
        EMPLOYEES = "pegawai", _("Pegawai")
        EVERYBODY = "semua", _("Semua orang, termasuk calon pelamar")

    class Rule(models.TextChoices):
        FIRST = "first", _("Yang lebih dahulu mendaftar")
        DRAW = "draw", _("Undian yang dapat diperiksa")

    slug = models.SlugField(_("nama di alamat situs"), max_length=60, unique=True)
    title = models.CharField(_("judul"), max_length=150)
    topic = models.CharField(_("bidang"), max_length=14, choices=Topic)
    about = models.TextField(_("isi pelatihan"), max_length=4000)
    audience = models.CharField(_("untuk"), max_length=8, choices=Audience)
    seats = models.PositiveIntegerField(_("jumlah kursi"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    rule = models.CharField(_("cara membagi kursi"), max_length=5, choices=Rule)
    closes_at = models.DateTimeField(_("pendaftaran ditutup"))
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(_("alasan batal"), max_length=300, blank=True)
    closed_fact = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="+")
    list_digest = models.CharField(max_length=64, blank=True)
    people = models.PositiveIntegerField(null=True, editable=False)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pelatihan")
        verbose_name_plural = _("pelatihan")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1, taken__lte=F("seats")), name="training_seats_suffice"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, closed_fact=None)
                | Q(published_at__isnull=False, published_by__isnull=False) & ~Q(published_by=F("prepared_by")),
                name="training_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="training_cancelled_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="training_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="training_begins_unpublished",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.published_at IS NOT NULL OR NEW.taken <> 0 OR NEW.list_digest <> '' THEN
                        RAISE EXCEPTION 'a training begins unpublished and empty';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="training_fixed_once_open", when=pgtrigger.Before, operation=pgtrigger.Update, func=FIXED
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_drawn(self) -> bool:
        """Whether its seats are drawn."""
        return self.rule == self.Rule.DRAW

    def takes_enrolments(self, at) -> bool:
        return (
            self.published_at is not None
            and self.cancelled_at is None
            and self.closed_fact_id is None
            and at < self.closes_at
        )


class TrainingSession(models.Model):
    """One meeting of a training. Fixed once the training is published."""

    training = models.ForeignKey(Training, models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"))
    place = models.CharField(
        _("tempat"), max_length=200, help_text=_("Nama tempat dan alamat, atau tulis daring dan cara mengikutinya.")
    )

    class Meta:
        verbose_name = _("pertemuan pelatihan")
        verbose_name_plural = _("pertemuan pelatihan")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="training_session_in_order"),
            models.UniqueConstraint(fields=["training", "starts_at"], name="training_session_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="training_session_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM workforce_training WHERE published_at IS NOT NULL AND id =
                               CASE TG_OP WHEN 'DELETE' THEN OLD.training_id ELSE NEW.training_id END) THEN
                        RAISE EXCEPTION 'sessions stand once enrolment is open';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_id} {self.starts_at:%Y-%m-%d}"


class Enrolment(models.Model):
    """One person in one training: asked, seated or waiting, or withdrawn. The database gives `place` and `state`.

    `number` means nothing; it is what everybody reads. By the rule of arrival a seat is given at once while there is
    one; by draw everybody has asked until the draw gives the places.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Terdaftar, menunggu undian")
        SEATED = "seated", _("Dapat kursi")
        WAITING = "waiting", _("Daftar tunggu")
        WITHDRAWN = "withdrawn", _("Mundur")

    class Distance(models.TextChoices):
        NEAR = "dekat", _("Kurang dari 5 km")
        MIDDLE = "sedang", _("5 sampai 25 km")
        FAR = "jauh", _("Lebih dari 25 km")

    training = models.ForeignKey(Training, models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.CharField(max_length=NUMBER_LENGTH, unique=True, default=partial(random_code, NUMBER_LENGTH))
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    place = models.PositiveIntegerField(null=True)
    distance = models.CharField(
        _("jarak dari tempat Anda ke tempat pelatihan"), max_length=6, choices=Distance, blank=True
    )
    enrolled_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pendaftaran pelatihan")
        verbose_name_plural = _("pendaftaran pelatihan")
        indexes = [models.Index(fields=["training", "state", "place"], name="enrolment_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "user"], condition=~Q(state="withdrawn"), name="enrolment_once"
            ),
            models.UniqueConstraint(fields=["training", "place"], name="enrolment_place_once"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9A-Z]{10}$"), name="enrolment_number_is_one"),
            models.CheckConstraint(
                condition=Q(state="asked", place=None, withdrawn_at=None)
                | Q(state__in=["seated", "waiting"], place__isnull=False, withdrawn_at=None)
                | Q(state="withdrawn", withdrawn_at__isnull=False),
                name="enrolment_fits_its_state",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="enrolment_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="enrolment_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("t", "workforce_training")],
                func="""
                    SELECT * INTO t FROM workforce_training WHERE id = NEW.training_id FOR NO KEY UPDATE;
                    IF t.published_at IS NULL OR t.cancelled_at IS NOT NULL OR t.closed_fact_id IS NOT NULL
                       OR t.closes_at <= clock_timestamp() THEN
                        RAISE EXCEPTION 'enrolment is not open';
                    END IF;
                    IF t.audience = 'pegawai' AND NOT EXISTS (SELECT FROM workforce_employee
                       WHERE user_id = NEW.user_id AND left_on IS NULL AND erased_at IS NULL) THEN
                        RAISE EXCEPTION 'this training is for employees';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_trainingsecret
                               WHERE training_id = t.id AND by_id = NEW.user_id) THEN
                        RAISE EXCEPTION 'who keeps a secret takes no part in the draw';
                    END IF;
                    NEW.withdrawn_at := NULL;
                    NEW.place := NULL;
                    NEW.state := 'asked';
                    IF t.rule = 'first' THEN
                        NEW.place := (SELECT coalesce(max(place), 0) + 1 FROM workforce_enrolment
                                      WHERE training_id = t.id);
                        NEW.state := CASE WHEN t.taken < t.seats AND NOT EXISTS (SELECT FROM workforce_enrolment
                            WHERE training_id = t.id AND state = 'waiting') THEN 'seated' ELSE 'waiting' END;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="enrolment_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("t", "workforce_training"), ("begins", "timestamptz")],
                func="""
                    IF to_jsonb(NEW) - '{place,state,withdrawn_at,distance}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{place,state,withdrawn_at,distance}'::text[]
                       OR OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'
                       OR NEW.distance <> OLD.distance AND NEW.distance <> '' THEN
                        RAISE EXCEPTION 'an enrolment changes by its place and by leaving alone';
                    END IF;
                    IF NEW.place IS DISTINCT FROM OLD.place AND (pg_trigger_depth() < 2 OR OLD.place IS NOT NULL) THEN
                        RAISE EXCEPTION 'a place is given by the rule alone and never changes';
                    END IF;
                    IF NEW.state = OLD.state THEN
                        RETURN NEW;
                    END IF;
                    SELECT * INTO t FROM workforce_training WHERE id = NEW.training_id FOR NO KEY UPDATE;
                    SELECT min(starts_at) INTO begins FROM workforce_trainingsession WHERE training_id = t.id;
                    IF begins <= clock_timestamp() THEN
                        RAISE EXCEPTION 'the training has begun';
                    END IF;
                    IF NEW.state = 'withdrawn' THEN
                        IF OLD.state = 'asked' AND t.closes_at <= clock_timestamp() THEN
                            RAISE EXCEPTION 'nobody leaves a closed list before its draw';
                        END IF;
                    ELSIF OLD.state = 'asked' AND pg_trigger_depth() > 1 THEN
                        NULL;
                    ELSIF OLD.state = 'waiting' AND NEW.state = 'seated' AND NOT EXISTS (
                          SELECT FROM workforce_enrolment WHERE training_id = t.id AND state = 'waiting'
                          AND place < NEW.place) THEN
                        NULL;
                    ELSE
                        RAISE EXCEPTION 'a seat goes to whoever is next in the order';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="enrolment_counts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("before", "int := 0")],
                func="""
                    IF TG_OP = 'UPDATE' THEN
                        before := (OLD.state = 'seated')::int;
                    END IF;
                    IF before <> (NEW.state = 'seated')::int THEN
                        UPDATE workforce_training SET taken = taken + (NEW.state = 'seated')::int - before
                        WHERE id = NEW.training_id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number
