"""The desk of rows that have to disappear from a published list."""

from django.urls import path

from selection.views import redactions

urlpatterns = [
    path("penyamaran/", redactions.redaction_list, name="redaction_list"),
    path("penyamaran/<int:pk>/", redactions.redaction_approval, name="redaction_approval"),
]
