"""App configuration."""

from django.apps import AppConfig


class AppealsConfig(AppConfig):
    """异议申辩."""

    name = "appeals"
    verbose_name = "异议申辩"
