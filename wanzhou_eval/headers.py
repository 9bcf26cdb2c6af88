"""Tables inside workbooks: where the header is and which column holds what.

Pure; knows no subject matter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise

from wanzhou_eval.tables import text_of
from wanzhou_eval.texts import label, mask_identity, mask_number, visible
from wanzhou_eval.workbooks.model import Cell, Merge, Row, Sheet, column_index, column_letter

HEADER_SEARCH_ROWS = 40
LONGEST_LABEL = 40
PLAIN = re.compile("[\u4e00-\u9fff]+|[-./0-9A-Za-z]+")
"""Texts of which the comparison form is the text itself in upper case."""
LONG_NUMBER = 10**14
"""From here on a number is an identity number that a spreadsheet has spoilt."""


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
    """One column as guessed or told: field key ("" = not used), letter, header, samples.

    `how` says by what its meaning was understood.
    """

    field: str
    letter: str
    header: str
    samples: tuple[str, ...] = ()
    how: str = ""


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


def find_header(
    sheet: Sheet,
    fields: Sequence[Field],
    *,
    least: int = 2,
    words: Mapping[str, str] | None = None,
) -> Header | None:
    """The header with the most recognised columns among the first rows, one or two rows high.

    Two rows are taken together when the lower one adds recognised columns (a merged
    日期 above 指派 | 结案). None when fewer than `least` columns are recognised. `words` adds
    synonyms: label in comparison form → field key.
    """
    return best_header(candidate_headers(sheet, fields, words or {}), least=least)


def best_header(candidates: Sequence[Header], *, least: int = 2) -> Header | None:
    """The candidate with the most recognised columns; None when these are fewer than `least`."""
    best = max(candidates, key=lambda header: len(header.columns), default=None)
    return best if best and len(best.columns) >= least else None


def candidate_headers(
    sheet: Sheet, fields: Sequence[Field], extra: Mapping[str, str]
) -> list[Header]:
    """Every one of the first rows, and every two of them together, taken as a header."""
    words = _Words(fields, extra)
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
    return found


def labels_at(sheet: Sheet, first: int, last: int) -> tuple[str, ...]:
    """What the header says that stands in one row (`first` = `last`) or in two together."""
    upper, lower = ([r for r in sheet.rows if r.number == number][:1] for number in (first, last))
    if not upper or not lower:
        return ("",) * sheet.width
    below = tuple(text_of(cell) for cell in lower[0].cells)
    return below if first == last else _two_rows(_spread(upper[0], sheet.merges), below)[0]


def layout_of(labels: Sequence[str]) -> str:
    """The fingerprint of a source's layout: its header labels in order, in comparison form."""
    names = [label(text[: 4 * LONGEST_LABEL]) for text in labels]
    while names and not names[-1]:
        names.pop()
    return sha256("\x1f".join(names).encode("utf-8", "replace")).hexdigest()


class _Words:
    """The labels of fields, and what each text seen so far means ("" = no label)."""

    def __init__(self, fields: Sequence[Field], extra: Mapping[str, str]) -> None:
        own = {word: field.key for field in fields for word in field.words}
        self.meanings = {**extra, **own}
        self.seen: dict[str, str] = {"": ""}

    def meaning(self, text: str) -> str:
        """The field key of a text, "" when it is no label."""
        found = self.seen.get(text)
        if found is None:
            plain = text.upper() if PLAIN.fullmatch(text) else label(text[: LONGEST_LABEL + 1])
            found = self.meanings.get(plain, "") if len(text) <= LONGEST_LABEL else ""
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
    sheet: Sheet,
    header: Header,
    *,
    hidden: frozenset[str] = frozenset(),
    how: Mapping[str, str] | None = None,
) -> tuple[Column, ...]:
    """Every column with its header, meaning and three samples; `how`: field key → by what.

    Samples of `hidden` fields are masked; identity and mobile numbers in all others too.
    """
    keys = {index: key for key, index in header.columns.items()}
    body = [row for row in sheet.rows if row.number > header.last][:50]
    columns = []
    for index in range(sheet.width):
        head = visible(header.labels[index]) if index < len(header.labels) else ""
        masked = keys.get(index) in hidden
        values = (_sample(row.cells[index], masked=masked) for row in body)
        shown = list(dict.fromkeys(value for value in values if value))
        columns.append(
            Column(
                keys.get(index, ""),
                column_letter(index),
                head,
                tuple(shown[:3]),
                (how or {}).get(keys.get(index, ""), ""),
            )
        )
    return tuple(columns)


def _sample(cell: Cell, *, masked: bool) -> str:
    """A cell to be shown: numbers of persons are masked, wherever they stand."""
    if cell is None:
        return ""
    lost = isinstance(cell, (int, Decimal)) and not isinstance(cell, bool) and cell >= LONG_NUMBER
    text = visible(text_of(cell))
    return mask_number(text) if masked or lost else mask_identity(text)[:40]
