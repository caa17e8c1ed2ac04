from django.contrib.admin import AdminSite
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
