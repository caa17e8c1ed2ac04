from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oversight.flag_states import FlagState
from oversight.models import Escalation, Finding, Membership
from vacancies.models import Agency, Formation, Recruitment


class FindingForm(forms.Form):
    """What the team says: a title, what is wrong, how grave it is."""

    title = forms.CharField(label=_("Judul"), max_length=200, error_messages={"required": _("Isi judul temuan.")})
    body = forms.CharField(
        label=_("Uraian"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Apa yang tidak cocok, dan mengapa itu penting. Jangan tulis data pribadi."),
        error_messages={"required": _("Isi uraian temuan.")},
    )
    severity = forms.ChoiceField(
        label=_("Tingkat"),
        choices=Finding.Severity,
        help_text=_("Temuan kritis menahan pengumuman tahap ini begitu dua anggota mengonfirmasi."),
    )
    recurs = forms.ModelChoiceField(
        label=_("Berulang dari temuan"),
        queryset=Finding.objects.none(),
        to_field_name="number",
        required=False,
        empty_label=_("Tidak berulang"),
        help_text=_("Temuan serupa pada pengadaan lain dari instansi yang sama."),
    )

    def __init__(self, *args, earlier, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recurs"].queryset = earlier


class PublicTextForm(forms.Form):
    """The team's words for everybody; written once."""

    title = forms.CharField(
        label=_("Judul untuk umum"), max_length=200, error_messages={"required": _("Isi judul untuk umum.")}
    )
    text = forms.CharField(
        label=_("Uraian untuk umum"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ditulis satu kali dan tidak dapat diubah. Jangan tulis nama atau data pribadi."),
        error_messages={"required": _("Isi uraian untuk umum.")},
    )
    evidence = forms.BooleanField(label=_("Buka juga buktinya untuk umum"), required=False)


class AssessmentForm(forms.Form):
    """Whether an answer is adequate, and why."""

    adequate = forms.ChoiceField(
        label=_("Jawaban instansi"),
        choices=[("ya", _("Memadai")), ("tidak", _("Belum memadai"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih memadai atau belum memadai.")},
    )
    text = forms.CharField(
        label=_("Penilaian, dibaca publik"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Isi penilaian.")},
    )


class EscalationForm(forms.Form):
    """To whom a finding is handed on, and why."""

    body = forms.ChoiceField(label=_("Teruskan ke"), choices=Escalation.Body)
    text = forms.CharField(
        label=_("Alasan meneruskan, dibaca publik"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Isi alasan meneruskan.")},
    )


class EvidenceForm(forms.Form):
    """One piece of evidence: what was looked at, how it should be, how it stands, where."""

    what = forms.CharField(label=_("Apa"), max_length=200)
    expected = forms.CharField(label=_("Seharusnya"), max_length=200)
    found = forms.CharField(label=_("Tertulis"), max_length=200)
    source = forms.CharField(label=_("Sumber"), max_length=300)


class TextForm(forms.Form):
    """Words for the public: a reason, an answer or a conclusion."""

    text = forms.CharField(
        label=_("Isi, dibaca publik"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Isi dahulu kolom ini.")},
    )

    def __init__(self, *args, label=None, **kwargs):
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class InterestForm(forms.Form):
    """What a member has an interest in: one thing."""

    agency = forms.ModelChoiceField(
        label=_("Instansi atau perangkat daerah"),
        queryset=Agency.objects.filter(Q(parent=None) | Q(parent__parent=None)).order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=_("Tidak ada"),
        help_text=_("Juga semua unit di bawahnya."),
    )
    recruitment = forms.ModelChoiceField(
        label=_("Pengadaan"),
        queryset=Recruitment.objects.published().order_by("-year", "name"),
        to_field_name="slug",
        required=False,
        empty_label=_("Tidak ada"),
    )
    formation = forms.ModelChoiceField(
        label=_("Kode formasi"),
        queryset=Formation.objects.published(),
        to_field_name="slug",
        required=False,
        widget=forms.TextInput,
        help_text=_("Bagian terakhir alamat halaman lowongan, misalnya perawat-rsud-4."),
        error_messages={"invalid_choice": _("Formasi itu tidak ada. Salin dari alamat halaman lowongannya.")},
    )


class MemberForm(forms.Form):
    """Somebody the secretariat takes on: whose word it is, and until when."""

    person = forms.CharField(label=_("Nama"), max_length=150, error_messages={"required": _("Isi nama anggota.")})
    email = forms.EmailField(
        label=_("Alamat e-mail"),
        help_text=_("Alamat yang belum dipakai di portal ini."),
        error_messages={
            "required": _("Isi alamat e-mail."),
            "invalid": _("Tulis alamat e-mail seperti nama@lembaga.id."),
        },
    )
    affiliation = forms.CharField(
        label=_("Asal lembaga"), max_length=150, error_messages={"required": _("Isi asal lembaga.")}
    )
    role = forms.ChoiceField(label=_("Tugas"), choices=Membership.Role, initial=Membership.Role.OVERSEER)
    last_day = forms.DateField(
        label=_("Bertugas sampai"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Boleh kosong: sampai diakhiri sekretariat."),
        error_messages={"invalid": _("Tulis tanggal seperti 31/12/2027.")},
    )


class JudgementForm(forms.Form):
    """What the team thinks of a flag, and why; a finding is begun by a button of its own."""

    state = forms.ChoiceField(
        label=_("Penilaian"),
        choices=[(one.value, one.label) for one in (FlagState.EXPLAINED, FlagState.FALSE_ALARM)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih salah satu penilaian.")},
    )
    note = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca anggota tim. Publik melihat jumlahnya saja."),
        error_messages={"required": _("Tulis alasan penilaian Anda.")},
    )


class HexForm(forms.Form):
    """One value of 64 hex digits: a digest that is given out, or a value that is shown."""

    value = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Tempelkan nilainya.")},
    )


class AuditForm(forms.Form):
    """What the team sees in a drawn file, beside what the verifiers decided."""

    agrees = forms.ChoiceField(
        label=_("Penilaian"),
        choices=[("ya", _("Sependapat dengan pemeriksa")), ("tidak", _("Tidak sependapat"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih salah satu penilaian.")},
    )
    note = forms.CharField(
        label=_("Catatan"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Wajib bila tidak sependapat. Jangan tulis data pribadi."),
    )
