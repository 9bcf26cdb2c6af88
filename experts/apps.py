"""App configuration."""

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    """专家库."""

    name = "experts"
    verbose_name = "专家库"
