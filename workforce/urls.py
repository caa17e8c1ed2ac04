"""Workforce: who serves, how they learn and how they rise."""

urlpatterns = []
