import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from participation.models.consultation import Cluster, Consultation

TAKING = """EXISTS (SELECT FROM participation_consultation c WHERE c.id = {which} AND c.published_at IS NOT NULL
    AND c.opens_at <= clock_timestamp() AND c.closes_at > clock_timestamp())"""


class ContributionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def with_support(self):
        """Each with `support`, its confirmed votes."""
        return self.annotate(support=Count("votes", filter=Q(votes__confirmed_at__isnull=False)))


class Contribution(models.Model):
    """What somebody says to a consultation, or to another contribution (one level deep).

    Shown once the owner of the address confirmed it by the signed link, or by the code told to the officer who wrote it
    down (`helped_by`), while the consultation is open by the
    database's clock. Who deletes the address leaves the words that everybody read behind, without a name; what nobody
    read yet, and what was written to the moderators alone, goes with the address. `mailbox` is the keyed hash of the
    mailbox behind the address, so that nobody supports their own words under another spelling.
    """

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="contributions")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    # The database itself empties this when an address is forgotten (migration): nobody who forgets need know of it.
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name="contributions"
    )
    mailbox = models.CharField(max_length=64, default="")
    name = models.CharField(_("nama yang tampil"), max_length=60, blank=True)
    text = models.TextField(_("masukan"))
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    helped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="contributions")

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = _("masukan")
        verbose_name_plural = _("masukan")
        ordering = ["confirmed_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="contribution_says_something")]
        indexes = [models.Index(fields=["made_at"], condition=Q(confirmed_at=None), name="contribution_unconfirmed")]
        triggers = [
            pgtrigger.Trigger(
                name="contribution_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.confirmed_at IS NOT NULL OR NEW.subscriber_id IS NULL OR NEW.mailbox = ''
                       OR NOT {TAKING.format(which="NEW.consultation_id")} THEN
                        RAISE EXCEPTION 'a contribution waits for its owner, while the consultation is open';
                    END IF;
                    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM participation_contribution p WHERE p.id = NEW.parent_id AND p.parent_id IS NULL
                        AND p.consultation_id = NEW.consultation_id AND p.confirmed_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'a reply stands below a contribution to the same consultation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="contribution_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' THEN
                        IF OLD.confirmed_at IS NOT NULL THEN
                            RAISE EXCEPTION 'a confirmed contribution stays';
                        END IF;
                        RETURN OLD;
                    END IF;
                    IF OLD.subscriber_id IS NOT NULL AND NEW.subscriber_id IS NULL THEN
                        IF EXISTS (SELECT FROM publishing_subscriber s WHERE s.id = OLD.subscriber_id) THEN
                            RAISE EXCEPTION 'a contribution loses its author with the address alone';
                        END IF;
                        IF to_jsonb(NEW) - '{{subscriber_id,name}}'::text[]
                           IS DISTINCT FROM to_jsonb(OLD) - '{{subscriber_id,name}}'::text[] THEN
                            RAISE EXCEPTION 'a contribution is never rewritten';
                        END IF;
                        NEW.name := '';
                        NEW.mailbox := '';
                        RETURN NEW;
                    END IF;
                    IF to_jsonb(NEW) - '{{confirmed_at,cluster_id}}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{{confirmed_at,cluster_id}}'::text[]
                       OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN
                        RAISE EXCEPTION 'a contribution is never rewritten';
                    END IF;
                    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
                       AND NOT {TAKING.format(which="NEW.consultation_id")} THEN
                        RAISE EXCEPTION 'the consultation is closed';
                    END IF;
                    IF NEW.cluster_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM participation_cluster k
                        WHERE k.id = NEW.cluster_id AND k.consultation_id = NEW.consultation_id
                    ) THEN
                        RAISE EXCEPTION 'a cluster holds contributions to its own consultation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - no input in it
            ),
            pgtrigger.Trigger(
                name="contribution_forgotten",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.subscriber_id IS NOT NULL AND NEW.subscriber_id IS NULL THEN
                        UPDATE participation_hiding SET appeal = '' WHERE contribution_id = NEW.id AND appeal <> '';
                        DELETE FROM participation_contribution WHERE id = NEW.id AND confirmed_at IS NULL;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"masukan {self.pk}"


class Vote(models.Model):
    """A mailbox stands behind a contribution of somebody else; once, however its address is spelled, and only after
    its owner confirmed it.
    """

    contribution = models.ForeignKey(Contribution, models.CASCADE, related_name="votes")
    # The database itself deletes the vote when the address is forgotten (migration).
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, db_constraint=False, related_name="contribution_votes"
    )
    mailbox = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dukungan")
        verbose_name_plural = _("dukungan")
        constraints = [
            models.UniqueConstraint(fields=["contribution", "subscriber"], name="one_support_per_address"),
            models.UniqueConstraint(
                fields=["contribution", "mailbox"],
                condition=Q(confirmed_at__isnull=False) & ~Q(mailbox=""),
                name="one_support_per_mailbox",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="vote_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF TG_OP = 'INSERT' AND NEW.mailbox = '' OR NOT EXISTS (
                        SELECT FROM participation_contribution p WHERE p.id = NEW.contribution_id
                        AND p.confirmed_at IS NOT NULL AND p.subscriber_id IS DISTINCT FROM NEW.subscriber_id
                        AND (p.mailbox = '' OR p.mailbox <> NEW.mailbox)
                        AND {TAKING.format(which="p.consultation_id")}
                    ) THEN
                        RAISE EXCEPTION 'a vote is for the contribution of somebody else, while the consultation is open';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - no input in it
            )
        ]

    def __str__(self) -> str:
        return f"dukungan {self.pk}"


class Hiding(models.Model):
    """A contribution that a moderator took from sight, by one of the published rules and with a reason.

    Never by its author; the author may appeal once, and another person than the moderator decides. The words of the
    appeal, which only moderators read, go when the author's address is forgotten; that there was one stays.
    """

    class Rule(models.TextChoices):
        INSULT = "insult", _("Menghina atau mengancam orang")
        PRIVATE = "private", _("Memuat data pribadi orang")
        ADVERT = "advert", _("Iklan atau penipuan")
        ELSEWHERE = "elsewhere", _("Di luar pokok bahasan")

    contribution = models.OneToOneField(Contribution, models.PROTECT, related_name="hiding")
    rule = models.CharField(_("aturan"), max_length=10, choices=Rule)
    reason = models.CharField(_("alasan"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_index = models.CharField(max_length=64)  # of the moderator's address: nobody moderates what is their own
    at = models.DateTimeField()
    appeal = models.TextField(_("keberatan"), blank=True)
    appealed_at = models.DateTimeField(null=True)
    answer = models.CharField(_("putusan"), max_length=300, blank=True)
    restored = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("penyembunyian masukan")
        verbose_name_plural = _("penyembunyian masukan")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hiding_has_a_reason"),
            models.CheckConstraint(
                condition=Q(appeal="") | Q(appealed_at__isnull=False), name="hiding_appeal_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, answer="", restored=False)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, appealed_at__isnull=False)
                    & ~Q(answer="")
                    & ~Q(decided_by=models.F("by"))
                ),
                name="hiding_appeal_decided_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="hiding_not_of_ones_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT FROM participation_contribution p JOIN publishing_subscriber s ON s.id = p.subscriber_id
                        WHERE p.id = NEW.contribution_id AND s.address_index = NEW.by_index
                    ) THEN
                        RAISE EXCEPTION 'nobody moderates what is their own';
                    END IF;
                    IF NEW.appealed_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a hiding begins before its appeal';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="hiding_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.appeal = ''
                       AND to_jsonb(NEW) - 'appeal' IS NOT DISTINCT FROM to_jsonb(OLD) - 'appeal'
                       AND EXISTS (SELECT FROM participation_contribution p
                                   WHERE p.id = OLD.contribution_id AND p.subscriber_id IS NULL) THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
                       OR OLD.appealed_at IS NULL AND NEW.appealed_at IS NOT NULL AND NEW.appeal = ''
                       OR OLD.appealed_at IS NOT NULL
                          AND (NEW.appeal, NEW.appealed_at) IS DISTINCT FROM (OLD.appeal, OLD.appealed_at)
                       OR to_jsonb(NEW) - '{appeal,appealed_at,answer,restored,decided_by_id,decided_at}'::text[]
                          IS DISTINCT FROM
                          to_jsonb(OLD) - '{appeal,appealed_at,answer,restored,decided_by_id,decided_at}'::text[] THEN
                        RAISE EXCEPTION 'a hiding is appealed once, decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contribution}: {self.get_rule_display()}"
