"""CSV, TSV and pasted cells: decoded once, whole and strictly."""

import csv
import hashlib
import io

from wanzhou_eval.workbooks.guard import check_size, refuse
from wanzhou_eval.workbooks.model import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Sheet,
    Workbook,
    column_letter,
    padded,
)

DELIMITERS = ("\t", ",", ";")


def decode(data: bytes) -> str:
    """The text of a file in UTF-16 (with BOM), UTF-8 or GB18030. Raises RefusedError.

    Whole file, strict, never cell by cell: UTF-8 bytes read as GBK are silently wrong for
    about half of all short names. A UTF-8 file with a few broken bytes is refused, not
    handed to GB18030.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="replace")
    wide = sum(1 for letter in lenient if letter >= "\u0800")
    broken = lenient.count("\ufffd")
    if broken * 10 < wide:
        raise refuse(
            "文件大部分是 UTF-8 编码，但有几处字节损坏：请从源系统重新导出，或者另存为 .xlsx。"
        )
    return _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(
            f"第 {error.start + 1} 个字节处无法识别文字编码：请另存为 .xlsx，"
            "或者另存为“CSV UTF-8”后再上传。"
        ) from error


def read_delimited(data: bytes) -> Workbook:
    """A .csv or .tsv file; the delimiter is the most frequent one of the first lines."""
    text = decode(data)
    return _workbook(text, digest=hashlib.sha256(data).hexdigest(), kind="csv", name="CSV")


def read_pasted(text: str) -> Workbook:
    """Cells copied from Excel or WPS: tab-separated lines. Raises RefusedError."""
    data = text.encode("utf-8", errors="surrogatepass")
    check_size(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("粘贴的内容含有残缺的字符：请重新复制，或者上传文件。") from error
    digest = hashlib.sha256(data).hexdigest()
    return _workbook(text, digest=digest, kind="paste", name="粘贴内容")


def _workbook(text: str, *, digest: str, kind: str, name: str) -> Workbook:
    if "\x00" in text:
        raise refuse("文件不是表格文本（含有空字节）：请另存为 .xlsx 或 CSV 后再上传。")
    rows: list[tuple[int, list[Cell], bool]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for position, values in enumerate(reader, start=1):
            cells = _cells(values, position)
            if cells:
                rows.append((position, cells, False))
            if len(rows) > MAX_ROWS:
                raise refuse(f"内容超过 {MAX_ROWS} 行：请按月份分成几个文件导入。")
    except csv.Error as error:
        raise refuse(
            f"第 {reader.line_num} 行读不出来（引号不成对或单元格过长）：请检查该行后再上传。"
        ) from error
    if not rows:
        raise refuse("文件里没有任何内容：请确认导出成功后再上传。")
    padded_rows, width = padded(rows, name)
    return Workbook((Sheet(name, padded_rows, width=width),), digest, kind)


def _cells(values: list[str], position: int) -> list[Cell]:
    cells: list[Cell] = [value if value.strip() else None for value in values]
    while cells and cells[-1] is None:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise refuse(
            f"第 {position} 行到了 {column_letter(len(cells) - 1)} 列，"
            f"超出 {MAX_COLUMNS} 列的上限：请删去台账以外的列再上传。"
        )
    if any(len(value) > MAX_CELL_CHARACTERS for value in values):
        raise refuse(f"第 {position} 行有单元格超过 {MAX_CELL_CHARACTERS} 字：请删短。")
    return cells


def _delimiter(text: str) -> str:
    head = "\n".join(text[:20000].splitlines()[:20])
    return max(DELIMITERS, key=head.count)
