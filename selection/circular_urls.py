"""The desk of messages to many applicants."""

from django.urls import path

from selection.views import circulars

urlpatterns = [
    path("pesan/", circulars.circular_list, name="circular_list"),
    path("pesan/baru/<slug:slug>/", circulars.circular_new, name="circular_new"),
    path("pesan/<int:pk>/", circulars.circular_detail, name="circular_detail"),
    path("pesan/<int:pk>/ubah/", circulars.circular_edit, name="circular_edit"),
    path("pesan/<int:pk>/uji-coba/", circulars.circular_trial, name="circular_trial"),
    path("pesan/<int:pk>/buang/", circulars.circular_discard, name="circular_discard"),
    path("pesan/<int:pk>/pengesahan/", circulars.circular_approval, name="circular_approval"),
]
