"""Which judged files are checked again, and why."""

import re

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from selection.actions.rechecks import judged_files
from selection.models import Review, ReviewItem
from selection.queries import reviews_in_force
from vacancies.models import Formation, Requirement


class FormationField(forms.ModelChoiceField):
    """A formation by its code: positions and units repeat."""

    def label_from_instance(self, formation) -> str:
        return f"{formation.code}: {formation}"


class RecheckForm(forms.Form):
    """Files of one stage by what they have in common, and the reason that everybody will read."""

    ALL, FORMATION, REQUIREMENT, VERIFIER, NUMBERS = "all", "formation", "requirement", "verifier", "numbers"
    which = forms.ChoiceField(
        label=gettext_lazy("Berkas yang diperiksa ulang"),
        choices=[
            (ALL, gettext_lazy("Semua berkas tahap ini")),
            (FORMATION, gettext_lazy("Semua berkas satu formasi")),
            (REQUIREMENT, gettext_lazy("Berkas yang dinilai belum memenuhi satu syarat")),
            (VERIFIER, gettext_lazy("Berkas yang dinilai seorang pemeriksa")),
            (NUMBERS, gettext_lazy("Peserta tertentu")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Isi formasi, syarat, pemeriksa, atau nomor peserta hanya bila pilihan Anda menyebutnya."
        ),
        error_messages={"required": gettext_lazy("Pilih berkas yang diperiksa ulang.")},
    )
    formation = FormationField(
        label=gettext_lazy("Formasi"), queryset=Formation.objects.none(), required=False, empty_label=""
    )
    requirement = forms.ModelChoiceField(
        label=gettext_lazy("Syarat"), queryset=Requirement.objects.none(), required=False, empty_label=""
    )
    verifier = forms.ModelChoiceField(
        label=gettext_lazy("Pemeriksa"), queryset=User.objects.none(), required=False, empty_label=""
    )
    numbers = forms.CharField(
        label=gettext_lazy("Nomor peserta"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Satu nomor per baris."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Alasan, dibaca publik"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Tulis alasan memeriksa ulang.")},
    )

    def __init__(self, *args, stage, **kwargs):
        super().__init__(*args, **kwargs)
        self.stage, self.files = stage, judged_files(stage)
        recruitment = stage.recruitment
        self.fields["formation"].queryset = recruitment.formations.select_related("unit").order_by("code")
        self.fields["requirement"].queryset = recruitment.requirements.order_by("order")
        judged = Review.objects.filter(stage=stage, decided_at__isnull=False, verifier=OuterRef("pk"))
        self.fields["verifier"].queryset = User.objects.filter(Exists(judged)).order_by("name", "pk")

    def clean(self):
        cleaned = super().clean()
        which = cleaned.get("which")
        if which in (self.FORMATION, self.REQUIREMENT, self.VERIFIER, self.NUMBERS) and not cleaned.get(which):
            self.add_error(which, _("Isi bagian ini untuk pilihan di atas."))
        elif which:
            self._choose(which, cleaned)
        return cleaned

    def _choose(self, which: str, cleaned: dict) -> None:
        """Narrow `files` to what was chosen, and say in `scope` which these are."""
        if which == self.ALL:
            self.scope = _("Semua berkas")
        elif which == self.FORMATION:
            self.files = self.files.filter(formation=cleaned["formation"])
            self.scope = _("Formasi %(code)s") % {"code": cleaned["formation"].code}
        elif which == self.REQUIREMENT:
            lacking = ReviewItem.objects.filter(review=OuterRef("pk"), met=False, requirement=cleaned["requirement"])
            failed = reviews_in_force(self.stage).filter(Exists(lacking))
            self.files = self.files.filter(pk__in=failed.values("application"))
            self.scope = _("Yang belum memenuhi: %(text)s") % {
                "text": Truncator(cleaned["requirement"].text).chars(200)
            }
        elif which == self.VERIFIER:
            looks = Review.objects.filter(stage=self.stage, verifier=cleaned["verifier"], decided_at__isnull=False)
            self.files = self.files.filter(pk__in=looks.values("application"))
            self.scope = _("Yang dinilai pemeriksa %(label)s") % {"label": cleaned["verifier"].public_label or "–"}
        else:
            self._choose_numbers(set(re.split(r"[\s,;]+", cleaned["numbers"].strip())))
        if not self.errors and not self.files.exists():
            self.add_error(None, _("Tidak ada berkas yang cocok dengan pilihan itu."))

    def _choose_numbers(self, numbers: set[str]) -> None:
        known = set(self.files.filter(participant_number__in=numbers).values_list("participant_number", flat=True))
        if missing := sorted(numbers - known):
            words = _("Tidak ada berkas yang sudah dinilai dengan nomor ini: %(numbers)s.")
            self.add_error("numbers", words % {"numbers": ", ".join(missing[:10])})
        self.files = self.files.filter(participant_number__in=numbers)
        self.scope = _("%(n)s peserta yang disebut nomornya") % {"n": len(numbers)}
