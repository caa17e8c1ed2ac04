"""Objections to announced results: numbers and precedents for everybody; `ref` is an application's, and every page asks who owns it."""

from django.urls import path

from selection.views import objection_public, objections

urlpatterns = [
    path("sanggah/", objection_public.objection_overview, name="objection_overview"),
    path("sanggah/putusan/", objection_public.objection_decision_list, name="objection_decision_list"),
    path("sanggah/putusan/<str:number>/", objection_public.objection_decision, name="objection_decision"),
    path(
        "sanggah/putusan/<str:number>/putusan.json",
        objection_public.objection_decision_file,
        name="objection_decision_file",
    ),
    path("sanggah/<str:ref>/", objections.objection_of, name="objection_of"),
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
