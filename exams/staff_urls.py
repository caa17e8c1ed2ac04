"""The office's side of exams under /kelola/."""

from django.urls import path

from exams.views import bank, exam_desk, live_desk

urlpatterns = [
    path("nilai-langsung/", live_desk.live_desk_list, name="live_desk_list"),
    path("nilai-langsung/<slug:slug>/", live_desk.live_desk, name="live_desk"),
    path("soal/", bank.item_list, name="item_list"),
    path("soal/baru/", bank.item_new, name="item_new"),
    path("soal/impor/", bank.item_import_new, name="item_import_new"),
    path("soal/impor/<int:pk>/", bank.item_import_detail, name="item_import_detail"),
    path("soal/ekspor/", bank.item_export_list, name="item_export_list"),
    path("soal/ekspor/unduh/", bank.item_export, name="item_export"),
    path("soal/butir/<slug:code>/", bank.item_detail, name="item_detail"),
    path("soal/butir/<slug:code>/ubah/", bank.item_edit, name="item_edit"),
    path("ujian/", exam_desk.exam_desk_list, name="exam_desk_list"),
    path("ujian/<slug:slug>/", exam_desk.exam_desk, name="exam_desk"),
    path("ujian/<slug:slug>/segel/", exam_desk.exam_seal, name="exam_seal"),
    path("ujian/<slug:slug>/ruang/<int:room>/", exam_desk.exam_room, name="exam_room"),
]
