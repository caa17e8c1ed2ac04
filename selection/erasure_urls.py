"""The desk of personal data that has to go."""

from django.urls import path

from selection.views import erasures

urlpatterns = [
    path("penghapusan/", erasures.erasure_list, name="erasure_list"),
    path("penghapusan/<int:pk>/", erasures.erasure_approval, name="erasure_approval"),
]
