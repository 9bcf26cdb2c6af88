"""`make bench`, or `make bench ONLY=import,draw` for a part of the table."""

import os
import sys
from collections.abc import Iterator

from tests.bench.database import own_database
from tests.bench.measure import Meter, Row

PARTS = ("import", "draw", "pages", "scoring", "export")
HEADER = ("编号", "工作", "实测", "底线", "比值", "目标", "结论")


def main() -> None:
    """Print one line per row as soon as it is measured."""
    asked = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()]
    unknown = sorted(set(asked) - set(PARTS))
    if unknown:
        sys.exit(f"没有“{'、'.join(unknown)}”这一部分。可选：{'、'.join(PARTS)}。")
    wanted = asked or list(PARTS)
    print("CPU 时间（进程加数据库后端）中位数，工作与底线交替；比值才算数。", flush=True)
    print(" | ".join(HEADER), flush=True)
    with own_database():
        for row in measured(wanted):
            print(" | ".join(row.cells()), flush=True)


def measured(wanted: list[str]) -> Iterator[Row]:
    """The rows of the wanted parts, on one rehearsal year that is filled as far as they need."""
    from django.db import connection

    from tests.bench import draws, exports, imports, pages, scoring
    from tests.bench.year import begin, move_on

    meter = Meter()
    if "draw" in wanted:
        yield from draws.rows(meter)
    if not set(wanted) - {"draw"}:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        meter.backend = cursor.fetchone()[0]
    year = begin()
    if "import" in wanted:
        yield from imports.rows(meter, year)
    later = {"pages": pages.rows, "scoring": scoring.rows, "export": exports.rows}
    if set(wanted) & set(later):
        move_on(year)
    for name in (name for name in later if name in wanted):
        yield from later[name](meter, year)


if __name__ == "__main__":
    main()
