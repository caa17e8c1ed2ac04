"""Openness that is measured, under /keterbukaan."""

from django.urls import path

from oversight.views import openness

urlpatterns = [
    path("/", openness.openness, name="openness"),
    path(".csv", openness.openness_csv, name="openness_csv"),
    path("/ukuran/<slug:name>/", openness.indicator_detail, name="indicator_detail"),
    path("/kelompok/", openness.pass_rates, name="pass_rates"),
    path("/pemeriksaan/", openness.invariant_list, name="invariant_list"),
]
