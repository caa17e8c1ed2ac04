"""Service feedback under /aduan/."""

from django.urls import path

from participation.views import case_writing, cases

urlpatterns = [
    path("aduan/", cases.case_home, name="case_home"),
    path("aduan/tulis/", case_writing.case_new, name="case_new"),
    path("aduan/saya/", case_writing.case_mine, name="case_mine"),
    path("aduan/surat/<str:token>/", case_writing.case_room, name="case_room"),
    path("aduan/surat/<str:token>/<str:number>/", case_writing.case_room_one, name="case_room_one"),
    path("aduan/daftar/", cases.case_list, name="case_list"),
    path("aduan/daftar.csv", cases.case_list_csv, name="case_list_csv"),
    path("aduan/tanggapan/", cases.case_table, name="case_table"),
    path("aduan/tanggapan.csv", cases.case_table_csv, name="case_table_csv"),
    path("aduan/lewat-tenggat/", cases.case_overdue, name="case_overdue"),
    path("aduan/lewat-tenggat.atom", cases.OverdueFeed(), name="case_overdue_feed"),
    path("aduan/<str:number>/", cases.case_detail, name="case_detail"),
    path("aduan/<str:number>/ikut/", case_writing.case_follow, name="case_follow"),
]
