"""The desks of a panel under /kelola/: the office's, each assessor's, and the appointing official's."""

from django.urls import path

from workforce.views import assessment, panel_desk

urlpatterns = [
    path("panitia/", panel_desk.panel_desk_list, name="panel_desk_list"),
    path("panitia/<int:pk>/", panel_desk.panel_desk, name="panel_desk"),
    path("panitia/banding/<int:stage>/<slug:component>/", panel_desk.panel_comparison, name="panel_comparison"),
    path("penilaian/", assessment.assessment_list, name="assessment_list"),
    path("penilaian/<int:pk>/pernyataan/", assessment.assessment_declaration, name="assessment_declaration"),
    path("penilaian/<int:pk>/<int:stage>/<slug:component>/", assessment.assessment_sheet, name="assessment_sheet"),
    path("pilihan/", panel_desk.choice_desk_list, name="choice_desk_list"),
    path("pilihan/<int:pk>/", panel_desk.choice_new, name="choice_new"),
]
