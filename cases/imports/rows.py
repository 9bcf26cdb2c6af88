"""What each row of a ledger is: a case, part of a group case, or no case at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.headers import Header, repeats_header
from wanzhou_eval.tables import text_of
from wanzhou_eval.texts import squeeze
from wanzhou_eval.workbooks import Cell, Row, Sheet

_TOTAL = re.compile(r"(合计|总计|共计|小计|本页|累计)")
_COUNT = re.compile(r"([0-9]+)件")
_SIGNATURE = re.compile(r"(制表人?|审核人?|填表人?|复核人?|负责人|经办人|制表日期|填报单位)[:：]")
_NOTE = re.compile(r"(注|备注|说明|备注说明)[:：]")
_DIGIT = re.compile("[0-9０-９]")
_CORE = ("kind", "firm", "handlers", "closed_on")


class RowIs(StrEnum):
    """What a row is; the values of skipped rows are the reasons shown."""

    CASE = "case"
    MERGED = "merged"
    CONTINUED = "continued"
    HEADER = "重复的表头"
    TOTAL = "合计行（非案件）"
    SUBTOTAL = "小计行（非案件）"
    SIGNATURE = "制表人/审核人行（非案件）"
    NOTE = "说明行（非案件）"


@dataclass(frozen=True, slots=True)
class Body:
    """The rows below a header with merged cells known: `fills` row → column → top row.

    `number` and `core` are the columns by which a case is known.
    """

    sheet: Sheet
    header: Header
    fills: Mapping[int, Mapping[int, int]]
    number: int
    core: tuple[int, ...]


def body_of(sheet: Sheet, header: Header) -> Body:
    """Find which cells below the header take their value from the top of a vertical merge."""
    numbers = {row.number for row in sheet.rows}
    last = sheet.rows[-1].number if sheet.rows else 0
    budget = len(sheet.rows) * max(sheet.width, 1)
    fills: dict[int, dict[int, int]] = {}
    for merge in sheet.merges:
        if merge.top <= header.last or merge.bottom == merge.top or merge.left >= sheet.width:
            continue
        for number in range(merge.top + 1, min(merge.bottom, last) + 1):
            budget -= 1
            if budget < 0:
                raise RefusedError(
                    f"工作表“{sheet.name}”的合并单元格互相重叠：请取消合并后再上传。", status=422
                )
            if number in numbers:
                fills.setdefault(number, {})[merge.left] = merge.top
    columns = header.columns
    core = tuple(columns[key] for key in _CORE if key in columns)
    return Body(sheet, header, fills, columns["number"], core)


def row_is(row: Row, body: Body) -> RowIs:
    """Decide what a row below the header is.

    Whatever may be a case is one: it can only be refused with its row and reason, never
    dropped in silence.
    """
    cells = row.cells
    number = cells[body.number]
    if body.fills and body.number in body.fills.get(row.number, ()):
        return RowIs.MERGED
    if number is not None and _DIGIT.search(text_of(number)):
        for column in body.core:
            if cells[column] is not None:
                return RowIs.CASE
    if repeats_header(row, body.header):
        return RowIs.HEADER
    texts = [squeeze(text_of(cell)) for cell in row.cells if cell is not None]
    return _by_words(texts, row, body)


def _by_words(texts: list[str], row: Row, body: Body) -> RowIs:
    columns = body.header.columns
    first = texts[0] if texts else ""
    if _TOTAL.match(first):
        return RowIs.SUBTOTAL if first.startswith(("小计", "本页")) else RowIs.TOTAL
    if any(_SIGNATURE.search(text) for text in texts):
        return RowIs.SIGNATURE
    if any(row.cells[column] is not None for column in body.core):
        return RowIs.CASE
    named = "recipient" in columns and row.cells[columns["recipient"]] is not None
    if row.cells[columns["number"]] is None:
        if named and len(texts) <= 4:
            return RowIs.CONTINUED
        if len(texts) == 1 or _NOTE.match(first):
            return RowIs.NOTE
    return RowIs.CASE


def filled(row: Row, body: Body, tops: Mapping[int, Row]) -> tuple[Cell, ...]:
    """The cells of a row, those inside vertical merges taken from the top row."""
    fills = body.fills.get(row.number)
    if not fills:
        return row.cells
    cells = list(row.cells)
    for column, top in fills.items():
        if cells[column] is None and top in tops:
            cells[column] = tops[top].cells[column]
    return tuple(cells)


def declared(row: Row, header: Header) -> tuple[int | None, Decimal | None]:
    """The number of cases and the subsidies that a 合计 row states, as far as it does."""
    count: int | None = None
    for cell in row.cells:
        found = _COUNT.search(squeeze(text_of(cell)))
        if found:
            count = int(found[1])
            break
    number = row.cells[header.columns["number"]]
    if count is None and isinstance(number, int):
        count = number
    money: Decimal | None = None
    if "subsidy" in header.columns:
        cell = row.cells[header.columns["subsidy"]]
        if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
            money = Decimal(cell)
    return count, money
