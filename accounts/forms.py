"""allauth's forms in the words of this portal: one word for one thing, no label twice."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

WORDS = {
    "login": _("Alamat e-mail"),
    "email": _("Alamat e-mail"),
    "oldpassword": _("Kata sandi sekarang"),
    "password": _("Kata sandi"),
    "password1": _("Kata sandi baru"),
    "password2": _("Ulangi kata sandi baru"),
    "code": _("Kode enam angka"),
}
HINTS = {"password1": _("Paling sedikit 12 huruf, angka, atau tanda. Kalimat pendek mudah diingat.")}


class OurWords:
    """Labels and hints from the tables above; no placeholder that repeats the label."""

    words = WORDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.words.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class Login(OurWords, account.LoginForm):
    pass


class Signup(OurWords, account.SignupForm):
    words = WORDS | {"password1": _("Kata sandi"), "password2": _("Ulangi kata sandi")}


class AddEmail(OurWords, account.AddEmailForm):
    pass


class ChangePassword(OurWords, account.ChangePasswordForm):
    pass


class SetPassword(OurWords, account.SetPasswordForm):
    pass


class ResetPassword(OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKey(OurWords, account.ResetPasswordKeyForm):
    pass


class Reauthenticate(OurWords, account.ReauthenticateForm):
    pass


class SecondFactor(OurWords, mfa.AuthenticateForm):
    words = WORDS | {"code": _("Kode enam angka atau kode cadangan")}


class SecondFactorAgain(OurWords, mfa.ReauthenticateForm):
    words = WORDS | {"code": _("Kode enam angka atau kode cadangan")}


class Enrol(OurWords, totp.ActivateTOTPForm):
    pass
