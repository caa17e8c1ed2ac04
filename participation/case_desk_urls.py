"""The desk of service feedback under /kelola/aduan/."""

from django.urls import path

from participation.views import case_desk, case_helped

urlpatterns = [
    path("aduan/", case_desk.case_queue, name="case_queue"),
    path("aduan/bantu/", case_helped.case_helped_new, name="case_helped_new"),
    path("aduan/<str:number>/", case_desk.case_work_page, name="case_work"),
    path("aduan/<str:number>/foto/<int:pk>/", case_desk.case_photo, name="case_photo"),
]
