"""The one way out to .xlsx: every exported table passes here.

Text is always written as text, so that a cell beginning with = + - @ never becomes a
formula or a link; numbers and dates stay real; sheet 2 says what was asked, when, by whom.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks.writing import BookWriter, sheet_name

MAX_ROWS = 1_048_575
ABOUT = "导出说明"


@dataclass(frozen=True)
class Table:
    """A list as it leaves the house.

    `filters` are the conditions in words, `rows` the cells in the order of `headers` (see
    `BookWriter` for what a cell may be; hand over a generator where there are many).
    `personal`: names people, so that its export is a line of the audit trail.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[object]]
    filters: Sequence[str] = ()
    year: int | None = None
    personal: bool = False


def write_table(table: Table, *, into: IO[bytes], exported_by: str, exported_at: datetime) -> int:
    """Write a workbook of one table and return the number of its rows.

    The header is frozen and has filter arrows; a second sheet 导出说明 tells what was asked.
    Memory does not grow with the rows. Raises RefusedError (422) above 1,048,575 rows.
    """
    name = sheet_name(table.title)
    widths = [min(40, max(10, 2 * len(word) + 4)) for word in table.headers]
    with BookWriter(into) as book:
        count = book.add_sheet(name, _within(table.rows), widths=widths, header=table.headers)
        facts: list[tuple[str, object]] = [
            ("表名", table.title),
            ("件数", count),
            ("导出时间", exported_at),
            ("导出人", exported_by),
        ]
        facts += [("筛选条件", told) for told in table.filters] or [("筛选条件", "全部")]
        book.add_sheet(ABOUT if name != ABOUT else "说明", facts, widths=[12, 60])
    return count


def _within(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise RefusedError(
                f"导出超过 {MAX_ROWS} 行，一张工作表放不下：请先筛选再导出。", status=422
            )
        yield row
