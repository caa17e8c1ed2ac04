"""The desk of what went over the outside channels, under /kelola/."""

from django.urls import path

from publishing.views import desk

urlpatterns = [
    path("siaran/", desk.post_list, name="post_list"),
    path("siaran/kiriman/<int:pk>/", desk.post_detail, name="post_detail"),
    path("siaran/papan/", desk.notice_list, name="notice_list"),
    path("siaran/papan/<int:pk>/", desk.notice_new, name="notice_new"),
]
