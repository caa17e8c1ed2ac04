"""The two steps of whatever an officer enters for a person: the words, then the code that the person's letter tells."""

from allauth.core import ratelimit
from django import forms
from django.utils.translation import gettext_lazy as _

from publishing.actions.consenting import WrongCode


class CodeForm(forms.Form):
    """What the person reads out."""

    code = forms.CharField(
        label=_("Kode 6 angka dari surat orangnya"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Tulis kode dari surat orangnya.")},
    )


class Refused(Exception):
    """It cannot be entered, with the words for the officer."""


class Steps:
    """Where the officer stands with `words`, a form with an `email`.

    `ask(given)` sends the letter, `enter(given, code)` does what was agreed to; either may raise Refused, the second
    WrongCode. Afterwards `done` says that it is entered, `limited` that somebody asked too often, and `code` is the
    form of the second step once it is reached.
    """

    def __init__(self, request, words, *, ask, enter):
        self.words, self.code, self.done, self.limited = words, None, False, False
        if not words.is_valid():
            return
        try:
            self._step(request, ask, enter)
        except Refused as error:
            words.add_error(None, str(error))
            self.code = None

    def _step(self, request, ask, enter):
        given = self.words.cleaned_data
        key = given["email"].strip().lower()
        if request.POST.get("step") != "code":
            self.limited = not ratelimit.consume(request, action="helped", key=key)
            if not self.limited:
                ask(given)
                self.code = CodeForm()
            return
        self.code = CodeForm(request.POST)
        if not self.code.is_valid():
            return
        self.limited = not ratelimit.consume(request, action="helped_code", key=key)
        if self.limited:
            return
        try:
            enter(given, self.code.cleaned_data["code"])
        except WrongCode as error:
            self.code.add_error("code", error)
        else:
            self.done = True

    @property
    def form(self):
        """The form to fill in now."""
        return self.words if self.code is None else self.code

    @property
    def status(self) -> int:
        return 422 if self.form.errors else 200
