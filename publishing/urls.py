"""News for everybody under /siaran, and where it was told."""

from django.urls import path

from publishing.views import public

urlpatterns = [
    path("/", public.publication_list, name="publication_list"),
    path(".atom", public.PublicationFeed(), name="publication_feed"),
    path(".json", public.publication_list_json, name="publication_list_json"),
    path("/<int:pk>/", public.publication_detail, name="publication_detail"),
    path("/<int:pk>/suara.txt", public.publication_speech, name="publication_speech"),
    path("/<int:pk>/poster-<str:paper>.pdf", public.publication_poster, name="publication_poster"),
    path("/<int:pk>/papan/<int:notice>.jpg", public.publication_notice, name="publication_notice"),
]
