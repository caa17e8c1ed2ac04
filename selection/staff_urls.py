"""Staff pages of the selection under /kelola/; one module per desk."""

from django.urls import include, path

urlpatterns = [
    path("", include("selection.verification_urls")),
    path("", include("selection.score_urls")),
    path("", include("selection.stage_urls")),
    path("", include("selection.objection_desk_urls")),
    path("", include("selection.erasure_urls")),
    path("", include("selection.attestation_urls")),
    path("", include("selection.redaction_urls")),
    path("", include("selection.circular_urls")),
]
