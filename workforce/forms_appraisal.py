"""Forms of the appraisal: the plan, its evidence, an assessment, and what the office notes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vacancies.models import Agency
from workforce.models import Employee, Period, Value
from workforce.predicate import Mark, UnitPredicate

SLOTS = 5  # work results that fit on the page
# What a beginner may start from; everybody writes their own.
EXAMPLES = {
    Value.SERVICE: _("Melayani dengan ramah, jelas, dan tepat waktu."),
    Value.ACCOUNTABLE: _("Mengerjakan tugas dengan jujur dan mencatat yang dikerjakan."),
    Value.COMPETENT: _("Belajar satu keterampilan baru dan membagikannya."),
    Value.HARMONIOUS: _("Menghargai setiap orang dan membantu rekan."),
    Value.LOYAL: _("Menjaga rahasia jabatan dan nama baik instansi."),
    Value.ADAPTIVE: _("Mencoba cara baru bila cara lama lambat."),
    Value.COLLABORATIVE: _("Bekerja sama dengan unit lain sampai urusan warga selesai."),
}
LONG = forms.Textarea(attrs={"rows": 3})


class PlanForm(forms.Form):
    """Up to SLOTS work results with measure and target, and a sentence for each core value."""

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(1, SLOTS + 1):
            kept = plan.results[n - 1] if n <= len(plan.results) else {}
            for name, label in (
                ("result", _("Hasil kerja %(n)s")),
                ("indicator", _("Ukuran hasil kerja %(n)s")),
                ("target", _("Target hasil kerja %(n)s")),
            ):
                self.fields[f"{name}{n}"] = forms.CharField(
                    label=label % {"n": n}, max_length=300, required=False, initial=kept.get(name, "")
                )
        for value in Value:
            self.fields[value.value] = forms.CharField(
                label=_("Perilaku: %(value)s") % {"value": value.label},
                max_length=300,
                required=False,
                initial=plan.behaviour.get(value.value, "" if plan.behaviour else EXAMPLES[value]),
            )

    def clean(self):
        """A work result without measure or target says nothing: each row is whole or empty."""
        given = super().clean()
        for n in range(1, SLOTS + 1):
            row = [given.get(f"{name}{n}", "").strip() for name in ("result", "indicator", "target")]
            if any(row) and not all(row):
                for name, cell in zip(("result", "indicator", "target"), row, strict=True):
                    if not cell:
                        self.add_error(f"{name}{n}", _("Isi ketiga kolom hasil kerja %(n)s.") % {"n": n})
        return given

    @property
    def results(self) -> list[dict]:
        rows = [
            {name: self.cleaned_data[f"{name}{n}"].strip() for name in ("result", "indicator", "target")}
            for n in range(1, SLOTS + 1)
        ]
        return [row for row in rows if row["result"]]

    @property
    def behaviour(self) -> dict[str, str]:
        return {value.value: text for value in Value if (text := self.cleaned_data[value.value].strip())}


class EvidenceForm(forms.Form):
    text = forms.CharField(
        label=_("Apa yang tercapai?"),
        max_length=1000,
        widget=LONG,
        help_text=_("Jangan tulis data warga."),
        error_messages={"required": _("Tulis apa yang tercapai.")},
    )
    link = forms.URLField(
        label=_("Alamat bukti"), max_length=300, required=False, assume_scheme="https",
        help_text=_("Boleh kosong. Misalnya https://kota-contoh.example/laporan"),
    )  # fmt: skip


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Catatan untuk pegawai"), max_length=1000, required=False, widget=LONG,
        help_text=_("Wajib bila rencana dikembalikan."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_back_%s", **kwargs)  # the assessment beside it has a note too


class AssessmentForm(forms.Form):
    period = forms.ChoiceField(label=_("Masa yang dinilai"), choices=Period)
    result = forms.ChoiceField(
        label=_("Hasil kerja"), choices=Mark, widget=forms.RadioSelect, error_messages={"required": _("Pilih satu.")}
    )
    behaviour = forms.ChoiceField(
        label=_("Perilaku kerja"), choices=Mark, widget=forms.RadioSelect, error_messages={"required": _("Pilih satu.")}
    )
    note = forms.CharField(
        label=_("Umpan balik untuk pegawai"), max_length=2000, widget=LONG,
        help_text=_("Apa yang baik, apa yang perlu diperbaiki, dan contohnya."),
        error_messages={"required": _("Tulis umpan balik.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Alasan perubahan"), max_length=500, required=False,
        help_text=_("Wajib bila masa ini sudah pernah dinilai. Versi lama tetap terbaca."),
    )  # fmt: skip


class AssessmentReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Tanggapan Anda"), max_length=2000, widget=LONG, error_messages={"required": _("Tulis tanggapan Anda.")}
    )


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Tahun"), min_value=2020, max_value=2100)


class LineForm(forms.Form):
    """Who answers to whom, by the code of the profile: names repeat."""

    employee = forms.ModelChoiceField(
        label=_("Kode profil pegawai"), queryset=Employee.objects.serving(), to_field_name="slug",
        widget=forms.TextInput, error_messages={"invalid_choice": _("Tidak ada pegawai dengan kode ini.")},
    )  # fmt: skip
    superior = forms.ModelChoiceField(
        label=_("Kode profil atasan"), queryset=Employee.objects.serving(), to_field_name="slug",
        widget=forms.TextInput, error_messages={"invalid_choice": _("Tidak ada pegawai dengan kode ini.")},
        help_text=_("Kode profil adalah bagian akhir alamat profil di direktori."),
    )  # fmt: skip
    basis = forms.CharField(label=_("Dasar"), max_length=200, help_text=_("Nomor keputusan atau surat tugas."))


class UnitRatingForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Agency.objects.order_by("name"))
    predicate = forms.ChoiceField(label=_("Predikat unit"), choices=UnitPredicate)
    ground = forms.CharField(label=_("Dasar"), max_length=200)


class CalibrationForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Agency.objects.order_by("name"))
    text = forms.CharField(
        label=_("Catatan kalibrasi"), max_length=2000, widget=LONG,
        help_text=_("Semua pegawai unit itu membacanya. Jangan sebut nama."),
    )  # fmt: skip
