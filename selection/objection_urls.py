"""Objections to announced results; `ref` is an application's, and every page asks who owns it."""

from django.urls import path

from selection.views import objections

urlpatterns = [
    path("sanggah/<str:ref>/<slug:stage>/", objections.objection_detail, name="objection_detail"),
    path("sanggah/<str:ref>/<slug:stage>/butir/<slug:key>/", objections.objection_point, name="objection_point"),
    path("sanggah/<str:ref>/<slug:stage>/bukti/", objections.objection_files, name="objection_files"),
    path("sanggah/<str:ref>/<slug:stage>/bukti/unggah/", objections.objection_upload, name="objection_upload"),
    path("sanggah/<str:ref>/<slug:stage>/bukti/<int:pk>/hapus/", objections.objection_detach, name="objection_detach"),
    path(
        "sanggah/<str:ref>/<slug:stage>/bukti/<int:pk>/", objections.objection_attachment, name="objection_attachment"
    ),
    path("sanggah/<str:ref>/<slug:stage>/periksa/", objections.objection_check, name="objection_check"),
]
