"""Announcements and the timetable of a recruitment. The announcements themselves are files (portal/files.py)."""

from django.urls import path

from selection.views import announcements

urlpatterns = [
    path("pengumuman/", announcements.announcement_list, name="announcement_list"),
    path("pengumuman.atom", announcements.AnnouncementFeed(), name="announcement_feed"),
    path("seleksi/", announcements.recruitment_list, name="recruitment_list"),
    path("seleksi/<slug:slug>/", announcements.recruitment_detail, name="recruitment_detail"),
    path("lamaran/<str:ref>/penjelasan/<str:number>/", announcements.explanation, name="explanation_detail"),
]
