"""Consultations: a question of the office to everybody, /konsultasi/."""

from django.urls import path

from participation.views import consultations as views
from participation.views.consultation_feed import ConsultationFeed

urlpatterns = [
    path("konsultasi/", views.consultation_list, name="consultation_list"),
    path("konsultasi.atom", ConsultationFeed(), name="consultation_feed"),
    path("konsultasi/saya/<str:token>/", views.contribution_room, name="contribution_room"),
    path("konsultasi/dukung/<int:pk>/", views.contribution_support, name="contribution_support"),
    path("konsultasi/<slug:slug>/", views.consultation_detail, name="consultation_detail"),
    path("konsultasi/<slug:slug>/tulis/", views.contribution_new, name="contribution_new"),
    path("konsultasi/<slug:slug>/dokumen/<int:pk>/", views.consultation_document, name="consultation_document"),
]
