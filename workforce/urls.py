"""Workforce: who serves, how they learn and how they rise. Each part has its own table of contents."""

from django.urls import include, path

urlpatterns = [
    path("", include("workforce.appraisal_urls")),
    path("", include("workforce.directory_urls")),
    path("", include("workforce.panel_urls")),
    path("", include("workforce.training_urls")),
]
