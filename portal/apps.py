from django.apps import AppConfig
from django.contrib.admin import apps


class PortalConfig(AppConfig):
    """The shell: settings, addresses, home page, what runs the rest."""

    name = "portal"
    verbose_name = "Portal"
    default = True

    def ready(self):
        from portal import checks  # noqa: F401 - registers them


class StaffAdminConfig(apps.AdminConfig):
    """The Django admin under /kelola/, with our site class as its default."""

    default_site = "accounts.staff_site.StaffSite"
    default = False
