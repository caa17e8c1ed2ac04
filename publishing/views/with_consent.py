"""The two steps of whatever an officer enters for a person: the words, then the code that the person's letter tells."""

from allauth.core import ratelimit
from django.utils.translation import gettext as _

from publishing.actions.consenting import WrongCode
from publishing.forms_consent import CodeForm


class Refused(Exception):
    """It cannot be entered, with the words for the officer."""


class Steps:
    """Where the officer stands with `words`, a form with an `email`.

    `ask(given)` sends the letter, `enter(given, code)` does what was agreed to; either may raise Refused, the second
    WrongCode. Afterwards `done` says that it is entered, and `code` is the form of the second step once it is reached.
    Who asked too often reads so in the form.
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
            if self._within(request, "helped", key):
                ask(given)
                self.code = CodeForm()
            return
        self.code = CodeForm(request.POST)
        if not self.code.is_valid() or not self._within(request, "helped_code", key):
            return
        try:
            enter(given, self.code.cleaned_data["code"])
        except WrongCode as error:
            self.code.add_error("code", error)
        else:
            self.done = True

    def _within(self, request, action: str, key: str) -> bool:
        self.limited = not ratelimit.consume(request, action=action, key=key)
        if self.limited:
            self.form.add_error(None, _("Terlalu sering dicoba. Coba lagi satu jam lagi."))
        return not self.limited

    @property
    def form(self):
        """The form to fill in now."""
        return self.words if self.code is None else self.code

    @property
    def status(self) -> int:
        return 429 if self.limited else 422 if self.form.errors else 200
