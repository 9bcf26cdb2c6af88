"""App configuration."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    """年度评估."""

    name = "evaluations"
    verbose_name = "年度评估"
