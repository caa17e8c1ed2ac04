from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    """The Django admin under /kelola/: for staff with a second factor only."""

    site_header = _("Jabatan Terbuka: ruang kerja petugas")
    site_title = _("Ruang kerja petugas")
    index_title = _("Meja kerja")
    enable_nav_sidebar = False

    def has_permission(self, request) -> bool:
        """Active staff; the middleware has already asked for the second factor."""
        return request.user.is_active and request.user.is_staff

    def login(self, request, extra_context=None):
        """There is one sign-in page, and it asks for the second factor; the admin's own would not."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.build_absolute_uri("/kelola/"))
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(self, request, extra_context=None):
        """A password changes on the account's own page, which asks to sign in again first."""
        return redirect("account_change_password")
