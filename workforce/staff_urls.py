"""The office's side of workforce under /kelola/."""

from django.urls import include, path

urlpatterns = [
    path("pegawai/", include("workforce.directory_desk_urls")),
    path("", include("workforce.panel_desk_urls")),
    path("pelatihan/", include("workforce.training_desk_urls")),
    path("", include("workforce.appraisal_desk_urls")),
]
