"""What a workbook is once read: plain, typed, immutable values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from wanzhou_eval.errors import RefusedError

Cell = str | int | Decimal | bool | date | datetime | None

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 400
MAX_ROWS = 100_100
MAX_COLUMNS = 400
MAX_AREA = 12_000_000
MAX_CELLS = 5_000_000
MAX_MERGES = 50_000
MAX_CELL_CHARACTERS = 32_767


class Row(NamedTuple):
    """One row in use: `number` as the spreadsheet shows it (from 1), `cells` from column A."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows as shown (from 1), columns from 0, all four inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows without any value are absent from `rows`; all rows have `width` cells.

    `uncalculated` lists the places (row, column) of formulas that carry no stored result.
    """

    name: str
    rows: tuple[Row, ...]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    width: int = 0
    uncalculated: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file or paste as read. `kind` is one of xlsx xls ods html csv paste.

    `sha256` is the hash of the bytes given; `date1904` tells how bare serial numbers count.
    """

    sheets: tuple[Sheet, ...]
    sha256: str
    kind: str
    date1904: bool = False
    warnings: tuple[str, ...] = field(default=())

    def all_rows(self) -> Iterator[tuple[Sheet, Row]]:
        """Every row in use with its sheet, in the order of the file."""
        for sheet in self.sheets:
            for row in sheet.rows:
                yield sheet, row


def column_letter(index: int) -> str:
    """Letters of a column counted from 0: 0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Index from 0 of a column's letters: A → 0, AA → 26. Raises ValueError for anything else."""
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        index = index * 26 + ord(letter) - 64
    if not letters:
        raise ValueError(letters)
    return index - 1


def padded(
    rows: Sequence[tuple[int, Sequence[Cell], bool]], name: str
) -> tuple[tuple[Row, ...], int]:
    """Rows of equal width, and that width. Raises RefusedError (422) beyond `MAX_AREA` cells."""
    width = max((len(cells) for _, cells, _ in rows), default=0)
    if len(rows) * width > MAX_AREA:
        raise RefusedError(
            f"工作表“{name}”有 {len(rows)} 行、到第 {column_letter(width - 1)} 列，范围太大："
            "请删去台账以外的列，或者按月份分成几个文件导入。",
            status=422,
        )
    blank: list[tuple[Cell, ...]] = [(None,) * (width - used) for used in range(width + 1)]
    made = ((number, (*cells, *blank[len(cells)]), hidden) for number, cells, hidden in rows)
    return tuple(map(Row._make, made)), width
