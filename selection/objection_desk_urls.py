"""The desk of those who decide objections."""

from django.urls import path

from selection.views import objection_desk, reopenings

urlpatterns = [
    path("sanggah/", objection_desk.objection_queue, name="objection_queue"),
    path("sanggah/dibuka-kembali/<int:pk>/", reopenings.reopening_detail, name="reopening_detail"),
    path(
        "sanggah/dibuka-kembali/<int:pk>/dokumen/<int:document>/",
        reopenings.reopening_document,
        name="reopening_document",
    ),
    path("sanggah/<int:pk>/", objection_desk.objection_case, name="objection_case"),
    path("sanggah/<int:pk>/orang-kedua/", objection_desk.objection_confirmation, name="objection_confirmation"),
    path("sanggah/<int:pk>/<slug:kind>/<int:file>/", objection_desk.objection_case_file, name="objection_case_file"),
]
