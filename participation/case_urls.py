"""Service feedback under /aduan/."""

from django.urls import path

from participation.views import cases

urlpatterns = [
    path("aduan/", cases.case_home, name="case_home"),
    path("aduan/tulis/", cases.case_new, name="case_new"),
    path("aduan/saya/", cases.case_mine, name="case_mine"),
    path("aduan/surat/<str:token>/", cases.case_letter, name="case_letter"),
    path("aduan/lewat-tenggat/", cases.case_overdue, name="case_overdue"),
    path("aduan/lewat-tenggat.atom", cases.OverdueFeed(), name="case_overdue_feed"),
    path("aduan/<str:number>/", cases.case_detail, name="case_detail"),
]
