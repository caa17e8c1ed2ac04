"""The office's side of participation under /kelola/."""

from django.urls import include, path

urlpatterns = [
    path("", include("participation.event_desk_urls")),
    path("", include("participation.consultation_staff_urls")),
    path("", include("participation.case_desk_urls")),
]
