"""What everybody sees of an open selection by a panel."""

from django.urls import path

from workforce.views import panel as views

urlpatterns = [
    path("seleksi/<slug:slug>/panitia/", views.panel_detail, name="panel_detail"),
]
