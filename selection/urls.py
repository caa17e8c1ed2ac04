"""Public and applicants' addresses of the selection; one module per audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("selection.applicant_urls")),
    path("", include("selection.announcement_urls")),
    path("", include("selection.objection_urls")),
]
