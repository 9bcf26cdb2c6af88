"""Reading .xlsx packages in one guarded pass per part.

openpyxl trusts the `<dimension>` of a sheet, loses merged ranges in its read-only mode and
walks every formatted blank cell; this reader counts, refuses and types cells while the
bytes are unpacked. Tests hold it equal to openpyxl on generated workbooks.
"""

import hashlib
import posixpath

from wanzhou_eval.workbooks.guard import DAMAGED, Handlers, Package, local, refuse
from wanzhou_eval.workbooks.model import MAX_ROWS, Sheet, Workbook
from wanzhou_eval.workbooks.numbers import BUILTIN_DATE_FORMATS, is_date_format
from wanzhou_eval.workbooks.sharedstrings import Strings
from wanzhou_eval.workbooks.sheetxml import SheetParser

TRUE = {"1", "true", "on"}
TOO_MANY_ROWS = f"各工作表合计超过 {MAX_ROWS} 行：请按月份分成几个文件导入。"


class Relations(Handlers):
    """The relationships of a part: id → (kind, target part)."""

    def __init__(self, package: Package, part: str) -> None:
        self.folder = posixpath.dirname(part)
        self.found: dict[str, tuple[str, str]] = {}
        self.start = self._start
        name = posixpath.join(self.folder, "_rels", posixpath.basename(part) + ".rels")
        if name in package.names:
            package.parse(name, self)

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        if local(name) != "Relationship" or attrs.get("TargetMode") == "External":
            return
        target = attrs.get("Target", "")
        path = target[1:] if target.startswith("/") else posixpath.join(self.folder, target)
        kind = attrs.get("Type", "").rpartition("/")[2]
        self.found[attrs.get("Id", "")] = (kind, posixpath.normpath(path))

    def first(self, kind: str) -> str | None:
        """The first related part of a kind."""
        return next((path for found, path in self.found.values() if found == kind), None)


class BookPart(Handlers):
    """workbook.xml: names, states and relation ids of the sheets; the date system."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.date1904 = False
        self.start = self._start

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = local(name)
        if tag == "sheet":
            relation = next((v for k, v in attrs.items() if local(k) == "id" and ":" in k), "")
            hidden = attrs.get("state", "visible") != "visible"
            self.sheets.append((attrs.get("name", ""), relation, hidden))
        elif tag == "workbookPr":
            self.date1904 = attrs.get("date1904", "0") in TRUE


class Styles(Handlers):
    """styles.xml: which cell styles show dates."""

    def __init__(self) -> None:
        self.codes: dict[str, bool] = {}
        self.dates: list[bool] = []
        self.inside = False
        self.start, self.end = self._start, self._end

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = local(name)
        if tag == "numFmt":
            self.codes[attrs.get("numFmtId", "")] = is_date_format(attrs.get("formatCode", ""))
        elif tag == "cellXfs":
            self.inside = True
        elif tag == "xf" and self.inside:
            code = attrs.get("numFmtId", "0")
            builtin = code.isdigit() and int(code) in BUILTIN_DATE_FORMATS
            self.dates.append(self.codes.get(code, builtin))

    def _end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self.inside = False


def read_xlsx(package: Package, data: bytes) -> Workbook:
    """Read a workbook whose package has passed the guard. Raises RefusedError."""
    book_part = Relations(package, "").first("officeDocument") or "xl/workbook.xml"
    if book_part not in package.names:
        raise refuse(DAMAGED)
    book = BookPart()
    package.parse(book_part, book)
    relations = Relations(package, book_part)
    strings, styles = _texts_and_styles(package, relations)
    sheets: list[Sheet] = []
    for name, relation, hidden in book.sheets:
        kind, part = relations.found.get(relation, ("", ""))
        if kind == "worksheet":
            parser = SheetParser(
                name=name, strings=strings.values, dates=styles.dates, date1904=book.date1904
            )
            package.parse(part, parser)
            sheets.append(parser.sheet(hidden=hidden))
            if sum(len(sheet.rows) for sheet in sheets) > MAX_ROWS:
                raise refuse(TOO_MANY_ROWS)
    strings.values.clear()  # the cells have what they need; the list hangs in the parsers' rings
    if not sheets:
        raise refuse("文件里没有工作表：请确认上传的是台账工作簿。")
    return Workbook(tuple(sheets), hashlib.sha256(data).hexdigest(), "xlsx", book.date1904)


def _texts_and_styles(package: Package, relations: Relations) -> tuple[Strings, Styles]:
    """The two parts to which the cells of every sheet refer; either may be absent."""
    strings, styles = Strings(), Styles()
    for kind, handlers in (("sharedStrings", strings), ("styles", styles)):
        part = relations.first(kind)
        if part in package.names:
            package.parse(part, handlers)
    return strings, styles
