"""Participation: what everybody sees and takes part in. Each part has its own table of contents."""

urlpatterns = []
