"""Forms of the item bank: an item as it is written, a file of items, words to its author."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exams import content, item_rows, pictures
from exams.models import Component
from exams.scoring import Kind

KINDS = [
    (Kind.SINGLE, _("Satu jawaban benar")), (Kind.WEIGHTED, _("Setiap pilihan bernilai 1 sampai 5")),
    (Kind.SEVERAL, _("Beberapa jawaban benar")), (Kind.SHORT, _("Isian singkat")),
]  # fmt: skip
# The words of `item_rows` by column → the field of the form.
PLACES = {"kode": "code", "komponen": "component", "pokok": "topic", "jenis": "kind", "soal": "stem", "a–e": "a",
          "kunci": "right", "pembahasan": "explanation", "gambar": "image", "nilai": "points_a"}  # fmt: skip


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ItemForm(forms.Form):
    """An item with five options, or as many as it has already. What is asked, and which is right, is checked as in a file."""

    code = forms.CharField(
        label=_("Kode"), max_length=40, help_text=_("Huruf kecil, angka, tanda hubung. Tidak berubah lagi.")
    )
    component = forms.ChoiceField(label=_("Komponen"), choices=Component)
    topic = forms.CharField(label=_("Pokok"), max_length=40, help_text=_("Misalnya uud-1945."))
    free = forms.ChoiceField(
        label=_("Dipakai untuk"),
        choices=[("", _("Ujian yang menentukan (rahasia)")), ("1", _("Latihan bebas (dibaca semua orang)"))],
        required=False,
    )
    kind = forms.ChoiceField(label=_("Jenis"), choices=KINDS)
    stem = forms.CharField(label=_("Pertanyaan"), widget=_area(4), max_length=3000)
    image = forms.FileField(
        label=_("Gambar"), required=False, help_text=_("PNG, JPEG, atau WebP, paling besar 150 KB.")
    )
    image_alt = forms.CharField(
        label=_("Isi gambar dengan kata-kata"), required=False, max_length=300,
        help_text=_("Dibacakan untuk orang yang tidak melihat gambar."),
    )  # fmt: skip
    right = forms.CharField(
        label=_("Kunci"), required=False, max_length=1000,
        help_text=_("Huruf pilihan yang benar: b, atau a,c. Isian singkat: jawaban yang diterima, dipisah tanda |."),
    )  # fmt: skip
    explanation = forms.CharField(label=_("Pembahasan"), widget=_area(3), max_length=4000)

    def __init__(self, *args, before=None, **kwargs):
        """`before`: the version that another one is written after. It keeps its picture unless one is given or it is dropped."""
        super().__init__(*args, **kwargs)
        self.before = before
        self.item = before and before.item
        old = before.content if before else {}
        self.picture = old.get("image")
        self.options = content.KEYS[: max(len(item_rows.OPTIONS), len(old.get("options", [])))]
        for key in self.options:
            self.fields[key] = forms.CharField(
                label=_("Pilihan %(key)s") % {"key": key}, required=False, widget=_area(2), max_length=1000
            )
            self.fields[f"points_{key}"] = forms.ChoiceField(
                label=_("Nilai pilihan %(key)s") % {"key": key}, required=False,
                choices=[("", "–"), *((str(n), str(n)) for n in range(1, 6))],
            )  # fmt: skip
        if self.picture:
            self.fields["image_gone"] = forms.BooleanField(label=_("Versi ini tanpa gambar"), required=False)
            self.fields["image"].help_text = _("Kosong: gambar versi sebelumnya tetap dipakai.")
        options = [name for key in self.options for name in (key, f"points_{key}")]
        shown = ["code", "component", "topic", "free", "kind", "stem", "image", "image_alt", "image_gone"]
        self.order_fields([*shown, *options])
        if before:
            for name in ("code", "component", "topic", "free"):
                del self.fields[name]

    def clean_image(self):
        """The picture drawn anew: nothing that a camera or a program wrote beside it stays."""
        given = self.cleaned_data["image"]
        if not given:
            return None
        try:
            return pictures.remade(given.read(5 * content.IMAGE_BYTES + 1))
        except pictures.Unfit as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self):
        """The item in `self.read` (code, component, topic, content), or what is wrong at its field."""
        given = super().clean()
        if self.errors:
            return given
        row = {
            "kode": self.item.code if self.item else given["code"],
            "komponen": self.item.component if self.item else given["component"],
            "pokok": self.item.topic if self.item else given["topic"],
            "jenis": given["kind"], "soal": given["stem"], "kunci": given["right"], "pembahasan": given["explanation"],
        }  # fmt: skip
        for key in self.options:
            row |= {key: given[key], f"nilai_{key}": given[f"points_{key}"]}
        self.read, wrong = item_rows.read(row)
        if image := given.get("image") or (None if given.get("image_gone") else self.picture):
            self.read["content"]["image"] = image | {"alt": given["image_alt"]}
            wrong += [("gambar", words) for field, words in content.problems(self.read["content"]) if field == "image"]
        for column, words in wrong:
            self.add_error(PLACES.get(column, column.replace("nilai_", "points_")), words)
        return given


def initial_of(version) -> dict:
    """The form's values for another version of an item."""
    body = version.content
    row = item_rows.write(version.item.code, version.item.component, version.item.topic, body)
    made = {"kind": body["kind"], "stem": body["stem"], "right": row["kunci"], "explanation": body["explanation"]}
    for key in content.KEYS:
        made |= {key: row.get(key, ""), f"points_{key}": row.get(f"nilai_{key}", "")}
    return made | {"image_alt": (body.get("image") or {}).get("alt", "")}


class ItemFileForm(forms.Form):
    """A file of items. What it is for, and what a QTI package does not say."""

    file = forms.FileField(label=_("Berkas CSV, XLSX, atau paket QTI (zip)"))
    free = ItemForm.base_fields["free"]
    component = forms.ChoiceField(
        label=_("Komponen, untuk paket QTI"), choices=[("", "–"), *Component.choices], required=False
    )
    topic = forms.RegexField(
        item_rows.TOPIC, label=_("Pokok, untuk paket QTI"), max_length=40, required=False,
        error_messages={"invalid": _("Tulis pokok dari huruf kecil, angka, dan tanda hubung.")},
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=_area(2))
