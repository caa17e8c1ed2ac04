"""What an applicant fills in, section by section."""

import re
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.models import Answers

STATEMENT = _(
    "Saya menyatakan bahwa semua isian dan dokumen ini benar. Saya bersedia digugurkan bila ada yang tidak benar."
)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs):
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class MarkField(forms.DecimalField):
    """A mark with two decimals; comma and point both part them, as people type them."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value):
        return super().to_python(str(value).replace(",", ".") if value not in self.empty_values else value)

    def prepare_value(self, value):
        return str(value).replace(".", ",") if value not in self.empty_values else value


def plausible(born: date) -> date:
    """The date of birth of somebody who may be alive. Raises ValidationError."""
    if not date(1930, 1, 1) <= born < date.today():
        raise forms.ValidationError(_("Periksa tahun lahir Anda."))
    return born


class IdentityForm(forms.Form):
    """Data diri. Stored encrypted, never shown in public."""

    name = forms.CharField(
        label=_("Nama lengkap"),
        help_text=_("Seperti tertulis di KTP."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Isi nama lengkap Anda.")},
    )
    nik = forms.CharField(
        label=_("Nomor Induk Kependudukan (NIK)"),
        help_text=_("16 angka, tertulis di KTP."),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Isi NIK Anda.")},
    )
    birth_date = forms.DateField(
        label=_("Tanggal lahir"),
        widget=DateInput(autocomplete="bday"),
        error_messages={"required": _("Isi tanggal lahir Anda."), "invalid": _("Tulis tanggal seperti 1995-05-31.")},
    )
    phone = forms.CharField(
        label=_("Nomor telepon"),
        help_text=_("Misalnya 0812-3456-7890. Dipakai hanya bila e-mail tidak sampai."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Isi nomor telepon Anda.")},
    )
    address = forms.CharField(
        label=_("Alamat tempat tinggal"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
        error_messages={"required": _("Isi alamat Anda.")},
    )

    def clean_nik(self) -> str:
        """Spaces, dots and dashes are ignored; 16 digits must be left."""
        nik = re.sub(r"[\s.\-]", "", self.cleaned_data["nik"])
        if not re.fullmatch(r"[0-9]{16}", nik):
            raise forms.ValidationError(_("NIK harus 16 angka."))
        return nik

    def clean_birth_date(self) -> date:
        return plausible(self.cleaned_data["birth_date"])

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s.\-()]", "", self.cleaned_data["phone"])
        phone = re.sub(r"^(\+?62)", "0", phone)
        if not re.fullmatch(r"0[0-9]{8,13}", phone):
            raise forms.ValidationError(_("Tulis nomor telepon yang diawali 0, misalnya 0812-3456-7890."))
        return phone


class EducationForm(forms.ModelForm):
    """The education that meets the formation's qualification."""

    class Meta:
        model = Answers
        fields = ["level", "program", "institution", "graduation_year", "ipk"]

    def __init__(self, *args, formation, **kwargs):
        super().__init__(*args, **kwargs)
        qualifications = formation.qualifications.all()
        levels = sorted({one.level for one in qualifications})
        programs = sorted({one.program for one in qualifications})
        self.fields["level"] = forms.ChoiceField(
            label=_("Jenjang pendidikan"), choices=[(one, one) for one in levels], initial=levels[0] if levels else None
        )
        self.fields["program"] = forms.ChoiceField(
            label=_("Program studi"),
            help_text=_("Hanya program studi yang diminta lowongan ini."),
            choices=[("", _("Pilih program studi"))] + [(one, one) for one in programs],
            error_messages={"required": _("Pilih program studi Anda.")},
        )
        self.fields["institution"].required = True
        self.fields["institution"].error_messages["required"] = _("Isi nama sekolah atau perguruan tinggi Anda.")
        self.fields["graduation_year"] = forms.IntegerField(
            label=_("Tahun lulus"),
            min_value=1960,
            max_value=date.today().year,
            error_messages={
                "required": _("Isi tahun lulus."),
                "max_value": _("Tahun lulus belum lewat. Periksa lagi."),
            },
        )
        self.fields["ipk"] = MarkField(
            label=_("IPK atau nilai rata-rata ijazah (skala 4)"),
            help_text=_("Misalnya 3,25."),
            min_value=0,
            max_value=4,
            decimal_places=2,
            required=formation.ipk_min is not None,
            error_messages={"max_value": _("IPK paling tinggi 4,00."), "required": _("Isi IPK Anda.")},
        )
        if self.instance.level and self.instance.level not in levels:
            self.initial["level"] = None


class AccommodationForm(forms.Form):
    """Help needed in the test; asked once, optional, never a reason to refuse."""

    accommodation = forms.CharField(
        label=_("Penyesuaian yang Anda butuhkan saat ujian"),
        help_text=_(
            "Misalnya pembaca layar, kursi roda, atau waktu tambahan. Kosongkan bila tidak perlu. "
            "Jawaban ini tidak memengaruhi penilaian."
        ),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class StatementForm(forms.Form):
    agree = forms.BooleanField(
        label=STATEMENT, error_messages={"required": _("Centang pernyataan ini untuk melanjutkan.")}
    )


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label=_("Alasan"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    sure = forms.BooleanField(
        label=_("Ya, saya membatalkan lamaran ini."), error_messages={"required": _("Centang bila Anda yakin.")}
    )


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=_("Pilih berkas"),
        error_messages={
            "required": _("Pilih berkas dahulu."),
            "empty": _("Berkas kosong. Pilih berkas lain."),
            "invalid": _("Pilih berkas dahulu."),
        },
    )


def eligibility_form(formation, requirements, data=None) -> forms.Form:
    """The questions of the dry run for one formation; nothing of the answers is kept."""
    questions: dict[str, forms.Field] = {}
    names = {one.check_name for one in requirements}
    if names & {"age_min", "age_max"}:
        questions["birth_date"] = forms.DateField(
            label=_("Tanggal lahir"),
            widget=DateInput(),
            required=False,
            validators=[plausible],
            error_messages={"invalid": _("Tulis tanggal seperti 1995-05-31.")},
        )
    levels = sorted({one.level for one in formation.qualifications.all()})
    programs = sorted({one.program for one in formation.qualifications.all()})
    other = ("-", _("Tidak ada dalam daftar"))
    questions["level"] = forms.ChoiceField(
        label=_("Jenjang pendidikan terakhir"),
        choices=[("", "–"), *[(one, one) for one in levels], other],
        required=False,
    )
    questions["program"] = forms.ChoiceField(
        label=_("Program studi"), choices=[("", "–"), *[(one, one) for one in programs], other], required=False
    )
    if formation.ipk_min is not None or "ipk_min" in names:
        questions["ipk"] = MarkField(label=_("IPK (skala 4)"), min_value=0, max_value=4, required=False)
    for one in requirements:
        if one.check_name == "yes":
            questions[f"yes_{one.pk}"] = forms.ChoiceField(
                label=one.text,
                choices=[("ya", _("Ya")), ("tidak", _("Tidak")), ("", _("Tidak tahu"))],
                widget=forms.RadioSelect,
                required=False,
            )
    return type("EligibilityForm", (forms.Form,), questions)(data)
