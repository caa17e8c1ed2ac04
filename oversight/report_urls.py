"""Citizen reports under /lapor/. No address holds a code; `untraced.py` knows these four and leads others to the start."""

from django.urls import path

from oversight.views import reports

urlpatterns = [
    path("", reports.report_start, name="report_start"),
    path("tulis/", reports.report_new, name="report_new"),
    path("pantau/", reports.report_thread, name="report_thread"),
    path("statistik/", reports.report_statistics, name="report_statistics"),
]
