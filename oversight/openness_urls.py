"""Openness that is measured, under /keterbukaan."""

from django.urls import path

from oversight.views import openness

urlpatterns = [
    path("/pemeriksaan/", openness.invariant_list, name="invariant_list"),
]
