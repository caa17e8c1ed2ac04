"""The watch room: a page and the same as open data."""

from django.urls import path

from oversight.views import live

urlpatterns = [
    path("pantau/", live.live_watch, name="live_watch"),
    path("pantau.json", live.live_watch_json, name="live_watch_json"),
]
