from django.conf import settings
from django.urls import path

from portal.pages import home, record, verifier

urlpatterns = [
    path("", home.home, name="home"),
    path("bantuan/", home.page("bantuan"), name="help"),
    path("aksesibilitas/", home.page("aksesibilitas"), name="accessibility"),
    path(
        "privasi/",
        home.page(
            "privasi",
            retention_days=settings.RETENTION_DAYS,
            report_days=settings.REPORT_RETENTION_DAYS,
            practice_days=settings.PRACTICE_KEPT_DAYS,
            history_days=settings.PRACTICE_HISTORY_DAYS,
        ),
        name="privacy",
    ),
    path("verifikasi/", home.page("verifikasi"), name="verification"),
    path("verifikasi/jalankan-sendiri/", verifier.run_it_yourself, name="run_it_yourself"),
    path("data-terbuka/", home.page("data-terbuka"), name="open_data"),
    path("catatan/", record.record, name="record"),
]
