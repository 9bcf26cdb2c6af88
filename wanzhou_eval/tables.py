"""Tables inside workbooks: where the header is and which column holds what.

Also the lines an import reports: findings, cleaning ledger, skipped rows. Pure; knows no
subject matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from wanzhou_eval.texts import label, mask_identity
from wanzhou_eval.workbooks.model import Cell, Merge, Row, Sheet, column_index, column_letter

HEADER_SEARCH_ROWS = 40
LONGEST_LABEL = 40


class Level(StrEnum):
    """An error cannot be and stops the import; a warning is unlikely and needs a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: where (sheet, row as shown, column label), what, and what to do."""

    level: Level
    code: str
    sheet: str
    row: int
    column: str
    found: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CleaningStep:
    """One line of the cleaning ledger: what stood there, what was taken, by which rule."""

    sheet: str
    row: int
    column: str
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row in use that is no record, and why. `last` ends a run of blank rows."""

    sheet: str
    row: int
    reason: str
    last: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A column that may be wanted: its key, the label shown, and the words it goes by."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False

    @property
    def words(self) -> frozenset[str]:
        """All labels that mean this field, in comparison form."""
        return frozenset(label(word) for word in (self.label, *self.synonyms))


@dataclass(frozen=True, slots=True)
class Column:
    """One column as guessed or told: field key ("" = not used), letter, header, samples."""

    field: str
    letter: str
    header: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header stands and what its columns mean (field key → column index)."""

    first: int
    last: int
    columns: Mapping[str, int]
    labels: tuple[str, ...]

    def missing(self, fields: Sequence[Field]) -> tuple[str, ...]:
        """Labels of required fields without a column."""
        return tuple(f.label for f in fields if f.required and f.key not in self.columns)


def text_of(value: Cell) -> str:
    """A cell as the user saw it, as near as can be told."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else str(value)


def find_header(sheet: Sheet, fields: Sequence[Field], *, least: int = 2) -> Header | None:
    """The header with the most recognised columns among the first rows, one or two rows high.

    Two rows are taken together when the lower one adds recognised columns (a merged
    日期 above 指派 | 结案). None when fewer than `least` columns are recognised.
    """
    words = _Words(fields)
    rows = sheet.rows[:HEADER_SEARCH_ROWS]
    found: list[Header] = []
    for row in rows:
        labels = tuple(text_of(cell) for cell in row.cells)
        columns = words.recognise([(name,) for name in labels])
        found.append(Header(row.number, row.number, columns, labels))
    for upper, lower in pairwise(rows):
        if lower.number == upper.number + 1:
            below = tuple(text_of(cell) for cell in lower.cells)
            labels, options = _two_rows(_spread(upper, sheet.merges), below)
            found.append(Header(upper.number, lower.number, words.recognise(options), labels))
    best = max(found, key=lambda header: len(header.columns), default=None)
    return best if best and len(best.columns) >= least else None


class _Words:
    """The labels of fields, and what each text seen so far means ("" = no label)."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.meanings = {word: field.key for field in fields for word in field.words}
        self.seen: dict[str, str] = {"": ""}

    def meaning(self, text: str) -> str:
        """The field key of a text, "" when it is no label."""
        found = self.seen.get(text)
        if found is None:
            found = self.meanings.get(label(text), "") if len(text) <= LONGEST_LABEL else ""
            self.seen[text] = found
        return found

    def recognise(self, options: Sequence[Sequence[str]]) -> dict[str, int]:
        """Field key → column; each column offers one or more spellings of its label."""
        columns: dict[str, int] = {}
        for column, names in enumerate(options):
            key = next((found for name in names if (found := self.meaning(name))), "")
            if key and key not in columns:
                columns[key] = column
        return columns


def _two_rows(
    upper: tuple[str, ...], below: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    labels = tuple(low or high for high, low in zip(upper, below, strict=True))
    options = tuple(
        (high + low, low + high, low, high) if low else (high,)
        for high, low in zip(upper, below, strict=True)
    )
    return labels, options


def _spread(row: Row, merges: Sequence[Merge]) -> tuple[str, ...]:
    """The labels of a row, each merged one repeated over its columns."""
    labels = [text_of(cell) for cell in row.cells]
    for merge in merges:
        if merge.top == row.number and merge.left < merge.right < len(labels):
            for column in range(merge.left, merge.right + 1):
                labels[column] = labels[merge.left]
    return tuple(labels)


def told_header(sheet: Sheet, letters: Mapping[str, str], found: Header | None) -> Header:
    """The header with columns as a person told them (field key → letter; "" = none)."""
    columns = dict(found.columns) if found else {}
    for key, letter in letters.items():
        columns.pop(key, None)
        if letter:
            index = column_index(letter.strip().upper())
            columns = {k: v for k, v in columns.items() if v != index}
            columns[key] = index
    columns = {key: index for key, index in columns.items() if index < sheet.width}
    if found:
        return Header(found.first, found.last, columns, found.labels)
    return Header(0, 0, columns, tuple(column_letter(i) + "列" for i in range(sheet.width)))


def repeats_header(row: Row, header: Header) -> bool:
    """Whether a row prints the header again, as page breaks in exports do."""
    filled = same = 0
    for index, cell in enumerate(row.cells):
        if cell is not None:
            filled += 1
            text = header.labels[index] if index < len(header.labels) else ""
            same += isinstance(cell, str) and (cell == text or label(cell) == label(text))
    return filled >= 2 and same * 5 >= filled * 3


def describe_columns(
    sheet: Sheet, header: Header, *, hidden: frozenset[str] = frozenset()
) -> tuple[Column, ...]:
    """Every column with its header, meaning and three samples.

    `hidden` fields show no samples; identity and mobile numbers are masked in the others.
    """
    keys = {index: key for key, index in header.columns.items()}
    body = [row for row in sheet.rows if row.number > header.last][:50]
    columns = []
    for index in range(sheet.width):
        head = header.labels[index] if index < len(header.labels) else ""
        values = (text_of(row.cells[index]) for row in body)
        shown = [] if keys.get(index) in hidden else list(dict.fromkeys(v for v in values if v))
        columns.append(
            Column(
                keys.get(index, ""),
                column_letter(index),
                head,
                tuple(mask_identity(text)[:40] for text in shown[:3]),
            )
        )
    return tuple(columns)


def blank_runs(sheet: Sheet, *, after: int, before: int) -> tuple[SkippedRow, ...]:
    """Blank rows between `after` and `before`, as runs: completeness is shown, not claimed."""
    runs: list[SkippedRow] = []
    previous = after
    for row in sheet.rows:
        if row.number <= after:
            continue
        if row.number > before:
            break
        if row.number > previous + 1:
            runs.append(SkippedRow(sheet.name, previous + 1, "空行", row.number - 1))
        previous = row.number
    return tuple(runs)
