"""Forms for people who want to hear of vacancies without an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.forms_consent import of_somebody
from vacancies.models import SavedSearch


class AlertForm(forms.Form):
    """Where to write, and how often."""

    email = forms.EmailField(
        label=_("Alamat surel Anda"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Tulis alamat surel Anda."),
            "invalid": _("Tulis alamat seperti nama@contoh.id."),
        },
    )
    cadence = forms.ChoiceField(
        label=_("Seberapa sering"),
        choices=SavedSearch.Cadence,
        initial=SavedSearch.Cadence.DAILY,
        widget=forms.RadioSelect,
    )


class HelpedAlertForm(AlertForm):
    """The same, written by an officer for somebody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        of_somebody(self.fields["email"])
