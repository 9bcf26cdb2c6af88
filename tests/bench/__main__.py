"""`make bench [ONLY=import]`: one line per row, a table in Markdown at the end."""

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import django

from tests.bench.database import bench_database

LONG = {
    "many": "rules.draw_many",
    "load": "load.autosaves",
    "import-large": "large.import_large",
    "export-large": "exports.export_large",
    "report": "results.report",
    "publish": "results.publish",
}
"""Measured only when asked for by name: minutes and gigabytes."""
ROWS = {
    "start": "whole.start",
    "story": "whole.story",
    "import": "population.import_ledger",
    "export": "exports.export_list",
    "draw": "rules.draw",
    "verify": "rules.verify",
    "match": "rules.match",
    "pages": "pages.read_pages",
    "home": "pages.home_p95",
    "score": "pages.score_page",
    "save": "pages.save_one",
    "seal": "pages.seal",
    "settle": "settling.settle",
    "documents": "documents.pack",
}
HEAD = ("项目", "用量", "底线", "倍数", "目标", "结论", "说明")


def main() -> int:
    """Measure what was asked for; exit code 0 even where a goal is missed: it is no test."""
    wanted = os.environ.get("ONLY", "").replace(",", " ").split() or list(ROWS)
    known = ROWS | LONG
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"没有{'、'.join(unknown)}。可选：{' '.join(known)}")
        return 2
    lines = []
    with bench_database():
        prepare()
        for name in wanted:
            for found in part(known[name])():
                print("  ".join(found.cells), flush=True)
                lines.append(found.cells)
    print("\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in (HEAD, ("---",) * 7, *lines)))
    return 0


def prepare() -> None:
    """Tables, and the rehearsal year half way through the marking."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wanzhou_eval.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from tests.bench.floors import create_tables

    settings.ROOT_URLCONF = "tests.bench.floors"
    call_command("set_up", verbosity=0, stdout=StringIO())
    create_tables("owner")
    call_command("demo", stage="marking", stdout=StringIO())


def part(name: str) -> Callable[[], Iterator[Any]]:
    """The function that yields the rows of a part."""
    module, _, function = name.partition(".")
    return getattr(import_module(f"tests.bench.{module}"), function)  # type: ignore[no-any-return]


if __name__ == "__main__":
    sys.exit(main())
