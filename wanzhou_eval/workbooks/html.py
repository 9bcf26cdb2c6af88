"""HTML tables saved under the name .xls, as many provincial systems export them."""

import hashlib
import re
from html.parser import HTMLParser

from wanzhou_eval.workbooks.delimited import decode
from wanzhou_eval.workbooks.guard import refuse
from wanzhou_eval.workbooks.model import (
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Merge,
    Sheet,
    Workbook,
    padded,
)

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)


class TableParser(HTMLParser):
    """All rows of all tables, one below the other; row- and colspans become merges."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[int, list[Cell], bool]] = []
        self.merges: list[Merge] = []
        self.number = 0
        self.cells: list[Cell] = []
        self.taken: dict[int, int] = {}
        self.parts: list[str] | None = None
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Rows, cells and line breaks open."""
        if tag == "tr":
            self._close_row()
            self.number += 1
        elif tag in {"td", "th"}:
            self._close_cell()
            found = dict(attrs)
            self.span = (_span(found.get("rowspan")), _span(found.get("colspan")))
            self.parts = []
        elif tag == "br" and self.parts is not None:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Rows and cells close."""
        if tag in {"td", "th"}:
            self._close_cell()
        elif tag in {"tr", "table"}:
            self._close_row()

    def handle_data(self, data: str) -> None:
        """Text inside a cell."""
        if self.parts is not None:
            self.parts.append(data)

    def _close_cell(self) -> None:
        if self.parts is None:
            return
        while self.taken.get(len(self.cells), 0) >= self.number:
            self.cells.append(None)
        text = "".join(self.parts).replace("\xa0", " ").strip()
        self.parts = None
        down, across = self.span
        left = len(self.cells)
        if left + across > MAX_COLUMNS:
            raise refuse(f"第 {self.number} 行超出 {MAX_COLUMNS} 列的上限：请删去多余的列。")
        self.cells.extend([text or None, *[None] * (across - 1)])
        if down > 1 or across > 1:
            bottom, right = self.number + down - 1, left + across - 1
            self.merges.append(Merge(self.number, left, bottom, right))
            self.taken.update(dict.fromkeys(range(left, right + 1), bottom))

    def _close_row(self) -> None:
        self._close_cell()
        if any(value is not None for value in self.cells):
            self.rows.append((self.number, self.cells, False))
        if len(self.rows) > MAX_ROWS:
            raise refuse(f"内容超过 {MAX_ROWS} 行：请按月份分成几个文件导入。")
        self.cells = []


def _span(text: str | None) -> int:
    return min(int(text), MAX_ROWS) if text and text.isascii() and text.isdigit() else 1


def read_html(data: bytes) -> Workbook:
    """An HTML table, decoded as its charset says when it says so. Raises RefusedError."""
    parser = TableParser()
    parser.feed(_text(data))
    parser.close()
    parser._close_row()
    if not parser.rows:
        raise refuse("网页格式的文件里没有表格：请在 Excel 中打开、另存为 .xlsx 后再上传。")
    rows, width = padded(parser.rows, "网页表格")
    sheet = Sheet("网页表格", rows, tuple(parser.merges), width=width)
    return Workbook((sheet,), hashlib.sha256(data).hexdigest(), "html")


def _text(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    if found and found[1].lower() in {b"gb2312", b"gbk", b"gb18030"}:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise refuse("网页格式的文件编码损坏：请另存为 .xlsx 后再上传。") from error
    return decode(data)
