"""The one way out to .xlsx: every exported table passes here.

Text is always written as text, so that a cell beginning with = + - @ never becomes a
formula or a link; numbers and dates stay real; sheet 2 says what was asked, when, by whom.
"""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from wanzhou_eval.errors import RefusedError

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_ROWS = 1_048_575
MAX_CHARACTERS = 32_767
EXACT_DIGITS = 15
EXACT_LIMIT = 1_000_000_000_000_000
ABOUT = "导出说明"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

_ILLEGAL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\u0000-\u001f']")


def write_table(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    filters: Sequence[str],
    exported_by: str,
    exported_at: datetime,
) -> bytes:
    """A workbook of one table: frozen header with filter arrows, and a sheet 导出说明.

    Values: text, int, Decimal, date, datetime, bool (是/否), None (blank). Whole numbers of
    more than 15 digits become text, aware times are shown in Beijing time. Memory does not
    grow with the rows. Raises RefusedError (422) above 1,048,575 rows.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    formats = _formats(book)
    name = _sheet_name(title)
    count = _write_rows(book.add_worksheet(name), headers, rows, formats)
    about = book.add_worksheet(ABOUT if name != ABOUT else "说明")
    facts = [("表名", title), ("件数", count), ("导出时间", exported_at), ("导出人", exported_by)]
    facts += [("筛选条件", told) for told in filters] or [("筛选条件", "全部")]
    _write_facts(about, facts, formats)
    book.close()
    return target.getvalue()


def _write_facts(sheet: Any, facts: Sequence[tuple[str, object]], formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 60)
    for position, (word, value) in enumerate(facts):
        _write(sheet, (position, 0), word, formats)
        _write(sheet, (position, 1), value, formats)


def _formats(book: Any) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "bg_color": "#E8EDF4", "text_wrap": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "text": book.add_format({"num_format": "@"}),
    }


def _write_rows(
    sheet: Any, headers: Sequence[str], rows: Iterable[Sequence[object]], formats: dict[str, Any]
) -> int:
    for column, name in enumerate(headers):
        sheet.set_column(column, column, min(40, max(10, 2 * len(name) + 4)))
        sheet.write_string(0, column, _legal(name), formats["header"])
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise RefusedError(
                f"导出超过 {MAX_ROWS} 行，一张工作表放不下：请先筛选再导出。", status=422
            )
        for column, value in enumerate(row):
            _write(sheet, (count, column), value, formats)
    if headers:
        sheet.autofilter(0, 0, count, len(headers) - 1)
    return count


def _write(sheet: Any, place: tuple[int, int], value: object, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(*place, "是" if value else "否")
    elif isinstance(value, datetime):
        local = value.astimezone(SHANGHAI) if value.tzinfo else value
        sheet.write_datetime(*place, local.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), formats["date"])  # noqa: DTZ001  # a date has no zone
    elif isinstance(value, (int, Decimal)) and _is_exact(value):
        sheet.write_number(*place, float(value) if isinstance(value, Decimal) else value)
    else:
        sheet.write_string(*place, _legal(str(value)), formats["text"])


def _is_exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of the number."""
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS
    return -EXACT_LIMIT < value < EXACT_LIMIT


def _legal(text: str) -> str:
    plain = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain if len(plain) <= MAX_CHARACTERS else plain[: MAX_CHARACTERS - 1] + "…"


def _sheet_name(title: str) -> str:
    return _SHEET_NAME.sub(" ", title).strip()[:31] or "表"
