"""Service feedback: a complaint, an aspiration or a question about a service, its clocks, its steps, its photos."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from accounts.roles import Role
from participation import case_states as states
from participation.case_states import CaseState

OVER = sorted(str(one) for one in states.OVER)
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

    What everybody reads is a summary that the desk writes without the person, and what offices answer.

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
    # The database itself empties this when an address is forgotten (migration): nobody who forgets need know of it.
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name="cases"
    )
    summary = models.CharField(_("ringkasan untuk umum"), max_length=150, blank=True)
    state = models.CharField(_("keadaan"), max_length=10, choices=CaseState, default=CaseState.RECEIVED)
    supervised = models.BooleanField(_("perlu pemeriksaan"), default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    filed_at = models.DateTimeField()
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
                condition=~Q(state__in=["answered", "solved", "silent", "declined"]) | Q(answered_at__isnull=False),
                name="case_closed_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OVER, closed_at__isnull=False) | (~Q(state__in=OVER) & Q(closed_at=None)),
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
        indexes = [
            models.Index(fields=["agency", "state"], name="case_agency_state"),
            # Asked while somebody writes: which running case may say the same (participation/case_alike.py).
            GinIndex(
                SearchVector("summary", config="indonesian"),
                name="case_summary_words",
                condition=Q(state__in=["routed", "answered", "reopened"]),
            ),
        ]
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
            # A state changes with the step that says so, written before: no end without its words, its voice, its hour.
            pgtrigger.Trigger(
                name="case_moves_with_its_step",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                declare=[("step", "participation_casestep%ROWTYPE")],
                func="""
                    SELECT * INTO step FROM participation_casestep s WHERE s.case_id = NEW.id ORDER BY s.id DESC LIMIT 1;
                    IF NOT FOUND OR step.old <> OLD.state OR step.new <> NEW.state THEN
                        RAISE EXCEPTION 'a case moves with its step';
                    END IF;
                    IF NEW.state IN ('answered', 'declined')
                       AND (step.words = '' OR step.by_id IS NULL OR step.at IS DISTINCT FROM NEW.answered_at) THEN
                        RAISE EXCEPTION 'an answer has public words, a person and its own hour';
                    END IF;
                    IF NEW.state = 'answered' AND step.by_id = NEW.entered_by_id THEN
                        RAISE EXCEPTION 'nobody answers what they wrote for somebody';
                    END IF;
                    IF NEW.state IN ('solved', 'reopened', 'withdrawn') AND NOT step.by_reporter THEN
                        RAISE EXCEPTION 'only the citizen says so';
                    END IF;
                    IF NEW.state = 'silent' AND NOT EXISTS (
                        SELECT FROM participation_caseclock c WHERE c.case_id = NEW.id AND c.kind = 'confirm'
                        AND c.started_at = NEW.answered_at AND c.due_at <= NEW.closed_at) THEN
                        RAISE EXCEPTION 'the citizen still has time to say a word';
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
