"""Participation: what everybody sees and takes part in. Each part has its own table of contents."""

from django.urls import include, path

urlpatterns = [
    path("", include("participation.event_urls")),
    path("", include("participation.consultation_urls")),
    path("", include("participation.case_urls")),
]
