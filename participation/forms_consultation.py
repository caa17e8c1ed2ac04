"""Forms of consultations: what people write, and what the office writes."""

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from participation.models import Cluster, Hiding, Promise
from publishing.forms_consent import of_somebody


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _when() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AddressForm(forms.Form):
    """Whose voice it is: an address that its owner confirms."""

    email = forms.EmailField(
        label=_("Alamat surel Anda"),
        max_length=254,
        help_text=_("Tidak ditampilkan. Kami mengirim tautan untuk membenarkan bahwa ini Anda."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Tulis alamat surel Anda."),
            "invalid": _("Tulis alamat seperti nama@contoh.id."),
        },
    )


class HelpedAddressForm(AddressForm):
    """The address of a person whom an officer helps."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        of_somebody(self.fields["email"]).help_text = _("Tidak ditampilkan.")


class ContributionForm(AddressForm):
    """Plain words; the name is what its owner wants others to see."""

    text = PlainField(
        label=_("Masukan Anda"),
        max_length=4000,
        widget=_area(6),
        help_text=_("Jangan tulis NIK, nomor telepon, atau alamat orang. Paling banyak 4.000 huruf."),
        error_messages={"required": _("Tulis masukan Anda.")},
    )
    name = PlainField(
        label=_("Nama yang tampil"),
        max_length=60,
        required=False,
        help_text=_("Boleh dikosongkan. Yang tampil: Warga."),
    )
    field_order = ["text", "name", "email"]


class AppealForm(forms.Form):
    text = PlainField(
        label=_("Mengapa masukan Anda harus tampil lagi?"),
        max_length=1000,
        widget=_area(4),
        error_messages={"required": _("Tulis keberatan Anda.")},
    )


class ConsultationForm(forms.Form):
    title = PlainField(label=_("Judul"), max_length=150)
    body = PlainField(
        label=_("Yang ditanyakan kepada warga"), widget=_area(8), max_length=20_000, help_text=_("Teks biasa.")
    )
    opens_at = forms.DateTimeField(label=_("Dibuka (tanggal dan jam)"), widget=_when())
    closes_at = forms.DateTimeField(label=_("Ditutup (tanggal dan jam)"), widget=_when())


class DocumentForm(forms.Form):
    title = PlainField(label=_("Nama dokumen"), max_length=120)
    file = forms.FileField(
        label=_("Berkas PDF"),
        help_text=_("Paling besar 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={"required": _("Pilih berkas PDF.")},
    )


class ClusterForm(forms.Form):
    """Which contributions say the same: in a group that is there, or in a new one."""

    cluster = forms.ModelChoiceField(
        label=_("Kelompok yang sudah ada"), queryset=Cluster.objects.none(), required=False, empty_label=_("–")
    )
    title = PlainField(label=_("atau pokok masukan baru"), max_length=150, required=False)

    def __init__(self, *args, consultation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cluster"].queryset = consultation.clusters.filter(answered_at=None)


class ResponseForm(forms.Form):
    response = PlainField(
        label=_("Tanggapan resmi"),
        max_length=8000,
        widget=_area(5),
        error_messages={"required": _("Tulis tanggapannya.")},
    )


class PromiseForm(forms.Form):
    text = PlainField(label=_("Yang akan dikerjakan"), max_length=300)
    due_on = forms.DateField(
        label=_("Paling lambat"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cluster = forms.ModelChoiceField(
        label=_("Untuk kelompok masukan"), queryset=Cluster.objects.none(), required=False, empty_label=_("Semua")
    )

    def __init__(self, *args, consultation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cluster"].queryset = consultation.clusters.all()


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Keadaan"), choices=[one for one in Promise.State.choices if one[0] != Promise.State.PROMISED]
    )
    proof = forms.CharField(
        label=_("Tautan bukti"), max_length=300, required=False, validators=[URLValidator(schemes=["http", "https"])]
    )
    reason = PlainField(label=_("Alasan (bila tidak jadi)"), max_length=300, required=False)


class HideForm(forms.Form):
    rule = forms.ChoiceField(label=_("Aturan yang dilanggar"), choices=Hiding.Rule)
    reason = PlainField(
        label=_("Alasan, terbaca semua orang"), max_length=300, error_messages={"required": _("Tulis alasannya.")}
    )


class DecideForm(forms.Form):
    restore = forms.TypedChoiceField(
        label=_("Putusan"),
        choices=[("1", _("Tampilkan lagi")), ("0", _("Tetap disembunyikan"))],
        coerce=lambda value: value == "1",
    )
    answer = PlainField(label=_("Alasan putusan"), max_length=300, error_messages={"required": _("Tulis alasannya.")})
