import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Panel(models.Model):
    """The selection panel (panitia seleksi) of an open selection: its decree, and what its page will show.

    One officer writes it down, another seals it; then its members score and nothing of it changes. A sealed panel
    has 5 to 9 members, an odd number, at most 45 per cent of them from inside (PermenPANRB 15/2019).
    """

    recruitment = models.OneToOneField("vacancies.Recruitment", models.PROTECT, related_name="panel")
    decree = models.CharField(_("keputusan pembentukan"), max_length=200)
    shows_scores = models.BooleanField(
        _("tiga terbaik ditampilkan dengan nilai"),
        default=False,
        help_text=_("Bila tidak, tiga terbaik tampil menurut abjad nomor peserta. Tidak berubah sesudah dikunci."),
    )
    outlier_points = models.PositiveSmallIntegerField(
        _("selisih yang ditandai"), default=15, help_text=_("Nilai yang sejauh ini atau lebih dari nilai tengah.")
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("panitia seleksi")
        verbose_name_plural = _("panitia seleksi")
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_at=None, sealed_by=None)
                | (Q(sealed_at__isnull=False, sealed_by__isnull=False) & ~Q(sealed_by=F("written_by"))),
                name="panel_second_person",
            ),
            models.CheckConstraint(
                condition=Q(outlier_points__gte=1, outlier_points__lte=100), name="panel_outlier_points"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="panel_is_sealed_as_it_should_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("everybody", "integer"), ("inside", "integer")],
                func="""
                    IF OLD.sealed_at IS NOT NULL OR NEW.recruitment_id <> OLD.recruitment_id
                       OR NEW.written_by_id <> OLD.written_by_id THEN
                        RAISE EXCEPTION 'a sealed panel does not change';
                    END IF;
                    IF NEW.sealed_at IS NOT NULL THEN
                        SELECT count(*), count(*) FILTER (WHERE inside_office) INTO everybody, inside
                        FROM workforce_panelmember WHERE panel_id = NEW.id AND kind = 'panel';
                        IF everybody NOT BETWEEN 5 AND 9 OR everybody % 2 = 0 OR inside * 100 > everybody * 45 THEN
                            RAISE EXCEPTION 'a panel has 5, 7 or 9 members, at most 45 per cent from inside';
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="panel_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"panitia {self.recruitment_id}"


class PanelMember(models.Model):
    """Somebody who scores: a member of the panel, or an assessor of the assessment centre beside it.

    `name` and `post` are public: whoever judges in public office is known. `components` are the keys of the rule pack
    that this person scores. After the sealing somebody new takes the place of somebody who left: one officer writes the
    leaving down, another who comes. A place has one sheet: where the one who left had locked it, the new one has none.
    """

    class Kind(models.TextChoices):
        PANEL = "panel", _("Anggota panitia")
        ASSESSOR = "assessor", _("Penilai kompetensi")

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("sebagai"), max_length=10, choices=Kind)
    name = models.CharField(_("nama"), max_length=150)
    post = models.CharField(_("jabatan atau lembaga asal"), max_length=200)
    inside_office = models.BooleanField(_("dari dalam instansi"), default=False)
    components = ArrayField(models.CharField(max_length=30))
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    left_at = models.DateTimeField(null=True)
    left_reason = models.CharField(max_length=300, blank=True)
    left_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("anggota panitia")
        verbose_name_plural = _("anggota panitia")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "user"], name="panel_member_once"),
            models.CheckConstraint(
                condition=Q(left_at=None, left_by=None, left_reason="")
                | (Q(left_at__isnull=False, left_by__isnull=False) & ~Q(left_reason="")),
                name="panel_member_leaves_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="panel_member_before_sealing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.left_at IS NOT NULL OR EXISTS (
                        SELECT FROM workforce_panel p WHERE p.id = NEW.panel_id
                        AND (p.sealed_at IS NOT NULL OR NEW.replaces_id IS NOT NULL) AND NOT EXISTS (
                            SELECT FROM workforce_panelmember o WHERE o.id = NEW.replaces_id AND o.panel_id = p.id
                            AND o.left_at IS NOT NULL AND o.left_by_id <> NEW.added_by_id AND o.kind = NEW.kind
                            AND o.inside_office = NEW.inside_office AND o.components = NEW.components)) THEN
                        RAISE EXCEPTION 'into a sealed panel comes only who takes the place of somebody who left';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="panel_member_changes_by_leaving",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.left_at IS NOT NULL OR to_jsonb(NEW) - '{left_at,left_reason,left_by_id}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{left_at,left_reason,left_by_id}'::text[] THEN
                        RAISE EXCEPTION 'a member of a panel leaves once and changes in no other way';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="panel_member_stays_once_sealed",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM workforce_panel WHERE id = OLD.panel_id AND sealed_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a member of a sealed panel is not deleted';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def has_declared(self) -> bool:
        return Declaration.objects.filter(member=self).exists()


class Declaration(models.Model):
    """A member read who takes part and named everybody whom he or she may not judge. Before it nobody scores."""

    member = models.OneToOneField(PanelMember, models.PROTECT, related_name="declaration")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pernyataan kepentingan")
        verbose_name_plural = _("pernyataan kepentingan")
        triggers = append_only("panel_declaration")

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d}"


class Conflict(models.Model):
    """A member has an interest in a participant and does not score that one. Why is nobody's business."""

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="conflicts")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("benturan kepentingan panitia")
        verbose_name_plural = _("benturan kepentingan panitia")
        constraints = [models.UniqueConstraint(fields=["member", "application"], name="panel_conflict_once")]
        triggers = append_only("panel_conflict")

    def __str__(self) -> str:
        return f"{self.member_id}: {self.application_id}"
