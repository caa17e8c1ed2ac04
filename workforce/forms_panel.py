"""Forms of panels: what officers write about a panel, and why an official chose."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workforce.models import PanelMember
from workforce.models.choice import SHORTEST_REASON


class PanelForm(forms.Form):
    decree = forms.CharField(
        label=_("Keputusan pembentukan panitia"),
        max_length=200,
        help_text=_("Nomor dan tanggal, misalnya Keputusan Wali Kota Nomor 12 Tahun 2026."),
    )
    outlier_points = forms.IntegerField(
        label=_("Selisih dari nilai tengah yang ditandai"),
        min_value=1,
        max_value=100,
        initial=15,
        help_text=_("Nilai sejauh ini atau lebih tampil sebagai tanda, dan tetap dihitung."),
    )
    shows_scores = forms.BooleanField(
        label=_("Tampilkan tiga terbaik menurut peringkat, dengan nilai"),
        required=False,
        help_text=_("Bila tidak dicentang, tiga terbaik tampil menurut nomor peserta tanpa nilai."),
    )


class MemberForm(forms.Form):
    """Somebody who scores; the choices of `components` are those of the recruitment's rules."""

    email = forms.EmailField(label=_("Surel akun penilai"), max_length=254)
    kind = forms.ChoiceField(label=_("Sebagai"), choices=PanelMember.Kind)
    name = forms.CharField(label=_("Nama, seperti tampil untuk publik"), max_length=150)
    post = forms.CharField(label=_("Jabatan atau lembaga asal"), max_length=200)
    inside_office = forms.BooleanField(label=_("Berasal dari dalam instansi"), required=False)
    chosen = forms.MultipleChoiceField(
        label=_("Yang dinilai"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Pilih yang dinilai orang ini.")},
    )
    replaces = forms.ModelChoiceField(
        label=_("Menggantikan"),
        queryset=PanelMember.objects.none(),
        required=False,
        empty_label=_("tidak menggantikan siapa pun"),
    )

    def __init__(self, *args, components: dict[str, str], panel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = list(components.items())
        left = panel.members.filter(left_at__isnull=False, replaced_by=None)
        self.fields["replaces"].queryset = left
        if not left.exists():
            del self.fields["replaces"]


class LeaveForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan berhenti"), max_length=300, required=False, help_text=_("Publik membacanya.")
    )


class CombineForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan koreksi"),
        max_length=500,
        required=False,
        help_text=_("Hanya bila tahap ini sudah punya nilai."),
    )


class ReasonForm(forms.Form):
    """A locked sheet is corrected with a reason."""

    reason = forms.CharField(label=_("Alasan perbaikan lembar"), max_length=300)


class ChoiceForm(forms.Form):
    """One of the best, and why."""

    number = forms.ChoiceField(
        label=_("Peserta yang dipilih"), widget=forms.RadioSelect, error_messages={"required": _("Pilih satu peserta.")}
    )
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=4000,
        min_length=SHORTEST_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Semua orang membacanya. Tulis apa yang membuat peserta ini paling tepat; jangan tulis data pribadi."
        ),
        error_messages={
            "required": _("Tulis alasan pilihan Anda."),
            "min_length": _("Tulis alasan paling sedikit %(limit_value)s huruf."),
        },
    )

    def __init__(self, *args, best, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [
            (one.application.participant_number, one.application.participant_number) for one in best.outcomes
        ]
