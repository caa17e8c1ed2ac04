from django.conf import settings
from django.urls import path

from portal.pages import home, record

urlpatterns = [
    path("", home.home, name="home"),
    path("bantuan/", home.page("bantuan"), name="help"),
    path("aksesibilitas/", home.page("aksesibilitas"), name="accessibility"),
    path("privasi/", home.page("privasi", retention_days=settings.RETENTION_DAYS), name="privacy"),
    path("verifikasi/", home.page("verifikasi"), name="verification"),
    path("data-terbuka/", home.page("data-terbuka"), name="open_data"),
    path("catatan/", record.record, name="record"),
]
