"""Sign-in and the account, under /akun/. allauth's views keep their names and get Indonesian paths."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from accounts import views

urlpatterns = [
    path("", views.home, name="account_home"),
    path("masuk/", account.login, name="account_login"),
    path("daftar/", account.signup, name="account_signup"),
    path("keluar/", views.logout, name="account_logout"),
    path("masuk-ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("nonaktif/", account.account_inactive, name="account_inactive"),
    path("email/", account.email, name="account_email"),
    path("email/periksa/", account.email_verification_sent, name="account_email_verification_sent"),
    path("email/konfirmasi/<str:key>/", account.confirm_email, name="account_confirm_email"),
    path("sandi/", account.password_change, name="account_change_password"),
    path("sandi/buat/", account.password_set, name="account_set_password"),
    path("sandi/lupa/", account.password_reset, name="account_reset_password"),
    path("sandi/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sandi/ganti/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",  # the key holds a hyphen of its own
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("sandi/ganti/selesai/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("kode-kedua/", mfa.index, name="mfa_index"),
    path("kode-kedua/masuk/", mfa.authenticate, name="mfa_authenticate"),
    path("kode-kedua/masuk-ulang/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("kode-kedua/pasang/", views.enrolment, name="mfa_activate_totp"),
    path("kode-kedua/lepas/", views.removal, name="mfa_deactivate_totp"),
    path("kode-cadangan/", views.reserve_codes, name="mfa_view_recovery_codes"),
    path("kode-cadangan/buat/", views.reserve_codes_new, name="mfa_generate_recovery_codes"),
    path("kode-cadangan/unduh/", views.reserve_codes_file, name="mfa_download_recovery_codes"),
    path("perangkat/", sessions.list_usersessions, name="usersessions_list"),
]
