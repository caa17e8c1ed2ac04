"""The table of contents of the portal. People see Indonesian paths."""

from django.contrib import admin
from django.urls import include, path

from portal.pages import health, sitemap

urlpatterns = [
    path("", include("portal.home_urls")),
    path("lowongan", include("vacancies.urls")),
    path("siaran", include("publishing.urls")),
    path("", include("selection.urls")),
    path("", include("participation.urls")),
    path("", include("exams.urls")),
    path("", include("workforce.urls")),
    path("", include("oversight.live_urls")),
    path("pengawasan/", include("oversight.urls")),
    path("keterbukaan", include("oversight.openness_urls")),
    path("lapor/", include("oversight.report_urls")),
    path("akun/", include("accounts.urls")),
    path("kelola/", include("portal.staff_urls")),
    path("kelola/", admin.site.urls),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap.sitemap_section, name="sitemap_section"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
