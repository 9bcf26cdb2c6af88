"""The ways in which the rows of one sheet are written, learned from the rows themselves.

Thousands of rows of an export differ only in their values. Once a row of a kind has been read
the slow way often enough, one expression made from its own markup matches the next of its kind
as a whole: a sixth of the cost. What it does not match goes the slow way as ever.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter

from wanzhou_eval.workbooks.model import MAX_COLUMNS, Cell, column_index

LEARNED_AFTER = 30
"""Rows of a kind before its expression is made: making one costs as much as reading fifty."""
MOST_LAYOUTS = 12
MOST_SHAPES = 2000
MEMO = 20_000
TEXT = "[^<&]*"

_VARIABLE = re.compile(
    r'(?P<ref> r="[A-Z]{1,3})[0-9]{1,7}"|<v>[^<]*</v>|<t(?: xml:space="preserve")?>[^<]*</t>'
)
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})\[[^"]*"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")? ?>(?=<(v|is)>)'
)
_START = r'<row(?: r="([0-9]{1,7})")?((?: [^<>&]*)?)>'


class Memo(dict[str, Cell]):
    """Raw text → value, made once for each text as long as there is room.

    Raises RefusedError for a text that is to be read, or refused, the slow way.
    """

    def __init__(self, make: Callable[[str], Cell]) -> None:
        self.make = make
        self[""] = None

    def __missing__(self, raw: str) -> Cell:
        value = self.make(raw)
        if len(self) < MEMO:
            self[raw] = value
        return value


class Layout:
    """Rows with the same columns, styles and types: the expression, and who reads each value."""

    def __init__(self, shape: str, memo: Callable[[str, str], Memo]) -> None:
        self.fullmatch = re.compile(f"{_START}{shape}</row>").fullmatch
        self.seen = shape.count("<c ")
        found = [(column_index(m[1]), m[3] or "n", m[2] or "") for m in _CELL.finditer(shape)]
        self.memos = [memo(kind, style) for _, kind, style in found]
        places = {column: place for place, (column, _, _) in enumerate(found, start=1)}
        self.width = max(places)
        self.pick = itemgetter(*(places.get(column, 0) for column in range(self.width + 1)), 0)

    def cells(self, values: Sequence[str]) -> tuple[Cell, ...]:
        """The typed cells from column A on, without blank ones at the end."""
        read = [None, *[memo[raw] for memo, raw in zip(self.memos, values, strict=True)]]
        cells: tuple[Cell, ...] = self.pick(read)[:-1]
        while cells and cells[-1] is None:
            cells = cells[:-1]
        return cells


class Layouts:
    """What has been learned of one sheet; the layout of the last row is tried first."""

    def __init__(self, memo: Callable[[str, str], Memo]) -> None:
        self.memo = memo
        self.known: list[Layout] = []
        self.shapes: dict[str, int] = {}

    def read(self, row: str) -> tuple[Layout, tuple[str, ...]] | None:
        """The layout of a row and its groups: number, further attributes, values."""
        for place, layout in enumerate(self.known):
            found = layout.fullmatch(row)
            if found is not None:
                if place:
                    self.known.insert(0, self.known.pop(place))
                return layout, found.groups()
        return None

    def learn(self, cells: str) -> None:
        """Count a row that was read the slow way; make its layout when it comes often."""
        if len(self.known) >= MOST_LAYOUTS or len(self.shapes) >= MOST_SHAPES:
            return
        shape = _VARIABLE.sub(_loosened, cells)
        count = self.shapes[shape] = self.shapes.get(shape, 0) + 1
        if count == LEARNED_AFTER and _is_plain(shape):
            self.known.append(Layout(shape, self.memo))


def _loosened(found: re.Match[str]) -> str:
    """What differs from row to row: the number in a reference, the value."""
    if found["ref"]:
        return found["ref"] + '[0-9]{1,7}"'
    if found[0].startswith("<v>"):
        return f"<v>({TEXT})</v>"
    return f'<t(?: xml:space="preserve")?>({TEXT})</t>'


def _is_plain(shape: str) -> bool:
    """Whether there are values, each column once and ascending, texts where texts belong."""
    cells = _CELL.findall(shape)
    columns = [column_index(letters) for letters, _, _, _ in cells]
    ascending = all(left < right for left, right in pairwise(columns))
    matching = all((kind == "inlineStr") == (tag == "is") for _, _, kind, tag in cells)
    return bool(columns) and ascending and matching and columns[-1] < MAX_COLUMNS
