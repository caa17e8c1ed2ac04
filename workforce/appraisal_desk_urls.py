"""The office's side of appraisal under /kelola/."""

from django.urls import path

from workforce.views import appraisal_desk, feedback, talent

urlpatterns = [
    path("kinerja/", appraisal_desk.appraisal_desk_list, name="appraisal_desk_list"),
    path("kinerja/garis/", appraisal_desk.reporting_line_desk, name="reporting_line_desk"),
    path("kinerja/<int:year>/", appraisal_desk.appraisal_desk, name="appraisal_desk"),
    path("kinerja/<int:year>/umpan-balik/", feedback.feedback_desk, name="feedback_desk"),
    path("kinerja/<int:year>/talenta/", talent.talent_desk, name="talent_desk"),
]
