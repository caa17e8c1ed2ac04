"""The draw of a training's seats, on the road of the random audits (ADR 12): nobody can choose who comes first."""

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


class TrainingSecret(models.Model):
    """The digest of a party's secret, given out before the training is published, so before anybody enrols."""

    training = models.ForeignKey("workforce.Training", models.PROTECT, related_name="secrets")
    party = models.CharField(max_length=6, choices=Party)
    digest = models.CharField(_("sidik rahasia"), max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rahasia undian")
        verbose_name_plural = _("rahasia undian")
        constraints = [
            models.UniqueConstraint(fields=["training", "party"], name="training_secret_once"),
            models.CheckConstraint(condition=Q(digest__regex=HEX), name="training_secret_is_a_digest"),
        ]
        triggers = [
            *append_only("training_secret"),
            pgtrigger.Trigger(
                name="training_secret_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (current_user = 'portal_app' AND NEW.party <> 'office')
                       OR (current_user = 'portal_team' AND NEW.party <> 'team') THEN
                        RAISE EXCEPTION 'nobody commits for the other party';
                    END IF;
                    IF NOT EXISTS (SELECT FROM workforce_training
                                   WHERE id = NEW.training_id AND rule = 'draw' AND published_at IS NULL) THEN
                        RAISE EXCEPTION 'a digest is given out before enrolment opens';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_id} {self.party}"


class TrainingRound(models.Model):
    """One attempt to draw: the first checkpoint that holds the fact `after`, and who has to show a value until when.

    The first round follows the closing of the list, with both parties; another follows a withheld value, without
    whoever withheld, on a checkpoint that did not exist before.
    """

    training = models.ForeignKey("workforce.Training", models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    parties = ArrayField(models.CharField(max_length=6, choices=Party), default=list)
    after = models.ForeignKey("ledger.Pending", models.PROTECT, related_name="+")
    checkpoint = models.ForeignKey("ledger.Checkpoint", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("putaran undian")
        verbose_name_plural = _("putaran undian")
        ordering = ["training", "number"]
        constraints = [models.UniqueConstraint(fields=["training", "number"], name="training_round_once")]
        triggers = [
            *append_only("training_round"),
            pgtrigger.Trigger(
                name="training_round_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("stayed", "text[]")],
                func="""
                    IF (SELECT min(c.size) FROM ledger_checkpoint c
                        WHERE c.size > (SELECT n FROM ledger_pending WHERE id = NEW.after_id))
                       IS DISTINCT FROM (SELECT size FROM ledger_checkpoint WHERE id = NEW.checkpoint_id) THEN
                        RAISE EXCEPTION 'a round takes the first checkpoint after its fact';
                    END IF;
                    IF NEW.number = 1 THEN
                        SELECT array_agg(party::text ORDER BY party) INTO stayed FROM workforce_trainingsecret
                        WHERE training_id = NEW.training_id;
                    ELSE
                        SELECT coalesce(array_agg(s.party::text ORDER BY s.party), '{}') INTO stayed
                        FROM workforce_trainingreveal v JOIN workforce_traininground r ON r.id = v.round_id
                        JOIN workforce_trainingsecret s ON s.id = v.secret_id
                        WHERE r.training_id = NEW.training_id AND r.number = NEW.number - 1;
                    END IF;
                    IF NEW.parties::text[] IS DISTINCT FROM stayed OR NEW.after_id IS DISTINCT FROM (
                        CASE NEW.number WHEN 1 THEN (SELECT closed_fact_id FROM workforce_training
                                                     WHERE id = NEW.training_id)
                        ELSE (SELECT max(w.fact_id) FROM workforce_trainingwithheld w
                              JOIN workforce_traininground r ON r.id = w.round_id
                              WHERE r.training_id = NEW.training_id AND r.number = NEW.number - 1) END) THEN
                        RAISE EXCEPTION 'a round follows the closed list, or a withheld value';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_id} #{self.number}"


class TrainingReveal(models.Model):
    """What a party showed in a round: it fits what was committed, and comes in time by the database's clock."""

    round = models.ForeignKey(TrainingRound, models.PROTECT, related_name="reveals")
    secret = models.ForeignKey(TrainingSecret, models.PROTECT, related_name="reveals")
    value = models.CharField(_("rahasia putaran ini"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rahasia undian yang dibuka")
        verbose_name_plural = _("rahasia undian yang dibuka")
        constraints = [
            models.UniqueConstraint(fields=["round", "secret"], name="training_reveal_once"),
            models.CheckConstraint(condition=Q(value__regex=HEX), name="training_reveal_is_a_value"),
        ]
        triggers = [
            *append_only("training_reveal"),
            pgtrigger.Trigger(
                name="training_reveal_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("s", "workforce_trainingsecret"), ("r", "workforce_traininground")],
                func="""
                    SELECT * INTO s FROM workforce_trainingsecret WHERE id = NEW.secret_id;
                    SELECT * INTO r FROM workforce_traininground WHERE id = NEW.round_id;
                    IF r.training_id IS DISTINCT FROM s.training_id OR NOT s.party = ANY (r.parties) THEN
                        RAISE EXCEPTION 'this party takes no part in this round';
                    END IF;
                    IF (current_user = 'portal_app' AND s.party <> 'office')
                       OR (current_user = 'portal_team' AND s.party <> 'team') THEN
                        RAISE EXCEPTION 'nobody shows a value for the other party';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_enrolment WHERE training_id = s.training_id
                               AND user_id = NEW.by_id AND state <> 'withdrawn') THEN
                        RAISE EXCEPTION 'who is drawn shows no value';
                    END IF;
                    IF r.due_at < clock_timestamp() THEN
                        RAISE EXCEPTION 'a value is shown before the round is over';
                    END IF;
                    IF encode(sha256(decode(NEW.value, 'hex')), 'hex') <> coalesce(
                        (SELECT v.value FROM workforce_trainingreveal v JOIN workforce_traininground q
                         ON q.id = v.round_id WHERE v.secret_id = s.id AND q.number < r.number
                         ORDER BY q.number DESC LIMIT 1), s.digest) THEN
                        RAISE EXCEPTION 'the value does not fit what was committed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.secret_id}"


class TrainingWithheld(models.Model):
    """A party did not show its value in time. Public for good; the draw is repeated without it."""

    round = models.ForeignKey(TrainingRound, models.PROTECT, related_name="withheld")
    secret = models.ForeignKey(TrainingSecret, models.PROTECT, related_name="withheld")
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rahasia undian yang ditahan")
        verbose_name_plural = _("rahasia undian yang ditahan")
        constraints = [models.UniqueConstraint(fields=["round", "secret"], name="training_withheld_once")]
        triggers = [
            *append_only("training_withheld"),
            pgtrigger.Trigger(
                name="training_withheld_after_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT due_at FROM workforce_traininground WHERE id = NEW.round_id) >= clock_timestamp()
                       OR EXISTS (SELECT FROM workforce_trainingreveal
                                  WHERE round_id = NEW.round_id AND secret_id = NEW.secret_id) THEN
                        RAISE EXCEPTION 'a value is withheld when the round is over and it was not shown';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.secret_id}"


class TrainingDraw(models.Model):
    """The draw of a training, once. The database computes the seed again, and gives the places itself."""

    training = models.OneToOneField("workforce.Training", models.PROTECT, related_name="draw")
    round = models.OneToOneField(TrainingRound, models.PROTECT, related_name="draw")
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = _("undian pelatihan")
        verbose_name_plural = _("undian pelatihan")
        triggers = [
            *append_only("training_draw"),
            pgtrigger.Trigger(
                name="training_draw_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("found", "text")],
                func="""
                    SELECT encode(sha256(convert_to(concat_ws(E'\\n', 'jabatan-terbuka.audit.v1', 'pelatihan', t.slug,
                        r.number,
                        coalesce((SELECT v.value FROM workforce_trainingreveal v JOIN workforce_trainingsecret s
                                  ON s.id = v.secret_id WHERE v.round_id = r.id AND s.party = 'team'), '-'),
                        coalesce((SELECT v.value FROM workforce_trainingreveal v JOIN workforce_trainingsecret s
                                  ON s.id = v.secret_id WHERE v.round_id = r.id AND s.party = 'office'), '-'),
                        c.size, encode(c.root, 'hex'), '-') || E'\\n', 'UTF8')), 'hex')
                    INTO found
                    FROM workforce_traininground r JOIN workforce_training t ON t.id = r.training_id
                    JOIN ledger_checkpoint c ON c.id = r.checkpoint_id
                    WHERE r.id = NEW.round_id AND t.id = NEW.training_id
                    AND cardinality(r.parties) = (SELECT count(*) FROM workforce_trainingreveal WHERE round_id = r.id);
                    IF found IS DISTINCT FROM NEW.seed THEN
                        RAISE EXCEPTION 'a draw follows from the values shown and the checkpoint';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="training_draw_gives_places",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE workforce_enrolment e
                    SET place = q.n, state = CASE WHEN q.n <= q.seats THEN 'seated' ELSE 'waiting' END
                    FROM (SELECT e.id, t.seats, row_number() OVER (
                              ORDER BY sha256(convert_to(NEW.seed || E'\\n' || e.number || E'\\n', 'UTF8'))) n
                          FROM workforce_enrolment e JOIN workforce_training t ON t.id = e.training_id
                          WHERE t.id = NEW.training_id AND e.state = 'asked') q
                    WHERE e.id = q.id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"undian {self.training_id}"
