"""The clerk's own workbook back: cells coloured and commented, a last column 问题说明."""

import io
from collections import defaultdict
from collections.abc import Sequence
from zipfile import ZipFile

from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from cases.imports import SheetColumns
from cases.imports.fields import DROPPED, LABELS
from wanzhou_eval.tables import Finding, Level
from wanzhou_eval.texts import drop_invisible, mask_identity, mask_number
from wanzhou_eval.workbooks import Sheet, Workbook, column_index, column_letter, read_workbook

RED = PatternFill("solid", fgColor="FFF4C7C3")
YELLOW = PatternFill("solid", fgColor="FFFCE8B2")
FILLS = {Level.ERROR: RED, Level.WARNING: YELLOW}
WORDS = {Level.ERROR: "错误", Level.WARNING: "提醒"}
TITLE = "问题说明"
NO_RESULT = "（公式没有保存计算结果）"
AUTHOR = "导入检查"
MOST_BYTES = 20_000_000
"""Sheets that unpack to more (some 400,000 cells, blank formatted ones included) are rebuilt
without their formats, to bound memory."""


def annotated_workbook(
    original: bytes, findings: Sequence[Finding], *, columns: Sequence[SheetColumns]
) -> bytes:
    """The uploaded file as .xlsx with every finding marked at its cell.

    Error cells red, warning cells yellow, each with a comment; the column after the last
    says what is wrong and what to do. Other formats than .xlsx come back as plain tables.
    Formulas come back as their values, identity and telephone numbers hidden. `columns`: the
    sheets as they were read. Raises RefusedError as the reader.
    """
    read = read_workbook(original)
    tables = {table.sheet: table for table in columns}
    book = _opened(original, read)
    by_sheet: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_sheet[finding.sheet].append(finding)
    for sheet in read.sheets:
        _quiet(book[sheet.name], sheet, tables[sheet.name])
        if by_sheet[sheet.name]:
            _mark(book[sheet.name], sheet, tables[sheet.name], by_sheet[sheet.name])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _quiet(page: Worksheet, sheet: Sheet, table: SheetColumns) -> None:
    """Nothing live and no number of a person: values for formulas, no links, masks.

    Only places in use are visited: a sheet may have a million formatted blank rows.
    """
    hidden = {column_index(c.letter) for c in table.columns if c.field in DROPPED}
    for row in sheet.rows:
        for index, value in enumerate(row.cells):
            if value is None:
                continue
            cell = page.cell(row.number, index + 1)
            if index in hidden and row.number > table.last_row:
                _put(cell, mask_number(str(value)))
            elif isinstance(value, str) and mask_identity(value) != value:
                _put(cell, mask_identity(value))
            elif cell.data_type == "f":
                _put(cell, value)
    for number, index in sheet.uncalculated:
        _put(page.cell(number, index + 1), NO_RESULT)
    for there in page._cells.values():
        if isinstance(there, Cell) and there.hyperlink:
            there.hyperlink = None


def _put(cell: Cell | MergedCell, value: object) -> None:
    """A value as what it is: text that looks like a formula stays text."""
    if isinstance(cell, MergedCell):
        return
    cell.value = value  # type: ignore[assignment]  # a cell's value of the reader
    if isinstance(value, str):
        cell.data_type = "s"


def _light(original: bytes) -> bool:
    """Whether the sheets are small enough to be opened with all their formats."""
    with ZipFile(io.BytesIO(original)) as package:
        parts = [part for part in package.infolist() if "/worksheets/" in part.filename]
    return sum(part.file_size for part in parts) <= MOST_BYTES


def _opened(original: bytes, read: Workbook) -> Book:
    if read.kind == "xlsx" and _light(original):
        return load_workbook(io.BytesIO(original), keep_links=False)
    book = Book()
    while book.worksheets:
        book.remove(book.worksheets[0])
    for sheet in read.sheets:
        page = book.create_sheet(sheet.name)
        for row in sheet.rows:
            for column, value in enumerate(row.cells, start=1):
                if value is not None:
                    clean = drop_invisible(value) if isinstance(value, str) else value
                    _put(page.cell(row.number, column), clean)
    return book


def _mark(page: Worksheet, sheet: Sheet, table: SheetColumns, findings: list[Finding]) -> None:
    letters = {LABELS[c.field]: column_index(c.letter) + 1 for c in table.columns if c.field}
    header = max(table.header_row, 1)
    again = (column_index(c.letter) + 1 for c in table.columns if c.header == TITLE)
    last = next(again, sheet.width + 1)
    by_row: dict[int, list[Finding]] = defaultdict(list)
    by_cell: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in findings:
        row = finding.row or header + 1
        by_row[row].append(finding)
        if finding.column in letters:
            by_cell[row, letters[finding.column]].append(finding)
    for place, found in by_cell.items():
        _paint(_top(page, place), found)
    page.cell(header, last, TITLE).font = Font(bold=True)
    page.column_dimensions[column_letter(last - 1)].width = 60
    for row, found in sorted(by_row.items()):
        cell = page.cell(row, last)
        if isinstance(cell, Cell):
            cell.value = "\n".join(_says(finding) for finding in found)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = FILLS[_worst(found)]


def _top(page: Worksheet, place: tuple[int, int]) -> Cell:
    """The cell of a place; inside a merged range its first cell."""
    cell = page.cell(*place)
    if isinstance(cell, MergedCell):
        for merged in page.merged_cells.ranges:
            if cell.coordinate in merged:
                cell = page.cell(merged.min_row, merged.min_col)
                break
    assert isinstance(cell, Cell)  # the first cell of a range is never merged
    return cell


def _paint(cell: Cell, findings: list[Finding]) -> None:
    cell.fill = FILLS[_worst(findings)]
    comment = Comment("\n".join(_says(finding) for finding in findings)[:2000], AUTHOR)
    comment.width, comment.height = 320, 120
    cell.comment = comment


def _worst(findings: list[Finding]) -> Level:
    errors = any(finding.level is Level.ERROR for finding in findings)
    return Level.ERROR if errors else Level.WARNING


def _says(finding: Finding) -> str:
    return f"{WORDS[finding.level]}：{finding.column}，{finding.message}。处理：{finding.remedy}。"
