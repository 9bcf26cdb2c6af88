"""The guarded reader of everything a clerk may hand over as a table.

By content, never by extension: .xlsx, .xls, .ods, HTML tables saved as .xls, CSV and TSV
in UTF-8, UTF-16 or GB18030, and cells pasted from Excel or WPS. Formulas are read by their
stored results, never evaluated. Everything refused is a RefusedError (422) whose sentence
names the place and the remedy.
"""

from wanzhou_eval.workbooks.delimited import read_delimited, read_pasted
from wanzhou_eval.workbooks.estimate import rows_about
from wanzhou_eval.workbooks.foreign import read_foreign
from wanzhou_eval.workbooks.guard import Pace, Package, check_size, refuse, unheard
from wanzhou_eval.workbooks.html import read_html
from wanzhou_eval.workbooks.marks import ods_marks, xls_marks
from wanzhou_eval.workbooks.model import (
    MAX_ROWS,
    Cell,
    Merge,
    Row,
    Sheet,
    Workbook,
    column_index,
    column_letter,
)
from wanzhou_eval.workbooks.xlsx import read_xlsx

__all__ = [
    "MAX_ROWS",
    "Cell",
    "Merge",
    "Pace",
    "Row",
    "Sheet",
    "Workbook",
    "column_index",
    "column_letter",
    "read_pasted",
    "read_workbook",
    "rows_about",
    "unheard",
]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
LOCKED = "文件设了打开密码：请在 Excel 中取消密码、另存后再上传。"
LONGEST_NAME = 60
RESAVE = "请在 Excel 或 WPS 中打开、另存为 .xlsx 后再上传。"


def read_workbook(data: bytes, *, pace: Pace = unheard) -> Workbook:
    """Read the bytes of a file, whatever it is called. Raises RefusedError (422).

    `pace` is told how far a packed file is read, and may stop it.
    """
    check_size(data)
    workbook = _read(data, pace)
    names = [sheet.name for sheet in workbook.sheets]
    if len(set(names)) < len(names) or any(len(name) > LONGEST_NAME for name in names):
        raise refuse(f"有工作表重名，或者名称超过 {LONGEST_NAME} 字：请改名后再上传。")
    return workbook


def _read(data: bytes, pace: Pace) -> Workbook:
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refuse(LOCKED)
        return _read_old(data)
    if data.startswith(ZIP):
        return _read_package(data, pace)
    return _read_text(data)


def _read_old(data: bytes) -> Workbook:
    marks = xls_marks(data)
    if marks.locked:
        raise refuse(LOCKED)
    if marks.macros:
        raise refuse("文件含有宏：请在 Excel 中另存为不含宏的 .xlsx 后再上传。")
    return read_foreign(data, kind="xls", marks=marks)


def _read_package(data: bytes, pace: Pace) -> Workbook:
    package = Package(data)
    package.pace = pace
    if "xl/workbook.bin" in package.names:
        raise refuse(f"这是二进制的 .xlsb 文件：{RESAVE}")
    if "[Content_Types].xml" in package.names:
        if any(name.startswith(("word/", "ppt/")) for name in package.names):
            raise refuse("这是 Word 或演示文稿，不是表格：请选择台账工作簿。")
        types = b"".join(package.chunks("[Content_Types].xml"))
        if b"macroEnabled" in types:
            raise refuse("文件是含宏的工作簿：请在 Excel 中另存为不含宏的 .xlsx 后再上传。")
        return read_xlsx(package, data)
    if "content.xml" in package.names:
        return read_foreign(data, kind="ods", marks=ods_marks(package))
    raise refuse(f"这是压缩包，不是表格：请解压后上传其中的工作簿，或者{RESAVE}")


def _read_text(data: bytes) -> Workbook:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf") or data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z")):
        raise refuse("这是图片、PDF 或压缩文件，不是表格：请上传 Excel 工作簿或 CSV。")
    if head.startswith(b"<?xml") and b"office:spreadsheet" in head:
        raise refuse(f"这是旧式的 XML 表格：{RESAVE}")
    if head.startswith(b"mime-version"):
        raise refuse(f"这是网页存档（.mht）：{RESAVE}")
    if head.startswith(b"<"):
        return read_html(data)
    return read_delimited(data)
