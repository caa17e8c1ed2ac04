"""The office's desk of trainings under /kelola/pelatihan/."""

from django.urls import path

from workforce.views import needs
from workforce.views import training_desk as desk

urlpatterns = [
    path("", desk.training_desk_list, name="training_desk_list"),
    path("baru/", desk.training_new, name="training_new"),
    path("usulan/", needs.need_desk, name="need_desk"),
    path("<int:pk>/", desk.training_desk, name="training_desk"),
    path("<int:pk>/ubah/", desk.training_edit, name="training_edit"),
    path("<int:pk>/terbit/", desk.training_publication, name="training_publication"),
    path("<int:pk>/batal/", desk.training_cancellation, name="training_cancellation"),
    path("<int:pk>/hadir/<int:session>/", desk.attendance, name="attendance"),
    path("<int:pk>/sertifikat/", desk.certification, name="certification"),
]
