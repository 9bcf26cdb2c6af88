"""App configuration."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """办结案件."""

    name = "cases"
    verbose_name = "办结案件"
