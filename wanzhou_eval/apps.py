"""The ground floor as a Django app: people, calendar, audit."""

from django.apps import AppConfig

from wanzhou_eval.missing import name_the_remedy

name_the_remedy()  # here, because apps are loaded before any form is defined


class WanzhouEvalConfig(AppConfig):
    """People, registers of persons and firms, the working-day calendar and the audit trail."""

    name = "wanzhou_eval"
    verbose_name = "基础数据"

    def ready(self) -> None:
        """Register the checks of a production start."""
        from wanzhou_eval import checks  # noqa: F401, PLC0415  # models must be loaded first
