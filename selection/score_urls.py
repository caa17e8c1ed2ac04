"""The desk of score files."""

from django.urls import path

from selection.views import scores

urlpatterns = [
    path("nilai/<int:stage>/", scores.score_batch_list, name="score_batch_list"),
    path("nilai/<int:stage>/unggah/", scores.score_upload, name="score_upload"),
    path("nilai/berkas/<int:pk>/", scores.score_batch, name="score_batch"),
]
