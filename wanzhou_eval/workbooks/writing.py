"""Writing .xlsx: rows go out as they come, so that memory does not grow with them.

Cells are inline strings, numbers and dates; nothing can become a formula or a link. A writer of
our own because the libraries cost several times as much for the same cells (`make bench
ONLY=export`); the tests read every kind of cell back with openpyxl and with our own reader.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import IO, Self
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from wanzhou_eval.workbooks.model import column_letter

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_CHARACTERS = 32_767
EXACT_DIGITS = 15
EXACT_LIMIT = 1_000_000_000_000_000
COMPRESSION = 3
ROWS_AT_ONCE = 200
HEADER, DAY, MOMENT, TEXT = 1, 2, 3, 4
"""Places of the cell formats in `STYLES`."""
EPOCH = date(1899, 12, 30)
FIRST_EXACT_DAY = date(1900, 3, 1)
"""Before it, spreadsheets count a 29 February 1900 that never was."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f"""{PROLOG}<styleSheet xmlns="{MAIN}">\
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>\
<font><b/><sz val="11"/><name val="宋体"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF4"/></patternFill></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"\
 applyFill="1" applyAlignment="1"><alignment wrapText="1"/></xf>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""

_ILLEGAL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]")
_MARKED = re.compile("[\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff&<>]|_x[0-9A-Fa-f]{4}_")
_ESCAPE = re.compile("_(x[0-9A-Fa-f]{4}_)")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\u0000-\u001f']")


def sheet_name(title: str) -> str:
    """A title as spreadsheets allow it on a tab: 31 characters, no sign of a place."""
    return _SHEET_NAME.sub(" ", title).strip()[:31] or "表"


class BookWriter:
    """A workbook written sheet by sheet into `target`; leaving the `with` block finishes it.

    Values: text, int, Decimal, date, datetime, bool (是/否), None (blank). Whole numbers of more
    than 15 digits become text, aware times are shown in Beijing time.
    """

    def __init__(self, target: IO[bytes]) -> None:
        self.package = ZipFile(target, "w")
        self.names: list[str] = []
        self.filtered: list[str] = []

    def add_sheet(
        self,
        name: str,
        rows: Iterable[Sequence[object]],
        *,
        widths: Sequence[int],
        header: Sequence[str] = (),
        text_columns: Collection[int] = (),
    ) -> int:
        """Write one sheet and return the number of its rows below the header.

        A header stays in sight and has filter arrows. What people type into a blank cell of the
        `text_columns` (from 0) stays text: 3-5 does not become a day in May.
        """
        self.names.append(name)
        place = _entry(f"xl/worksheets/sheet{len(self.names)}.xml")
        with self.package.open(place, "w", force_zip64=True) as part:
            part.write(_sheet_head(widths, text_columns, frozen=bool(header)).encode())
            if header:
                cells = [_text(column_letter(i), 1, word, HEADER) for i, word in enumerate(header)]
                part.write(f'<row r="1">{"".join(cells)}</row>'.encode())
            count = _write_rows(part, rows, first=2 if header else 1)
            part.write(b"</sheetData>")
            if header:
                last = f"{column_letter(len(header) - 1)}{count + 1}"
                part.write(f'<autoFilter ref="A1:{last}"/>'.encode())
                self.filtered.append(_filter_name(name, len(self.names) - 1, last))
            part.write(b"</worksheet>")
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._finish()
        self.package.close()

    def _finish(self) -> None:
        """Write the parts that tell of the sheets."""
        sheets = [f"worksheets/sheet{n}.xml" for n in range(1, len(self.names) + 1)]
        parts = {
            "xl/workbook.xml": _workbook(self.names, self.filtered),
            "xl/styles.xml": STYLES,
            "xl/_rels/workbook.xml.rels": _relations(
                [*(("worksheet", each) for each in sheets), ("styles", "styles.xml")]
            ),
            "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
            "[Content_Types].xml": _content_types(sheets),
        }
        for path, text in parts.items():
            self.package.writestr(_entry(path), text)


def _entry(path: str) -> ZipInfo:
    """A part of the package without the time of writing: the same cells give the same bytes."""
    entry = ZipInfo(path)
    entry.compress_type = ZIP_DEFLATED
    entry._compresslevel = COMPRESSION  # type: ignore[attr-defined] # no other way in 3.11
    return entry


def _write_rows(part: IO[bytes], rows: Iterable[Sequence[object]], *, first: int) -> int:
    letters = [column_letter(i) for i in range(64)]
    number = first
    waiting = iter(rows)
    while chunk := list(islice(waiting, ROWS_AT_ONCE)):
        lines = []
        for row in chunk:
            cells = []
            for letter, value in zip(letters, row, strict=False):
                if value is None or value == "":
                    continue
                write = WRITERS.get(type(value)) or _writer_of(value)
                cells.append(write(letter, number, value))
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
            number += 1
        part.write("".join(lines).encode())
    return number - first


def _text(letter: str, row: int, value: object, style: int = TEXT) -> str:
    text = value if type(value) is str else str(value)
    if len(text) > MAX_CHARACTERS or _MARKED.search(text):
        text = _escaped(text)
    kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _escaped(text: str) -> str:
    plain = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(plain) > MAX_CHARACTERS:
        plain = plain[: MAX_CHARACTERS - 1] + "…"
    plain = _ESCAPE.sub(r"_x005F_\1", plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _number(letter: str, row: int, value: int | Decimal) -> str:
    if isinstance(value, Decimal):
        exact = value.is_finite() and len(value.as_tuple().digits) <= EXACT_DIGITS
    else:
        exact = -EXACT_LIMIT < value < EXACT_LIMIT
    return f'<c r="{letter}{row}"><v>{value}</v></c>' if exact else _text(letter, row, value)


def _day(letter: str, row: int, value: date) -> str:
    if value < FIRST_EXACT_DAY:
        return _text(letter, row, value.isoformat())
    return f'<c r="{letter}{row}" s="{DAY}"><v>{(value - EPOCH).days}</v></c>'


def _moment(letter: str, row: int, value: datetime) -> str:
    local = value.astimezone(SHANGHAI) if value.tzinfo else value
    if local.date() < FIRST_EXACT_DAY:
        return _text(letter, row, f"{local:%F %T}")
    begun = datetime.combine(local.date(), time(), local.tzinfo)
    serial = (local.date() - EPOCH).days + (local - begun).total_seconds() / 86400
    return f'<c r="{letter}{row}" s="{MOMENT}"><v>{serial}</v></c>'


def _flag(letter: str, row: int, value: object) -> str:
    return _text(letter, row, "是" if value else "否")


WRITERS: dict[type, Callable[..., str]] = {
    str: _text,
    bool: _flag,
    int: _number,
    Decimal: _number,
    datetime: _moment,
    date: _day,
}


def _writer_of(value: object) -> Callable[..., str]:
    """The writer for a subclass, as of database values and labels; anything else is text."""
    kinds = (bool, int, Decimal, datetime, date)
    return next((WRITERS[kind] for kind in kinds if isinstance(value, kind)), _text)


def _sheet_head(widths: Sequence[int], text: Collection[int] = (), *, frozen: bool) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetView workbookViewId="0">{pane if frozen else ""}</sheetView>'
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}"{kept} customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
        for kept in [f' style="{TEXT}"' if place - 1 in text else ""]
    )
    columns = f"<cols>{columns}</cols>" if columns else ""
    head = f'{PROLOG}<worksheet xmlns="{MAIN}"><sheetViews>{view}</sheetViews>'
    return f'{head}<sheetFormatPr defaultRowHeight="15"/>{columns}<sheetData>'


def _filter_name(name: str, place: int, last: str) -> str:
    letters, digits = last.rstrip("0123456789"), last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    area = _escaped(f"'{name}'!$A$1:${letters}${digits}")
    named = f'name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1"'
    return f"<definedName {named}>{area}</definedName>"


def _workbook(names: Sequence[str], filtered: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{place}" r:id="rId{place}"/>'
        for place, name in enumerate(names, start=1)
    )
    defined = f"<definedNames>{''.join(filtered)}</definedNames>" if filtered else ""
    return (
        f'{PROLOG}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{sheets}</sheets>{defined}</workbook>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{place}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, start=1)
    )
    return f'{PROLOG}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(sheets: Sequence[str]) -> str:
    parts = [("workbook.xml", "sheet.main"), ("styles.xml", "styles")]
    parts += [(path, "worksheet") for path in sheets]
    lines = "".join(
        f'<Override PartName="/xl/{path}" ContentType="{TYPE}.{kind}+xml"/>' for path, kind in parts
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = (
        f'<Default Extension="rels" ContentType="{rels}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{PROLOG}<Types xmlns="{PACKAGE}/content-types">{defaults}{lines}</Types>'
