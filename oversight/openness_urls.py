"""Openness that is measured, under /keterbukaan."""

from django.urls import path

from oversight.views import openness, openness_reports

urlpatterns = [
    path("/", openness.openness, name="openness"),
    path(".csv", openness.openness_csv, name="openness_csv"),
    path(".json", openness.openness_json, name="openness_json"),
    path("/ukuran/<slug:name>/", openness.indicator_detail, name="indicator_detail"),
    path("/kelompok/", openness.pass_rates, name="pass_rates"),
    path("/laporan/", openness_reports.openness_report_list, name="openness_report_list"),
    path("/laporan/<slug:number>/", openness_reports.openness_report, name="openness_report"),
    path("/laporan/<slug:number>/komentar/", openness_reports.report_comment_new, name="report_comment_new"),
    path("/pemeriksaan/", openness.invariant_list, name="invariant_list"),
]
