"""Forms of the directory: what a person asks, what the office decides and uploads."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workforce.field_policy import FIELDS
from workforce.models import Appointment, Credential, Employee, Shield
from workforce.showing import ENTRIES

TEXT = {"required": _("Tulis alasannya.")}


class ClaimForm(forms.Form):
    code = forms.CharField(
        label=_("Kode dari kantor kepegawaian"),
        max_length=20,
        help_text=_("12 huruf dan angka, misalnya AB2C-DE3F-GH4J."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Tulis kodenya.")},
    )


class ObjectionForm(forms.Form):
    key = forms.ChoiceField(label=_("Bagian mana yang Anda keberatan dibuka?"))
    text = forms.CharField(
        label=_("Mengapa?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=TEXT
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [(line.key, line.label) for line in FIELDS.values() if line.objectable]


class CorrectionForm(forms.Form):
    """What is wrong: one of the person's own entries, and in their words what is right."""

    target = forms.ChoiceField(label=_("Apa yang keliru?"))
    text = forms.CharField(
        label=_("Apa yang benar, dan bukti apa yang Anda punya?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=TEXT,
    )

    def __init__(self, *args, employee: Employee, **kwargs):
        super().__init__(*args, **kwargs)
        self.targets = {"name": (_("Nama"), "name"), "assets_report": (FIELDS["assets_report"].label, "assets_report")}
        for one in employee.appointments.valid().select_related("position"):
            self.targets[f"a{one.pk}"] = (f"{one.position.name}, {one.since:%d-%m-%Y}, {one.decree}", one)
        for one in employee.credentials.filter(corrected_by=None):
            self.targets[f"c{one.pk}"] = (f"{one.get_kind_display()}: {one.words}", one)
        for key in ENTRIES:
            self.targets[f"n-{key}"] = (_("%(label)s: belum tercatat") % {"label": FIELDS[key].label}, key)
        self.fields["target"].choices = [(code, label) for code, (label, _one) in self.targets.items()]

    @property
    def chosen(self):
        return self.targets[self.cleaned_data["target"]][1]


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Tanggapan Anda"),
        max_length=1000,
        required=False,
        help_text=_("Tampil di profil Anda untuk semua orang. Kosongkan untuk menariknya."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    """Granted or not, with a reason; a granted correction brings the right data along."""

    granted = forms.TypedChoiceField(
        label=_("Putusan"),
        choices=[("ya", _("Kabulkan")), ("tidak", _("Tolak"))],
        coerce=lambda value: value == "ya",
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih putusan.")},
    )
    answer = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        help_text=_("Dibaca pemohon. Bila koreksi dikabulkan, tampil juga di riwayat perubahan."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=TEXT,
    )

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.right = list(self._right(case)) if case.kind == "correction" else []
        for name, made in self.right:
            self.fields[name] = made

    @staticmethod
    def _right(case):
        """The fields of the right data, filled with what stands there now."""
        if case.credential_id or case.key in ENTRIES:
            for name in ("title", "issuer", "year"):
                made = Credential._meta.get_field(name).formfield()
                made.initial = getattr(case.credential, name, None)
                yield name, made
        elif case.appointment_id:
            for name in ("since", "decree", "decree_date"):
                made = Appointment._meta.get_field(name).formfield()
                made.initial = getattr(case.appointment, name)
                yield name, made
        elif case.key == "name":
            yield "name", forms.CharField(label=_("Nama yang benar"), max_length=150, initial=case.employee.name)
        else:
            yield (
                "assets_report",
                forms.TypedChoiceField(
                    label=FIELDS["assets_report"].label,
                    choices=[("ya", _("Sudah")), ("tidak", _("Belum"))],
                    coerce=lambda value: value == "ya",
                ),
            )

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name, _made in self.right}


class ShieldForm(forms.Form):
    ground = forms.ChoiceField(label=_("Alasan"), choices=Shield.Ground, widget=forms.RadioSelect)


class EmployeeFileForm(forms.Form):
    file = forms.FileField(
        label=_("Berkas CSV atau XLSX"), error_messages={"required": _("Pilih berkas yang berisi daftar pegawai.")}
    )


class LetterForm(forms.Form):
    letter = forms.CharField(label=_("Nomor surat permintaan"), max_length=120)
