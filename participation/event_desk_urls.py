"""The office's side of events under /kelola/acara/."""

from django.urls import path

from participation.views import event_desk, question_desk, support_helped

urlpatterns = [
    path("acara/", event_desk.event_desk_list, name="event_desk_list"),
    path("acara/baru/", event_desk.event_new, name="event_new"),
    path("acara/<int:pk>/", event_desk.event_desk, name="event_desk"),
    path("acara/<int:pk>/ubah/", event_desk.event_edit, name="event_edit"),
    path("acara/<int:pk>/terbit/", event_desk.event_publication, name="event_publication"),
    path("acara/<int:pk>/jadwal/", event_desk.event_move, name="event_move"),
    path("acara/<int:pk>/batal/", event_desk.event_cancellation, name="event_cancellation"),
    path("acara/<int:pk>/kehadiran/", event_desk.event_count, name="event_count"),
    path("acara/<int:pk>/dokumen/", event_desk.event_paper_new, name="event_paper_new"),
    path("acara/<int:pk>/bantu/", event_desk.event_helped_new, name="event_helped_new"),
    path("acara/<int:pk>/bantu/<int:registration>/", event_desk.event_helped_code, name="event_helped_code"),
    path("acara/<int:pk>/tanya/", question_desk.question_desk, name="question_desk"),
    path("acara/tanya/<int:pk>/jawab/", question_desk.question_answer, name="question_answer"),
    path("acara/<int:pk>/dukungan/", support_helped.question_helped_list, name="question_helped_list"),
    path("acara/tanya/<int:pk>/dukungan/", support_helped.question_vote_helped, name="question_vote_helped"),
    path("acara/<int:pk>/bantu-tanya/", question_desk.question_helped_new, name="question_helped_new"),
    path("acara/<int:pk>/bantu-tanya/<int:question>/", question_desk.question_helped_code, name="question_helped_code"),
]
