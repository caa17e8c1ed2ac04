from django.apps import AppConfig


class LibConfig(AppConfig):
    """Small modules that know none of our models; an app only for its template tags."""

    name = "lib"
