"""Run a management command as a script does: exit code and output."""

from io import StringIO
from typing import Any

from django.core.management import call_command


def run(name: str, *args: object, **options: Any) -> tuple[int, str]:
    """The exit code and what was written."""
    out, code = StringIO(), 0
    try:
        call_command(name, *args, stdout=out, **options)
    except SystemExit as end:
        code = int(str(end.code))
    return code, out.getvalue()
