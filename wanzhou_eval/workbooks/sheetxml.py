"""One sheet's XML → typed rows, merges and hidden marks, in a single pass."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from xml.parsers.expat import XMLParserType

from wanzhou_eval.errors import RefusedError
from wanzhou_eval.workbooks.guard import DAMAGED, Handlers, refuse
from wanzhou_eval.workbooks.layouts import Layout, Layouts, Memo
from wanzhou_eval.workbooks.model import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_MERGES,
    MAX_ROWS,
    Cell,
    Merge,
    Sheet,
    column_index,
    column_letter,
    padded,
)
from wanzhou_eval.workbooks.numbers import (
    DIGITS_KEPT,
    from_iso,
    from_serial,
    number,
    unescape,
)
from wanzhou_eval.workbooks.rowfeed import HIDDEN, NUMBER, Cells, RowFeed

TAGS = frozenset({"row", "c", "v", "t", "f", "is", "rPh", "mergeCell"})


class SheetParser(Handlers):
    """Collects the rows in use; blank formatted cells cost a call and are dropped."""

    def __init__(
        self, *, name: str, strings: list[str | None], dates: list[bool], date1904: bool
    ) -> None:
        self.name, self.strings, self.dates, self.date1904 = name, strings, dates, date1904
        self.rows: list[tuple[int, Sequence[Cell], bool]] = []
        self.merges: list[Merge] = []
        self.uncalculated: list[tuple[int, int]] = []
        self.columns: dict[str, int] = {}
        self.locals: dict[str, str] = {}
        self.number = 0
        self.hidden = False
        self.cells: list[Cell] = []
        self.column = -1
        self.kind, self.style = "n", ""
        self.parts: list[str] = []
        self.listening = self.phonetic = self.formula = False
        self.seen = 0
        self.start, self.end, self.text = self._start, self._end, self._text
        self.layouts = Layouts(self._memo)
        self.memos: dict[tuple[str, str], Memo] = {}

    def feed(self, parser: XMLParserType, chunks: Iterable[bytes]) -> None:
        """The rows in a plain form by regular expressions, all the rest by the parser."""
        RowFeed(parser, self).feed(chunks)

    def known_row(self, layout: Layout, groups: tuple[str, ...]) -> bool:
        """A row of a known layout, taken whole; False when a value is to be refused."""
        number, attributes, *values = groups
        try:
            cells = layout.cells(values)
        except RefusedError:
            return False
        if number is None or "hidden" in attributes or " r=" in attributes:
            self._open_plain(f' r="{number}"{attributes}' if number else attributes)
        else:
            self.number, self.hidden = int(number), False
        self._count(layout.seen)
        self._keep(cells)
        return True

    def _memo(self, kind: str, style: str) -> Memo:
        """The reader of all values of a type and style."""

        def make(raw: str) -> Cell:
            if "\ufffe" in raw or "\uffff" in raw:  # no XML may hold them
                raise RefusedError(raw)
            self.kind, self.style = kind, style
            return self._value(raw)

        def shared(raw: str) -> Cell:
            try:
                return self.strings[int(raw)]
            except (ValueError, IndexError):
                return make(raw)

        def whole(raw: str) -> Cell:
            if len(raw) <= DIGITS_KEPT and raw.isascii() and raw.isdigit():
                return int(raw)
            return make(raw)

        quick = {"s": shared, "n": make if self._shows_dates(style) else whole}
        return self.memos.setdefault((kind, style), Memo(quick.get(kind, make)))

    def _open_plain(self, attributes: str) -> None:
        found = NUMBER.search(attributes)
        self.number = int(found[1]) if found else self.number + 1
        self.hidden = HIDDEN.search(attributes) is not None

    def plain_row(self, attributes: str, cells: Cells) -> None:
        """A row of the plain form, cell by cell (see `rowfeed`)."""
        self._open_plain(attributes)
        self.cells = []
        self._count(len(cells))
        for letters, style, kind, value, text in cells:
            raw = text if kind == "inlineStr" and text else value
            if not raw:
                continue
            column = self.columns.get(letters)
            self.column = self._column(letters) if column is None else column
            self.kind, self.style = kind or "n", style
            self._put(self._value(raw))
        self._close_row()

    def _count(self, cells: int) -> None:
        self.seen += cells
        if self.seen > MAX_CELLS:
            raise refuse(
                f"工作表“{self.name}”的单元格（含只有格式的空格）超过 {MAX_CELLS} 个："
                "请把台账复制到一个新的工作簿，另存后再上传。"
            )

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        tag = self.locals.get(name) or self._local(name)
        if tag == "c":
            self._open_cell(attrs)
        elif tag == "v" or (tag == "t" and not self.phonetic and self.kind == "inlineStr"):
            self.listening = True
        elif tag == "row":
            self._open_row(attrs)
        elif tag == "f":
            self.formula = True
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "mergeCell":
            self._merge(attrs.get("ref", ""))

    def _end(self, name: str) -> None:
        tag = self.locals[name]
        if tag == "c":
            if self.parts:
                self._put(self._value("".join(self.parts)))
                self.parts = []
            elif self.formula:
                self.uncalculated.append((self.number, self.column))
        elif tag in {"v", "t"}:
            self.listening = False
        elif tag == "row":
            self._close_row()
        elif tag == "rPh":
            self.phonetic = False

    def _text(self, text: str) -> None:
        if self.listening:
            self.parts.append(text)

    def _local(self, name: str) -> str:
        tag = name.rpartition(":")[2]
        self.locals[name] = tag if tag in TAGS else "-"
        return self.locals[name]

    def _open_row(self, attrs: dict[str, str]) -> None:
        try:
            self.number = int(attrs["r"]) if "r" in attrs else self.number + 1
        except ValueError as error:
            raise refuse(DAMAGED) from error
        self.hidden = attrs.get("hidden") in {"1", "true"}
        self.cells = []
        self.column = -1

    def _open_cell(self, attrs: dict[str, str]) -> None:
        self._count(1)
        ref = attrs.get("r", "")
        if ref:
            letters = ref.rstrip("0123456789")
            found = self.columns.get(letters)
            self.column = self._column(letters) if found is None else found
        else:
            self.column += 1
        self.kind = attrs.get("t", "n")
        self.style = attrs.get("s", "")
        self.formula = False

    def _column(self, letters: str) -> int:
        try:
            self.columns[letters] = column_index(letters)
        except ValueError as error:
            raise refuse(DAMAGED) from error
        return self.columns[letters]

    def _put(self, value: Cell) -> None:
        if value is None:
            return
        if self.column >= MAX_COLUMNS:
            raise refuse(
                f"工作表“{self.name}”第 {self.number} 行 {column_letter(self.column)} 列有内容，"
                f"超出 {MAX_COLUMNS} 列的上限：请删去台账以外的列再上传。"
            )
        gap = self.column - len(self.cells)
        if gap > 0:
            self.cells.extend([None] * gap)
        if gap < 0:
            self.cells[self.column] = value
        else:
            self.cells.append(value)

    def _value(self, raw: str) -> Cell:
        kind = self.kind
        if kind == "n":
            return self._number(raw)
        if kind == "s":
            try:
                return self.strings[int(raw)]
            except (ValueError, IndexError) as error:
                raise refuse(DAMAGED) from error
        elif kind == "b":
            return raw.strip() == "1"
        elif kind == "d":
            return from_iso(raw)
        else:
            raw = unescape(raw)
        if len(raw) > MAX_CELL_CHARACTERS:
            place = f"第 {self.number} 行 {column_letter(self.column)} 列"
            raise refuse(f"工作表“{self.name}”{place}的内容超过 {MAX_CELL_CHARACTERS} 字：请删短。")
        return raw if raw.strip() else None

    def _number(self, raw: str) -> Cell:
        value = number(raw)
        if isinstance(value, (int, Decimal)) and self._shows_dates(self.style):
            return from_serial(value, date1904=self.date1904) or value
        return value if value != "" else None

    def _shows_dates(self, style: str) -> bool:
        place = int(style) if style.isdecimal() else -1
        return 0 <= place < len(self.dates) and self.dates[place]

    def _close_row(self) -> None:
        self._keep(self.cells)
        self.cells = []

    def _keep(self, cells: Sequence[Cell]) -> None:
        if not cells:
            return
        if len(self.rows) >= MAX_ROWS:
            raise refuse(
                f"工作表“{self.name}”有内容的行超过 {MAX_ROWS} 行：请按月份分成几个文件导入。"
            )
        self.rows.append((self.number, cells, self.hidden))

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        try:
            top, left = _place(first)
            bottom, right = _place(last or first)
        except ValueError as error:
            raise refuse(DAMAGED) from error
        self.merges.append(Merge(top, left, bottom, right))
        if len(self.merges) > MAX_MERGES:
            raise refuse(
                f"工作表“{self.name}”的合并单元格超过 {MAX_MERGES} 处：请取消合并后再上传。"
            )

    def sheet(self, *, hidden: bool) -> Sheet:
        """The sheet as collected, rows ascending."""
        numbers = [row[0] for row in self.rows]
        if sorted(set(numbers)) != numbers:
            raise refuse(f"工作表“{self.name}”内部的行号重复或倒序，文件不完整：请另存后再上传。")
        rows, width = padded(self.rows, self.name)
        self.rows.clear()  # the parser is a ring of references and may outlive the sheet
        return Sheet(self.name, rows, tuple(self.merges), hidden, width, tuple(self.uncalculated))


def _place(ref: str) -> tuple[int, int]:
    letters = ref.rstrip("0123456789")
    return int(ref[len(letters) :]), column_index(letters)
