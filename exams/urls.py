"""Exams: practice for everybody, and tests that count."""

from django.urls import path

from exams.views import exam, history, live, live_machine, live_slip, offline, practice

urlpatterns = [
    path("skor/", live.live_score_list, name="live_score_list"),
    path("skor/<slug:slug>/", live.live_scores, name="live_scores"),
    path("skor/<slug:slug>/selisih/", live.live_differences, name="live_differences"),
    path("skor/<slug:slug>.csv", live.live_scores_csv, name="live_scores_csv"),
    path("lamaran/<str:ref>/nilai-layar/", live_slip.live_slip, name="live_slip"),
    path("lamaran/<str:ref>/nilai-layar/<int:pk>.json", live_slip.live_slip_file, name="live_slip_file"),
    path("lamaran/<str:ref>/nilai-layar/<int:pk>.svg", live_slip.live_slip_qr, name="live_slip_qr"),
    path("api/v1/skor/<slug:slug>/", live_machine.live_feed_delivery, name="live_feed_delivery"),
    path("latihan-cat/", practice.practice_home, name="practice_home"),
    path("latihan-cat/mulai/<slug:slug>/", practice.practice_start, name="practice_start"),
    path("latihan-cat/lanjut/", practice.practice_current, name="practice_current"),
    path("latihan-cat/soal/<int:n>/", practice.practice_question, name="practice_question"),
    path("latihan-cat/soal/<int:n>/gambar/", practice.practice_image, name="practice_image"),
    path("latihan-cat/soal.json", practice.practice_questions, name="practice_questions"),
    path("latihan-cat/keadaan.json", practice.practice_state, name="practice_state"),
    path("latihan-cat/selesai/", practice.practice_finish, name="practice_finish"),
    path("latihan-cat/hasil/", practice.practice_result, name="practice_result"),
    path("latihan-cat/bersih/", practice.practice_leave, name="practice_leave"),
    path("latihan-cat/luring.js", offline.offline_script, name="practice_offline"),
    path("latihan-cat/riwayat/", history.practice_history, name="practice_history"),
    path("latihan-cat/riwayat/<int:pk>/", history.practice_past, name="practice_past"),
    path("latihan-cat/statistik/", history.practice_statistics, name="practice_statistics"),
    path("latihan-cat/statistik.csv", history.practice_statistics_csv, name="practice_statistics_csv"),
    path("ujian/", exam.exam_door, name="exam_door"),
    path("ujian/masuk/<int:pk>/", exam.exam_enter, name="exam_enter"),
    path("ujian/kartu/<int:pk>.pdf", exam.exam_card_pdf, name="exam_card"),
    path("ujian/mulai/", exam.exam_start, name="exam_start"),
    path("ujian/soal/<int:n>/", exam.exam_question, name="exam_question"),
    path("ujian/soal/<int:n>/gambar/", exam.exam_image, name="exam_image"),
    path("ujian/soal.json", exam.exam_questions, name="exam_questions"),
    path("ujian/keadaan.json", exam.exam_state, name="exam_state"),
    path("ujian/selesai/", exam.exam_finish, name="exam_finish"),
    path("ujian/hasil/", exam.exam_result, name="exam_result"),
    path("ujian/bersih/", exam.exam_leave, name="exam_leave"),
    path("ujian/luring.js", offline.offline_script, name="exam_offline"),
]
