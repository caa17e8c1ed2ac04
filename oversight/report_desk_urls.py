"""The team's desk for citizen reports under /pengawasan/ruang/laporan/."""

from django.urls import path

from oversight.views import report_desk as desk

urlpatterns = [
    path("", desk.report_list, name="report_list"),
    path("buka/", desk.report_unlock, name="report_unlock"),
    path("kunci/", desk.report_lock, name="report_lock"),
    path("kunci-tim/", desk.report_keys, name="report_keys"),
    path("kunci-tim/sandi/", desk.member_key_new, name="member_key_new"),
    path("kunci-tim/baru/", desk.team_key_new, name="team_key_new"),
    path("kunci-tim/<int:pk>/beri/", desk.team_key_give, name="team_key_give"),
    path("<uuid:pk>/", desk.report_detail, name="report_detail"),
    path("<uuid:pk>/jawab/", desk.report_reply, name="report_reply"),
    path("<uuid:pk>/temuan/", desk.report_finding, name="report_finding"),
    path("<uuid:pk>/gambar/<int:number>/<int:position>/", desk.report_image, name="report_image"),
]
