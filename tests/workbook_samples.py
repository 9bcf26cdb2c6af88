"""Small workbooks for tests, built cell by cell."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

FIXTURES = Path(__file__).parents[1] / "fixtures" / "2022"
LEDGER = FIXTURES / "2022年1-7月办结案件台账.xlsx"
EXCLUSIONS = FIXTURES / "部市已抽评案件清单.xlsx"
POOL = FIXTURES / "专家库.xlsx"
STANDARD = FIXTURES / "2022年评分标准.xlsx"

HEADER = ("序号", "案号", "案件类型", "承办机构", "承办人", "指派日期", "结案日期", "归档日期")
FIRM = "重庆榆舟律师事务所"


def case(serial: int, **changes: object) -> list[object]:
    """A sound row of a ledger under HEADER, with changes by column label."""
    values: dict[str, object] = {
        "序号": serial,
        "案号": f"渝万援民〔2022〕{serial}号",
        "案件类型": "民事",
        "承办机构": FIRM,
        "承办人": "孔望平",
        "指派日期": "2022-01-05",
        "结案日期": "2022-03-01",
        "归档日期": "2022-03-10",
    }
    return [*{**values, **changes}.values()]


def xlsx(*sheets: Sequence[Sequence[object]], names: Sequence[str] = ()) -> bytes:
    """An .xlsx of sheets given as rows."""
    book = openpyxl.Workbook()
    while book.worksheets:
        book.remove(book.worksheets[0])
    for position, rows in enumerate(sheets):
        page = book.create_sheet(names[position] if names else f"表{position + 1}")
        for row in rows:
            page.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of an openpyxl workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(
    data: bytes,
    *,
    change: Mapping[str, bytes] | None = None,
    add: Mapping[str, bytes] | None = None,
) -> bytes:
    """The package with parts replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, (change or {}).get(name, old.read(name)))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)
