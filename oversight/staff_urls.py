"""The office's side of findings under /kelola/."""

from django.urls import path

from oversight.views import audit, office, rechecks

urlpatterns = [
    path("audit/", audit.office_audits, name="office_audits"),
    path("audit/<int:stage>/sidik/", audit.office_commitment, name="office_commitment"),
    path("audit/<int:pk>/rahasia/", audit.office_reveal, name="office_reveal"),
    path("temuan/", office.finding_answer_list, name="finding_answer_list"),
    path("temuan/<str:number>/", office.finding_answer, name="finding_answer"),
    path("temuan/<str:number>/kaji-ulang/", office.review_start, name="review_start"),
    path("temuan/<str:number>/periksa-ulang/", rechecks.recheck_new, name="recheck_new"),
    path("periksa-ulang/<int:pk>/", rechecks.recheck_detail, name="recheck_detail"),
    path("kaji-ulang/<int:pk>/", office.review_shadow, name="review_shadow"),
]
