"""Trainings under /pelatihan/. A training's own name comes last: it is none of the words above it."""

from django.urls import path

from workforce.views import certificates, courses, needs, training, training_own

urlpatterns = [
    path("pelatihan/", training.training_list, name="training_list"),
    path("pelatihan/saya/", training_own.my_trainings, name="my_trainings"),
    path("pelatihan/saya/<slug:number>/sertifikat.pdf", certificates.certificate_file, name="certificate_file"),
    path("pelatihan/saya/<slug:number>/evaluasi/", training_own.evaluation_new, name="evaluation_new"),
    path("pelatihan/saya/<slug:number>/terpakai/", training_own.use_answer, name="use_answer"),
    path("pelatihan/sertifikat/", certificates.certificate_check, name="certificate_check"),
    path("pelatihan/sertifikat/<slug:code>/", certificates.certificate_detail, name="certificate_detail"),
    path("pelatihan/kursus/", courses.course_list, name="course_list"),
    path("pelatihan/kursus/kemajuan/", courses.own_progress, name="course_progress"),
    path("pelatihan/kursus/<slug:course>/<slug:lesson>/", courses.lesson_detail, name="lesson_detail"),
    path("pelatihan/kursus/<slug:course>/<slug:lesson>/selesai/", courses.lesson_read, name="lesson_read"),
    path("pelatihan/usulan/", needs.need_list, name="need_list"),
    path("pelatihan/usulan/baru/", needs.need_new, name="need_new"),
    path("pelatihan/usulan/<int:pk>/dukung/", needs.need_support, name="need_support"),
    path("pelatihan/usulan/saya/<str:token>/", needs.need_room, name="need_room"),
    path("pelatihan/pemerataan/", training.training_equity, name="training_equity"),
    path("pelatihan/<slug:slug>/", training.training_detail, name="training_detail"),
    path("pelatihan/<slug:slug>/undian/", training.training_draw, name="training_draw"),
    path("pelatihan/<slug:slug>/daftar.txt", training.training_numbers, name="training_numbers"),
    path("pelatihan/<slug:slug>/ikut/", training_own.enrolment_new, name="enrolment_new"),
    path("pelatihan/<slug:slug>/mundur/", training_own.enrolment_withdrawal, name="enrolment_withdrawal"),
]
