"""Exams: practice for everybody, and tests that count."""

urlpatterns = []
