"""Events under /acara/."""

from django.urls import path

from participation.views import coverage, event_room, events, questions

urlpatterns = [
    path("acara/", events.event_list, name="event_list"),
    path("acara.atom", events.EventFeed(), name="event_feed"),
    path("acara/semua.ics", events.event_calendar_all, name="event_calendar_all"),
    path("acara/cakupan/", coverage.event_coverage, name="event_coverage"),
    path("acara/cakupan.csv", coverage.event_coverage_csv, name="event_coverage_csv"),
    path("acara/saya/<str:token>/", event_room.event_room, name="event_room"),
    path("acara/tanya/<int:pk>/dukung/", questions.question_vote, name="question_vote"),
    path("acara/<slug:slug>/", events.event_detail, name="event_detail"),
    path("acara/<slug:slug>.ics", events.event_calendar, name="event_calendar"),
    path("acara/<slug:slug>/daftar/", events.event_registration_new, name="event_registration_new"),
    path("acara/<slug:slug>/dokumen/<int:pk>/", events.event_paper, name="event_paper"),
    path("acara/<slug:slug>/tanya/", questions.question_list, name="question_list"),
    path("acara/<slug:slug>/tanya/baru/", questions.question_new, name="question_new"),
]
