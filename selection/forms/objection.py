"""What a person says in an objection, page by page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.plain_words import PlainField
from selection.actions.objection import LONGEST
from selection.models import ObjectionItem


class PointForm(forms.Form):
    """Why one point is wrong."""

    ground = forms.ChoiceField(
        label=_("Apa yang keliru?"), widget=forms.RadioSelect, error_messages={"required": _("Pilih satu.")}
    )
    text = PlainField(
        label=_("Jelaskan"),
        help_text=_("Paling banyak 1.500 huruf. Tulis yang terjadi dan apa buktinya, dengan kata-kata Anda."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Jelaskan apa yang menurut Anda keliru."),
            "max_length": _("Penjelasan Anda %(show_value)s huruf. Ringkas menjadi paling banyak %(limit_value)s."),
        },
    )

    def __init__(self, *args, point, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(one, ObjectionItem.Ground(one).label) for one in point.grounds]


class DocumentsForm(forms.Form):
    """Documents handed in before that show that the result is wrong."""

    documents = forms.MultipleChoiceField(
        label=_("Dokumen yang Anda tunjuk sebagai bukti"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["documents"].choices = choices


class SendForm(forms.Form):
    understood = forms.BooleanField(
        label=_("Saya paham: sanggah hanya sekali, dan isinya tidak dapat diubah setelah dikirim."),
        error_messages={"required": _("Centang bila Anda paham, lalu kirim.")},
    )
