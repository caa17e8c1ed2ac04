"""Forms of tests that count: the door, how a test is made, a note of a room officer, a faulty item."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.models import Component, Incident


class DoorForm(forms.Form):
    number = forms.CharField(label=_("Nomor peserta"), max_length=10, help_text=_("10 huruf dan angka di kartu ujian."))
    code = forms.CharField(label=_("Kode dari petugas ruang"), max_length=12, help_text=_("8 huruf dan angka."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

    def clean_number(self) -> str:
        return self.cleaned_data["number"].strip().upper()

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split()).upper()


def _when() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SealForm(forms.Form):
    begins_at = forms.DateTimeField(label=_("Mulai"), widget=_when())
    door_minutes = forms.IntegerField(
        label=_("Pintu ditutup, menit setelah mulai"), min_value=5, max_value=240, initial=30,
        help_text=_("Siapa datang setelah itu tidak dapat mulai."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Lama ujian, menit"), min_value=1, max_value=360, initial=90)
    seats_per_room = forms.IntegerField(label=_("Kursi setiap ruang"), min_value=1, max_value=500, initial=30)
    parts = forms.CharField(
        label=_("Bagian"), widget=_lines(4), max_length=4000,
        help_text=_("Satu per baris: komponen soal; pokok (boleh kosong); jumlah; nilai jawaban benar; komponen nilai tahap bila namanya lain. Misalnya teknis; ; 40; 5; makalah"),  # noqa: E501
    )  # fmt: skip
    extra = forms.CharField(
        label=_("Waktu tambahan"), widget=_lines(3), max_length=20_000, required=False,
        help_text=_("Satu per baris: nomor peserta; menit. Hanya untuk yang berhak."),
    )  # fmt: skip
    own_devices = forms.BooleanField(label=_("Peserta boleh masuk dengan akun, di perangkat sendiri"), required=False)

    def clean_parts(self) -> list[dict]:
        found = []
        for line in filter(str.strip, self.cleaned_data["parts"].splitlines()):
            cells = [cell.strip() for cell in line.split(";")]
            cells += [""] * (5 - len(cells))
            component, topic, count, worth, scores_as = cells[:5]
            good = component in Component.values and all(one.isdecimal() and len(one) < 4 for one in (count, worth))
            if not good or not 1 <= int(count) <= 200 or int(worth) < 1 or len(cells) > 5 or len(topic) > 40:
                raise forms.ValidationError(
                    _('Periksa baris "%(line)s". Komponen soal: %(known)s.')
                    % {"line": line[:60], "known": ", ".join(Component.values)}
                )
            found.append({"component": component, "topic": topic, "count": int(count), "worth": int(worth),
                          "scores_as": scores_as[:30]})  # fmt: skip
        return found

    def clean_extra(self) -> dict[str, int]:
        found = {}
        for line in filter(str.strip, self.cleaned_data["extra"].splitlines()):
            number, _sep, minutes = (cell.strip() for cell in line.partition(";"))
            if not minutes.isdecimal() or len(minutes) > 3 or not 1 <= int(minutes) <= 180 or number.upper() in found:
                raise forms.ValidationError(_('Periksa baris "%(line)s". Tulis nomor; menit.') % {"line": line[:60]})
            found[number.upper()] = int(minutes) * 60
        return found


class NoteForm(forms.Form):
    kind = forms.ChoiceField(label=_("Jenis"), choices=Incident.Kind)
    number = forms.CharField(
        label=_("Nomor peserta"), max_length=10, required=False, help_text=_("Kosong: seluruh ruang.")
    )
    words = forms.CharField(label=_("Catatan"), max_length=500, widget=_lines(2))

    def clean_number(self) -> str:
        return self.cleaned_data["number"].strip().upper()


class FaultyItemForm(forms.Form):
    code = forms.CharField(label=_("Kode soal"), max_length=40)
    reason = forms.CharField(
        label=_("Alasan"), max_length=500, widget=_lines(2),
        help_text=_("Masuk catatan publik. Jangan tulis isi soal atau nama orang."),
    )  # fmt: skip


class ResitForm(forms.Form):
    """For whom: the one whom the incident names; or these numbers; or everybody of a room who did not end the test."""

    incident = forms.ModelChoiceField(
        label=_("Kejadian"), queryset=Incident.objects.none(), empty_label=_("Pilih kejadian")
    )
    room = forms.ChoiceField(label=_("Semua peserta di ruang"), required=False)
    numbers = forms.CharField(
        label=_("Atau hanya peserta ini"), widget=_lines(3), max_length=4000, required=False,
        help_text=_("Satu nomor peserta per baris. Yang sudah mengakhiri ujian sendiri tidak mendapat ujian pengganti."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Alasan ujian pengganti"), max_length=500, widget=_lines(2),
        help_text=_("Masuk catatan publik. Jangan tulis nama orang."),
    )  # fmt: skip

    def __init__(self, test, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = test.incidents.filter(at__lte=test.closed_at or test.begins_at)
        self.fields["incident"].label_from_instance = lambda one: f"{one.get_kind_display()}: {one.words[:60]}"
        self.fields["room"].choices = [("", "–"), *((one, one) for one in test.session.rooms)]

    def clean_numbers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.cleaned_data["numbers"].upper().split()))

    def clean(self):
        given = super().clean()
        incident = given.get("incident")
        if incident and not incident.seat_id and not given.get("room") and not given.get("numbers"):
            self.add_error("room", _("Kejadian ini tidak menyebut peserta. Pilih ruang atau tulis nomor peserta."))
        return given


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan koreksi"), max_length=500, required=False,
        help_text=_("Wajib bila nilai ujian ini sudah pernah diserahkan."),
    )  # fmt: skip
