"""Small workbooks for tests, built cell by cell."""

import io
import re
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from wanzhou_eval.workbooks import Cell, Workbook

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
        parts = {name: old.read(name) for name in old.namelist()} | {**(change or {})}
        for name, content in (parts | {**(add or {})}).items():
            new.writestr(name, content)
    return target.getvalue()


INLINE = re.compile(
    r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="inlineStr"><is>'
    r'(<t(?: xml:space="preserve")?>[^<]*</t>|<t ?/>)</is></c>'
)


def with_plain_letters(xml: str) -> str:
    """Letters as such: openpyxl writes each Chinese one as a number."""
    return re.sub("&#([0-9]{3,});", lambda found: chr(int(found[1])), xml)


def with_shared_strings(data: bytes, *, sheet: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The book as Excel and WPS write it: every text once, in a table of its own."""
    texts: dict[str, int] = {}

    def moved(cell: re.Match[str]) -> str:
        return f'{cell[1]} t="s"><v>{texts.setdefault(cell[2], len(texts))}</v></c>'

    rows = INLINE.sub(moved, with_plain_letters(part(data, sheet).decode()))
    listed = "".join(f"<si>{text}</si>" for text in texts)
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = f'<?xml version="1.0" encoding="UTF-8"?>\r\n<sst xmlns="{namespace}">{listed}</sst>'
    relations = part(data, "xl/_rels/workbook.xml.rels").decode()
    related = (
        '<Relationship Id="rIdS" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    if "sharedStrings" not in relations:
        relations = relations.replace("</Relationships>", related)
    change = {
        sheet: rows.encode(),
        "xl/sharedStrings.xml": table.encode(),
        "xl/_rels/workbook.xml.rels": relations.encode(),
    }
    return repacked(data, change=change)


def part(data: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def cells(workbook: Workbook) -> list[list[Cell]]:
    """The cells of the first sheet."""
    return [list(row.cells) for row in workbook.sheets[0].rows]


def ods(content: str) -> bytes:
    """An .ods package with this content.xml; line breaks between elements go."""
    target = io.BytesIO()
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content.replace("\n", " ").replace("> <", "><"))
        package.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}">'
            '<manifest:file-entry manifest:full-path="content.xml"/></manifest:manifest>',
        )
    return target.getvalue()


def ods_of(rows: Sequence[Sequence[object]], *, hidden: Sequence[int] = ()) -> bytes:
    """A small .ods, one sheet 台账: dates as dates, all else as text."""
    lines = []
    for number, row in enumerate(rows, start=1):
        state = ' table:visibility="filter"' if number in hidden else ""
        lines.append(f"<table:table-row{state}>{''.join(map(_ods_cell, row))}</table:table-row>")
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    return ods(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}>'
        '<office:body><office:spreadsheet><table:table table:name="台账">'
        f"{''.join(lines)}"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    kind = 'office:value-type="string"'
    if isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def xls(
    rows: Sequence[Sequence[object]], *, hidden: Sequence[int] = (), extra: bytes = b""
) -> bytes:
    """A small BIFF8 workbook in an OLE container: text and numbers, one sheet 台账.

    `hidden`: rows as shown; `extra`: records of the workbook's globals.
    """
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for shown in hidden:
        body += record(0x0208, struct.pack("<HHHHHHHH", shown - 1, 0, 9, 255, 0, 0, 0x120, 15))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += record(0x0204, struct.pack("<HHH", r, c, 0) + text)
            elif isinstance(value, (int, float)):
                body += record(0x0203, struct.pack("<HHHd", r, c, 0, value))
    body += record(0x000A, b"")
    bof = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    name = struct.pack("<BB", 2, 1) + "台账".encode("utf-16-le")
    start = len(bof) + 4 + 6 + len(name) + 4
    sheet = record(0x0085, struct.pack("<IH", start, 0) + name)
    return _ole(bof + sheet + record(0x000A, b"") + body)


def record(kind: int, content: bytes) -> bytes:
    """One record of a BIFF stream."""
    return struct.pack("<HH", kind, len(content)) + content


def _ole(stream: bytes) -> bytes:
    """One stream "Workbook" of at least 4096 bytes, so that no mini sectors are needed."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [*range(3, 2 + sectors), end]
    fat = [fat_mark, end, *chain]
    assert len(fat) <= 128, "one sector of the allocation table holds 63 KB"
    fat += [free] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    directory = _entry("Root Entry", 5, child=1, start=end, size=0)
    directory += _entry("Workbook", 2, child=free, start=2, size=len(stream))
    return header + struct.pack("<128I", *fat) + directory.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw) + 2, kind, 1, none, none, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )
