"""The desks of what went over the outside channels, and of letters to many, under /kelola/."""

from django.urls import path

from publishing.views import desk, mailings

urlpatterns = [
    path("siaran/", desk.post_list, name="post_list"),
    path("siaran/kiriman/<int:pk>/", desk.post_detail, name="post_detail"),
    path("surat-massal/", mailings.mailing_list, name="mailing_list"),
    path("surat-massal/<int:pk>/", mailings.mailing_detail, name="mailing_detail"),
    path("siaran/papan/", desk.notice_list, name="notice_list"),
    path("siaran/papan/<int:pk>/", desk.notice_new, name="notice_new"),
]
