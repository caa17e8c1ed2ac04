"""The registry of vacancies under /kelola/. Publishing and moving dates have pages of their own, for they are acts."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.by_role import ByRole
from accounts.roles import Role
from vacancies.actions import clarification
from vacancies.forms import moment
from vacancies.models import (
    Agency,
    AgencyOfficer,
    Clarification,
    Formation,
    Holiday,
    Minimum,
    Qualification,
    Recruitment,
    Requirement,
    Stage,
)

ZONES = [
    ("Asia/Jakarta", _("WIB (Jakarta)")),
    ("Asia/Pontianak", _("WIB (Pontianak)")),
    ("Asia/Makassar", _("WITA (Makassar)")),
    ("Asia/Jayapura", _("WIT (Jayapura)")),
]


class OfBindingRules(ByRole):
    """Rows that bind applicants: they are written before the recruitment is published, and only read after."""

    def has_change_permission(self, request, obj=None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.recruitment.published_at)

    def has_delete_permission(self, request, obj=None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.recruitment.published_at)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "recruitment":
            kwargs["queryset"] = Recruitment.objects.filter(published_at=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Agency)
class AgencyAdmin(ByRole):
    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    raw_id_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(AgencyOfficer)
class AgencyOfficerAdmin(ByRole):
    deletable = True
    list_display = ["agency", "user"]
    list_select_related = ["agency", "user"]
    search_fields = ["agency__name"]
    raw_id_fields = ["agency"]


@admin.register(Holiday)
class HolidayAdmin(ByRole):
    deletable = True
    list_display = ["date", "name", "decree"]
    date_hierarchy = "date"


class RecruitmentForm(forms.ModelForm):
    """Rule packs are chosen from those that are there, zones from the Indonesian ones."""

    rulepack = forms.ChoiceField(label=_("Paket aturan"), choices=lambda: [(one, one) for one in _packs()])
    time_zone = forms.ChoiceField(label=_("Zona waktu"), choices=ZONES)


def _packs() -> list[str]:
    return sorted(path.stem for path in settings.RULEPACKS.glob("*.json"))


@admin.register(Recruitment)
class RecruitmentAdmin(ByRole):
    """Once published, everything that binds is read-only; the summary may still be worded better."""

    form = RecruitmentForm
    list_display = ["name", "kind", "year", "agency", "published_at", "desk"]
    list_filter = ["kind", "year"]
    list_select_related = ["agency"]
    search_fields = ["name", "slug"]
    fields = [
        "name", "slug", "kind", "year", "agency", "decree", "summary", "time_zone", "rulepack", "sealed_until_closing",
        "one_application", "mirrors_national",
    ]  # fmt: skip
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        if obj and obj.published_at:
            return [name for name in self.fields if name != "summary"]
        return []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "agency":
            kwargs["queryset"] = Agency.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_list_display(self, request):
        """Whoever only manages accounts may not open the desk, and is not sent there."""
        names = super().get_list_display(request)
        opens = request.user.has_role(Role.PREPARER, Role.PUBLISHER)
        return [name for name in names if name != "desk" or opens]

    @admin.display(description=_("jadwal dan penerbitan"))
    def desk(self, obj):
        return format_html('<a href="{}">{}</a>', reverse("recruitment_desk", args=[obj.slug]), _("Buka"))


class StageForm(forms.ModelForm):
    """The dates of a stage that is not public yet are its plan. They are typed on the clocks of its recruitment."""

    opens_at = forms.DateTimeField(label=_("Mulai"), widget=moment())
    closes_at = forms.DateTimeField(label=_("Selesai"), widget=moment())
    announce_at = forms.DateTimeField(
        label=_("Hasil diumumkan"),
        widget=moment(),
        required=False,
        help_text=_("Kosongkan bila tahap ini tidak mengumumkan hasil."),
    )

    def clean(self):
        cleaned = super().clean()
        closes, announces = cleaned.get("closes_at"), cleaned.get("announce_at")
        if closes and announces and announces < closes:
            self.add_error("announce_at", _("Pengumuman hasil paling cepat saat tahap selesai."))
        return cleaned

    def save(self, commit=True):
        stage = self.instance
        stage.planned_opens_at, stage.planned_closes_at = stage.opens_at, stage.closes_at
        stage.planned_announce_at = stage.announce_at
        return super().save(commit)


@admin.register(Stage)
class StageAdmin(OfBindingRules):
    """The calendar while it is built. Once public, dates move on the page "Ubah jadwal", with a reason."""

    form = StageForm
    list_display = ["name_internal", "recruitment", "order", "opens_at", "closes_at", "announce_at", "move"]
    list_filter = ["recruitment"]
    list_select_related = ["recruitment"]
    search_fields = ["name_internal", "recruitment__name"]
    ordering = ["recruitment", "order"]
    fields = [
        "recruitment", "order", "slug", "kind", "rule", "name_internal", "name_public", "name_upcoming", "opens_at",
        "closes_at", "announce_at", "objection_days", "answer_days", "answer_counts",
    ]  # fmt: skip

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with timezone.override(self._zone(request, object_id)):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response

    @staticmethod
    def _zone(request, object_id) -> str:
        """The zone of the recruitment that the form is about; the installation's own when it names none yet."""
        chosen = request.POST.get("recruitment") or request.GET.get("recruitment") or ""
        if object_id and object_id.isdigit():
            wanted = Recruitment.objects.filter(stages=object_id)
        else:
            wanted = Recruitment.objects.filter(pk=chosen) if chosen.isdigit() else Recruitment.objects.none()
        return wanted.values_list("time_zone", flat=True).first() or settings.TIME_ZONE

    def get_list_display(self, request):
        """Dates are moved by preparers alone."""
        names = super().get_list_display(request)
        return [name for name in names if name != "move" or request.user.has_role(Role.PREPARER)]

    @admin.display(description=_("jadwal"))
    def move(self, obj):
        return format_html('<a href="{}">{}</a>', reverse("stage_schedule", args=[obj.pk]), _("Ubah jadwal"))


@admin.register(Minimum)
class MinimumAdmin(OfBindingRules):
    """Too few applicants: registration goes on by itself, by this rule."""

    deletable = True
    list_display = ["recruitment", "applicants", "days", "times"]
    list_select_related = ["recruitment"]


@admin.register(Requirement)
class RequirementAdmin(OfBindingRules):
    deletable = True
    list_display = ["text", "recruitment", "formation", "kind", "required"]
    list_filter = ["recruitment", "kind"]
    list_select_related = ["recruitment", "formation__unit"]
    search_fields = ["text", "code"]
    raw_id_fields = ["formation"]


class QualificationInline(admin.TabularInline):
    model = Qualification
    fields = ["level", "program"]
    extra = 0

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return True


@admin.register(Formation)
class FormationAdmin(ByRole):
    """For looking things up: formations come and change by files, with a report and a reason."""

    list_display = ["position", "unit", "need", "quota", "recruitment", "code"]
    list_filter = ["recruitment", "need"]
    list_select_related = ["unit", "recruitment"]
    search_fields = ["position", "code", "unit_path"]
    show_full_result_count = False
    exclude = ["search"]
    inlines = [QualificationInline]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class ClarificationForm(forms.ModelForm):
    """Refuses beforehand what the act would refuse."""

    def clean(self):
        given = super().clean()
        if recruitment := given.get("recruitment"):
            try:
                clarification.check(recruitment, given.get("formation"), given.get("supersedes"))
            except clarification.NotPossible as error:
                raise forms.ValidationError(str(error)) from None
        return given


@admin.register(Clarification)
class ClarificationAdmin(ByRole):
    """Answers that bind the office; what was said stays said, and a later one may take its place."""

    form = ClarificationForm

    list_display = ["question", "recruitment", "at"]
    list_filter = ["recruitment"]
    list_select_related = ["recruitment"]
    search_fields = ["question", "answer"]
    fields = ["recruitment", "formation", "question", "answer", "supersedes"]
    raw_id_fields = ["formation", "supersedes"]

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def save_model(self, request, obj, form, change):
        given = {name: form.cleaned_data[name] for name in ("question", "answer", "formation", "supersedes")}
        made = clarification.clarify(obj.recruitment, **given, by=request.user, at=timezone.now())
        obj.pk, obj.by, obj.at = made.pk, made.by, made.at
