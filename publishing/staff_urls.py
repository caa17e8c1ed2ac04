"""The desk of what went over the outside channels, under /kelola/."""

from django.urls import path

from publishing.views import desk

urlpatterns = [
    path("siaran/", desk.post_list, name="post_list"),
    path("siaran/kiriman/<int:pk>/", desk.post_detail, name="post_detail"),
]
