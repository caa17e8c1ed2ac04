"""The desk from which a stage is brought to its announcement."""

from django.urls import path

from selection.views import stage_desk

urlpatterns = [
    path("tahap/", stage_desk.stage_desk_list, name="stage_desk_list"),
    path("tahap/<int:pk>/", stage_desk.stage_desk, name="stage_desk"),
    path("tahap/<int:pk>/hasil/", stage_desk.stage_result, name="stage_result"),
    path("tahap/<int:pk>/persiapan/", stage_desk.stage_preparation, name="stage_preparation"),
    path("persiapan/<int:pk>/pengesahan/", stage_desk.preparation_approval, name="preparation_approval"),
    path("persiapan/<int:pk>/pratinjau/<path:name>", stage_desk.preparation_preview, name="preparation_preview"),
    path("perbedaan/<int:pk>/", stage_desk.difference_settlement, name="difference_settlement"),
]
