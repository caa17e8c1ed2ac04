"""Service feedback: a complaint, an aspiration or a question about a service, its clocks, its steps, its photos."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from accounts.roles import Role
from lib.append_only import append_only, written_once_but_forgotten
from participation import case_states as states
from participation.case_states import CaseState

DESK = (Role.PREPARER, Role.PUBLISHER)  # the first line, until there is a role of its own


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What `user` may open: the desk everything, an officer what lies or was escalated with an own agency."""
        if user.has_role(*DESK):
            return self
        if not user.has_role(Role.AGENCY_OFFICER):
            return self.none()
        with_us = Q(agency__officers__user=user, state__in=[*states.WITH_AGENCY, CaseState.ANSWERED])
        return self.filter(with_us | Q(escalations__agency__officers__user=user)).distinct()

    def open(self):
        return self.exclude(state__in=states.OVER)


class ServiceCase(models.Model):
    """One person's word about a service. Its text is read by whoever answers it and is never public.

    Found again by its number, which tells everybody its state, and by its code, which the reporter alone holds and of
    which only a keyed hash is kept. A duplicate keeps its own code and follows the case it was merged into.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Pengaduan: ada yang tidak beres")
        ASPIRATION = "aspiration", _("Aspirasi: usul atau harapan")
        QUESTION = "question", _("Pertanyaan: minta keterangan")

    class Topic(models.TextChoices):
        SELECTION = "selection", _("Lowongan dan seleksi pegawai")
        CIVIL = "civil", _("KTP, KK, dan akta")
        HEALTH = "health", _("Kesehatan")
        SCHOOL = "school", _("Sekolah")
        ROADS = "roads", _("Jalan, lampu, dan drainase")
        CLEAN = "clean", _("Sampah dan kebersihan")
        AID = "aid", _("Bantuan sosial")
        PERMIT = "permit", _("Perizinan dan pajak")
        OFFICER = "officer", _("Sikap petugas")
        OTHER = "other", _("Lainnya")

    class Consent(models.TextChoices):
        SELF = "self", _("Ditulis sendiri")
        MAILED_CODE = "mailed_code", _("Ditulis petugas; warga menyetujui dengan kode yang dikirim ke e-mailnya")
        SLIP = "slip", _("Ditulis petugas; warga menyetujui secara lisan dan menerima lembar kode")

    number = models.CharField(_("nomor"), max_length=20, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind)
    topic = models.CharField(_("tentang"), max_length=12, choices=Topic)
    text = EncryptedText(_("isi"), null=True)
    place = EncryptedText(_("tempat"), null=True)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="cases")
    formation = models.ForeignKey("vacancies.Formation", models.PROTECT, null=True, related_name="+")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, null=True, related_name="+")
    subscriber = models.ForeignKey("publishing.Subscriber", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("keadaan"), max_length=10, choices=CaseState, default=CaseState.RECEIVED)
    supervised = models.BooleanField(_("perlu pemeriksaan"), default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    filed_at = models.DateTimeField()
    answer = models.TextField(_("jawaban untuk umum"), blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    passes = models.PositiveSmallIntegerField(default=0)
    reopenings = models.PositiveSmallIntegerField(default=0)
    consent = models.CharField(_("persetujuan"), max_length=12, choices=Consent, default=Consent.SELF)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("aduan")
        verbose_name_plural = _("aduan")
        ordering = ["filed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["routed", "reopened", "answered", "solved", "silent"])
                | Q(agency__isnull=False),
                name="case_with_an_agency",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "solved", "silent", "declined"])
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="case_closed_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["silent", "solved", "merged", "declined"], closed_at__isnull=False)
                | (~Q(state__in=["silent", "solved", "merged", "declined"]) & Q(closed_at=None)),
                name="case_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="case_merged_into_one",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="case_not_merged_into_itself"),
            models.CheckConstraint(condition=Q(reopenings__lte=2), name="case_reopened_twice_at_most"),
            models.CheckConstraint(
                condition=Q(consent="self", entered_by=None) | (~Q(consent="self") & Q(entered_by__isnull=False)),
                name="case_entered_with_consent",
            ),
        ]
        indexes = [models.Index(fields=["agency", "state"], name="case_agency_state")]
        triggers = [
            pgtrigger.FSM(
                name="case_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="case_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="received"),
                func="RAISE EXCEPTION 'a case is born as received';",
            ),
            # Silence is fourteen days without a word, and a case is solved when its reporter says so: the step is there.
            pgtrigger.Trigger(
                name="case_closed_by_the_citizen",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                func="""
                    IF NEW.state = 'solved' AND OLD.state <> 'solved' AND NOT EXISTS (
                        SELECT FROM participation_casestep s WHERE s.case_id = NEW.id AND s.new = 'solved'
                        AND s.by_reporter AND s.at >= NEW.answered_at) THEN
                        RAISE EXCEPTION 'only the citizen says that a case is solved';
                    END IF;
                    IF NEW.state = 'silent' AND OLD.state <> 'silent'
                       AND NEW.closed_at < NEW.answered_at + interval '14 days' THEN
                        RAISE EXCEPTION 'silence is fourteen days';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="case_stays_itself",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.id, NEW.number, NEW.code_hash, NEW.kind, NEW.topic, NEW.filed_at, NEW.consent,
                        NEW.entered_by_id) IS DISTINCT FROM
                       (OLD.id, OLD.number, OLD.code_hash, OLD.kind, OLD.topic, OLD.filed_at, OLD.consent,
                        OLD.entered_by_id)
                       OR (NEW.text IS DISTINCT FROM OLD.text AND NEW.text IS NOT NULL)
                       OR (NEW.place IS DISTINCT FROM OLD.place AND NEW.place IS NOT NULL)
                       OR (NEW.subscriber_id IS DISTINCT FROM OLD.subscriber_id AND NEW.subscriber_id IS NOT NULL) THEN
                        RAISE EXCEPTION 'what a citizen wrote stays as it was, or is forgotten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="case_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def main(self) -> "ServiceCase":
        """The case that is answered: this one, or the one it follows."""
        return self.merged_into or self


class CaseStep(models.Model):
    """What happened to a case. `words` are public; `private` is the reporter's own and is forgotten with the text."""

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=CaseState, blank=True)
    new = models.CharField(max_length=10, choices=CaseState)
    words = models.TextField(blank=True)
    private = EncryptedText(null=True)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_reporter = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("langkah aduan")
        verbose_name_plural = _("langkah aduan")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by_reporter=False) | Q(by=None), name="case_step_of_one_voice")
        ]
        triggers = written_once_but_forgotten("case_step", private="NULL")

    def __str__(self) -> str:
        return f"{self.case_id} {self.new}"


class CaseClock(models.Model):
    """One deadline of a case. Working days for routing and answering, calendar days for the citizen's word."""

    class Kind(models.TextChoices):
        ROUTE = "route", _("Diteruskan ke perangkat daerah")
        ANSWER = "answer", _("Dijawab")
        CONFIRM = "confirm", _("Kata warga")

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=8, choices=Kind)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    met = models.BooleanField(default=False, help_text=_("Berakhir dengan yang ditunggu, bukan dengan dioper."))

    class Meta:
        verbose_name = _("tenggat aduan")
        verbose_name_plural = _("tenggat aduan")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="case_one_running_clock"),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="case_clock_runs_forward"),
            models.CheckConstraint(condition=Q(met=False) | Q(ended_at__isnull=False), name="case_clock_met_ended"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="case_clock_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.due_at:%Y-%m-%d}"


class CaseEscalation(models.Model):
    """A case that went up: its clock ran out, or it was passed on too often. Public, and never taken back."""

    class Reason(models.TextChoices):
        LATE = "late", _("Lewat tenggat")
        PASSED = "passed", _("Terlalu sering dioper")

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="escalations")
    clock = models.OneToOneField(CaseClock, models.PROTECT, related_name="escalation")
    reason = models.CharField(max_length=6, choices=Reason)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("eskalasi aduan")
        verbose_name_plural = _("eskalasi aduan")
        ordering = ["-at", "-pk"]
        triggers = append_only("case_escalation")

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"


def stored_name(photo, filename: str) -> str:
    """Where the photo lies: by its hash, so that no personal data is in a path."""
    return f"{photo.sha256[:2]}/{photo.sha256}"


class CasePhoto(models.Model):
    """A photo that came with a case, without what the phone wrote beside the picture; seen by whoever answers."""

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="photos")
    file = models.FileField(upload_to=stored_name, max_length=120)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("foto aduan")
        verbose_name_plural = _("foto aduan")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"
