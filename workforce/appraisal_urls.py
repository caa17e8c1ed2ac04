"""Appraisal: what a person and a superior do. Public are the pools of talents alone."""

from django.urls import path

from workforce.views import appraisal_own, appraisal_team, feedback, talent

urlpatterns = [
    path("asn/saya/kinerja/", appraisal_own.my_appraisal_list, name="my_appraisal_list"),
    path("asn/saya/kinerja/<int:year>/", appraisal_own.my_appraisal, name="my_appraisal"),
    path("asn/saya/kinerja/<int:year>/bukti/", appraisal_own.my_evidence_new, name="my_evidence_new"),
    path("asn/saya/penilaian/<int:pk>/tanggapan/", appraisal_own.my_assessment_reply, name="my_assessment_reply"),
    path("asn/saya/tim/", appraisal_team.team_appraisal_list, name="team_appraisal_list"),
    path("asn/saya/tim/<int:pk>/", appraisal_team.team_appraisal, name="team_appraisal"),
    path("asn/saya/umpan-balik/", feedback.feedback_list, name="feedback_list"),
    path("asn/saya/umpan-balik/<int:pk>/", feedback.feedback_form, name="feedback_form"),
    path("asn/saya/umpan-balik/hasil/<int:year>/", feedback.feedback_result, name="feedback_result"),
    path("asn/saya/tim/umpan-balik/<int:year>/<slug:slug>/", feedback.team_feedback, name="team_feedback"),
    path("umpan-balik/", feedback.feedback_by_code, name="feedback_by_code"),
    path("asn/talenta/", talent.talent_pools, name="talent_pools"),
]
