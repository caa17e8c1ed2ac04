"""Random audits: two secrets, a checkpoint nobody could foresee, and the files that follow from them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only

HEX = r"^[0-9a-f]{64}$"


class Party(models.TextChoices):
    TEAM = "team", _("Tim pengawas")
    OFFICE = "office", _("Instansi")


class AuditCommitment(models.Model):
    """The digest of a party's secret for one stage of files, given out before registration closes.

    By the database's clock, once, and never another one after.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="audit_commitments")
    party = models.CharField(max_length=6, choices=Party)
    digest = models.CharField(_("sidik rahasia"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sidik rahasia audit")
        verbose_name_plural = _("sidik rahasia audit")
        constraints = [
            models.UniqueConstraint(fields=["stage", "party"], name="audit_commitment_once"),
            models.UniqueConstraint(fields=["stage", "digest"], name="audit_commitment_of_ones_own"),
            models.CheckConstraint(condition=Q(digest__regex=HEX), name="audit_commitment_is_a_digest"),
        ]
        triggers = [
            *append_only("audit_commitment"),
            pgtrigger.Trigger(
                name="audit_commitment_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (current_user = 'portal_app' AND NEW.party <> 'office')
                       OR (current_user = 'portal_team' AND NEW.party <> 'team') THEN
                        RAISE EXCEPTION 'nobody commits for the other party';
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM vacancies_stage s
                        JOIN vacancies_stage r ON r.recruitment_id = s.recruitment_id AND r.kind = 'registration'
                        WHERE s.id = NEW.stage_id AND s.kind = 'administrative'
                        AND r.closed_at IS NULL AND r.closes_at > clock_timestamp()
                    ) THEN
                        RAISE EXCEPTION 'a secret is committed before registration closes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.party}"


class AuditRound(models.Model):
    """One attempt to draw: the first checkpoint that holds the fact `after`, and who has to show a value until when.

    The first round follows the closing of registration, with everybody who committed. A round in which somebody
    withheld is followed by one without them, on a checkpoint that did not exist before.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="audit_rounds")
    number = models.PositiveSmallIntegerField()
    parties = ArrayField(models.CharField(max_length=6, choices=Party), default=list)
    after = models.ForeignKey("ledger.Pending", models.PROTECT, related_name="+")
    checkpoint = models.ForeignKey("ledger.Checkpoint", models.PROTECT, related_name="+")
    beacon = models.CharField(max_length=200, blank=True, help_text=_("Sumber acak umum, bila dipakai."))
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("putaran audit")
        verbose_name_plural = _("putaran audit")
        ordering = ["stage", "number"]
        constraints = [models.UniqueConstraint(fields=["stage", "number"], name="audit_round_once")]
        triggers = [
            *append_only("audit_round"),
            pgtrigger.Trigger(
                name="audit_round_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT min(c.size) FROM ledger_checkpoint c
                        WHERE c.size > (SELECT n FROM ledger_pending WHERE id = NEW.after_id))
                       IS DISTINCT FROM (SELECT size FROM ledger_checkpoint WHERE id = NEW.checkpoint_id) THEN
                        RAISE EXCEPTION 'a round takes the first checkpoint after its fact';
                    END IF;
                    IF (SELECT kind FROM ledger_pending WHERE id = NEW.after_id)
                       <> (CASE NEW.number WHEN 1 THEN 'registration.closed' ELSE 'audit.withheld' END) THEN
                        RAISE EXCEPTION 'a round follows the closing, or a withheld value';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} #{self.number}"


class AuditReveal(models.Model):
    """What a party showed in a round: it fits what was committed, and comes in time by the database's clock."""

    round = models.ForeignKey(AuditRound, models.PROTECT, related_name="reveals")
    commitment = models.ForeignKey(AuditCommitment, models.PROTECT, related_name="reveals")
    value = models.CharField(_("rahasia putaran ini"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rahasia audit yang dibuka")
        verbose_name_plural = _("rahasia audit yang dibuka")
        constraints = [
            models.UniqueConstraint(fields=["round", "commitment"], name="audit_reveal_once"),
            models.CheckConstraint(condition=Q(value__regex=HEX), name="audit_reveal_is_a_value"),
        ]
        triggers = [
            *append_only("audit_reveal"),
            pgtrigger.Trigger(
                name="audit_reveal_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM oversight_auditround r JOIN oversight_auditcommitment c ON c.id = NEW.commitment_id
                        WHERE r.id = NEW.round_id AND r.stage_id = c.stage_id AND c.party = ANY (r.parties)
                    ) THEN
                        RAISE EXCEPTION 'this party takes no part in this round';
                    END IF;
                    IF (SELECT party FROM oversight_auditcommitment WHERE id = NEW.commitment_id)
                       NOT IN (SELECT p FROM unnest(ARRAY['team', 'office']) p
                               WHERE current_user <> 'portal_app' AND p = 'team'
                                  OR current_user <> 'portal_team' AND p = 'office') THEN
                        RAISE EXCEPTION 'nobody shows a value for the other party';
                    END IF;
                    IF (SELECT due_at FROM oversight_auditround WHERE id = NEW.round_id) < clock_timestamp() THEN
                        RAISE EXCEPTION 'a value is shown before the round is over';
                    END IF;
                    IF encode(sha256(decode(NEW.value, 'hex')), 'hex') <> coalesce(
                        (SELECT v.value FROM oversight_auditreveal v JOIN oversight_auditround r ON r.id = v.round_id
                         WHERE v.commitment_id = NEW.commitment_id ORDER BY r.number DESC LIMIT 1),
                        (SELECT digest FROM oversight_auditcommitment WHERE id = NEW.commitment_id)) THEN
                        RAISE EXCEPTION 'the value does not fit what was committed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.commitment_id}"


class AuditWithheld(models.Model):
    """A party did not show its value in time. Public for good; the draw is repeated without it."""

    round = models.ForeignKey(AuditRound, models.PROTECT, related_name="withheld")
    commitment = models.ForeignKey(AuditCommitment, models.PROTECT, related_name="withheld")
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rahasia audit yang ditahan")
        verbose_name_plural = _("rahasia audit yang ditahan")
        constraints = [models.UniqueConstraint(fields=["round", "commitment"], name="audit_withheld_once")]
        triggers = [
            *append_only("audit_withheld"),
            pgtrigger.Trigger(
                name="audit_withheld_after_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT due_at FROM oversight_auditround WHERE id = NEW.round_id) >= clock_timestamp()
                       OR EXISTS (SELECT FROM oversight_auditreveal
                                  WHERE round_id = NEW.round_id AND commitment_id = NEW.commitment_id) THEN
                        RAISE EXCEPTION 'a value is withheld when the round is over and it was not shown';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.commitment_id}"


class AuditSample(models.Model):
    """The draw of one stage. The database computes the seed again and refuses any other."""

    stage = models.OneToOneField("vacancies.Stage", models.PROTECT, related_name="audit_sample")
    round = models.OneToOneField(AuditRound, models.PROTECT, related_name="sample")
    seed = models.CharField(max_length=64)
    beacon = models.CharField(max_length=64, blank=True)
    population = models.PositiveIntegerField()
    size = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 dari nomor peserta yang terpilih, satu per baris."))
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sampel audit")
        verbose_name_plural = _("sampel audit")
        triggers = [
            *append_only("audit_sample"),
            pgtrigger.Trigger(
                name="audit_sample_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("found", "text"), ("shown", "integer")],
                func="""
                    SELECT count(*) INTO shown FROM oversight_auditreveal WHERE round_id = NEW.round_id;
                    SELECT encode(sha256(convert_to(concat_ws(E'\\n', 'jabatan-terbuka.audit.v1', r.slug, s.slug, a.number,
                        coalesce((SELECT v.value FROM oversight_auditreveal v JOIN oversight_auditcommitment c
                                  ON c.id = v.commitment_id WHERE v.round_id = a.id AND c.party = 'team'), '-'),
                        coalesce((SELECT v.value FROM oversight_auditreveal v JOIN oversight_auditcommitment c
                                  ON c.id = v.commitment_id WHERE v.round_id = a.id AND c.party = 'office'), '-'),
                        k.size, encode(k.root, 'hex'), coalesce(nullif(NEW.beacon, ''), '-')) || E'\\n', 'UTF8')), 'hex')
                    INTO found
                    FROM oversight_auditround a JOIN vacancies_stage s ON s.id = a.stage_id
                    JOIN vacancies_recruitment r ON r.id = s.recruitment_id
                    JOIN ledger_checkpoint k ON k.id = a.checkpoint_id
                    WHERE a.id = NEW.round_id AND a.stage_id = NEW.stage_id AND cardinality(a.parties) = shown
                    AND (a.beacon = '') = (NEW.beacon = '');
                    IF found IS DISTINCT FROM NEW.seed THEN
                        RAISE EXCEPTION 'a sample follows from the values shown and the checkpoint';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"sampel {self.stage_id}"


class AuditFile(models.Model):
    """One file of a sample. The database refuses a set that is not the one the seed puts first."""

    sample = models.ForeignKey(AuditSample, models.PROTECT, related_name="files")
    place = models.PositiveSmallIntegerField()
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("berkas sampel")
        verbose_name_plural = _("berkas sampel")
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "place"], name="audit_file_place"),
            models.UniqueConstraint(fields=["sample", "application"], name="audit_file_once"),
        ]
        triggers = [
            *append_only("audit_file"),
            pgtrigger.Trigger(
                name="audit_file_follows",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    IF EXISTS (
                        SELECT FROM oversight_auditsample m JOIN vacancies_stage s ON s.id = m.stage_id
                        WHERE m.id IN (SELECT sample_id FROM added) AND (
                            SELECT array_agg(f.application_id ORDER BY f.place) FROM oversight_auditfile f
                            WHERE f.sample_id = m.id
                        ) IS DISTINCT FROM (
                            SELECT array_agg(q.id ORDER BY q.place) FROM (
                                SELECT a.id, sha256(convert_to(m.seed || E'\\n' || a.participant_number || E'\\n', 'UTF8')) AS place
                                FROM selection_application a WHERE a.recruitment_id = s.recruitment_id
                                AND a.state <> 'draft' AND a.submitted_at IS NOT NULL ORDER BY place LIMIT m.size) q)
                    ) THEN
                        RAISE EXCEPTION 'the files of a sample are those that the seed puts first';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} #{self.place}"


class AuditVerdict(models.Model):
    """What the team found when it looked at a drawn file again: it agrees with the verifiers, or says why not."""

    file = models.OneToOneField(AuditFile, models.PROTECT, related_name="verdict")
    agrees = models.BooleanField(_("sependapat"))
    note = models.CharField(_("catatan"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("penilaian sampel")
        verbose_name_plural = _("penilaian sampel")
        constraints = [
            models.CheckConstraint(condition=Q(agrees=True) | ~Q(note=""), name="audit_disagreement_says_why")
        ]
        triggers = append_only("audit_verdict")

    def __str__(self) -> str:
        return f"{self.file_id}"
