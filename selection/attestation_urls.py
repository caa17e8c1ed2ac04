"""Officially signed documents, handed in and decided by staff."""

from django.urls import path

from selection.views import attestations

urlpatterns = [
    path("pengumuman/<int:pk>/resmi/", attestations.attestation_new, name="attestation_new"),
    path("resmi/<int:pk>/", attestations.attestation_detail, name="attestation_detail"),
    path("resmi/<int:pk>/berkas.pdf", attestations.attestation_file, name="attestation_file"),
]
