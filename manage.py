#!/usr/bin/env python3
"""The command line; starts the embedded PostgreSQL for as long as a command needs it."""

import os
import signal
import sys
from contextlib import nullcontext
from types import FrameType

WITHOUT_DATABASE = {"help", "--help", "-h", "version", "--version", "collectstatic"}


def main() -> None:
    """Run one management command, with the database where the command may need it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanzhou_eval.settings")
    try:
        from django.conf import settings  # noqa: PLC0415  # django may be missing
        from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
        from django.core.management import execute_from_command_line  # noqa: PLC0415
    except ImportError:
        sys.exit("还没有安装依赖。请先运行 make install，再用 .venv/bin/python manage.py ……")
    from wanzhou_eval import embedded  # noqa: PLC0415  # needs what django brings

    signal.signal(signal.SIGTERM, _leave)
    try:
        idle = set(sys.argv[1:2]) <= WITHOUT_DATABASE or not settings.EMBEDDED
        cluster = embedded.TEST if not idle and settings.TESTING else embedded.MAIN
        with nullcontext() if idle else embedded.in_use(cluster):
            execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, embedded.EmbeddedError) as error:
        sys.exit(str(error))


def _leave(number: int, _frame: FrameType | None) -> None:
    """Leave in order when asked to end, so that the database is not left behind."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
