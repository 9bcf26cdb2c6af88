"""Which column of which sheet holds what: guessed, remembered from last time, or told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cases.imports.contents import by_contents
from cases.imports.fields import DROPPED, FIELDS, LABELS, REQUIRED
from cases.rules import kind_of
from wanzhou_eval.headers import (
    Column,
    Header,
    best_header,
    candidate_headers,
    describe_columns,
    labels_at,
    layout_of,
)
from wanzhou_eval.workbooks import Sheet, column_index, column_letter

HEADER, CONTENTS, LAST_TIME, PERSON = "表头", "内容", "上次", "指定"
CONFIDENCE = {HEADER: "高", CONTENTS: "中", LAST_TIME: "高", PERSON: "高"}
"""How a column was understood, and how sure that is."""
MOST_MISSING = 2
LEAST_COLUMNS = 4
DIGIT = re.compile("[0-9０-９]")


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """The table of one sheet: header rows (0 = the sheet is not read), field key → letter.

    `how` says by what each column was understood, `by` and `on` who told or kept it, and when.
    """

    first: int
    last: int
    columns: Mapping[str, str]
    how: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    on: str = ""


Told = Mapping[str, SheetMapping]
"""Sheet name → its mapping."""


@dataclass(frozen=True, slots=True)
class Words:
    """What helps to understand headers: further words (label form → field key), and layouts.

    `layouts`: fingerprint of a header → the mapping that a person gave it last time.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, SheetMapping] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it was understood. `header` is None when the sheet is not read.

    `unwanted`: a person said so.
    """

    sheet: Sheet
    header: Header | None
    mapping: SheetMapping
    missing: tuple[str, ...] = ()
    unwanted: bool = False


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One sheet's table: its header rows (0 = none found), columns, and what is missing.

    `layout` is the fingerprint of its header; `by` and `on` say who mapped it when.
    """

    sheet: str
    header_row: int
    last_row: int
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    by: str = ""
    on: str = ""
    layout: str = ""


NOTHING = SheetMapping(0, 0, {})


def table_of(sheet: Sheet, *, told: SheetMapping | None, words: Words) -> Table:
    """Understand one sheet: as told, else as kept from last time, else by header and contents."""
    if told is not None:
        return _as_told(sheet, told)
    candidates = candidate_headers(sheet, FIELDS, words.headers)
    for candidate in candidates if words.layouts else ():
        kept = words.layouts.get(layout_of(candidate.labels))
        if kept is not None:
            here = replace(kept, first=candidate.first, last=candidate.last)
            return _as_told(sheet, replace(here, how=dict.fromkeys(kept.columns, LAST_TIME)))
    return _guessed(sheet, best_header(candidates) or _likely_header(candidates))


def table_at(sheet: Sheet, row: int, *, words: Words) -> Table:
    """Understand a sheet whose header a person says to be in `row`."""
    here = [c for c in candidate_headers(sheet, FIELDS, words.headers) if c.first == row]
    return _guessed(sheet, max(here, key=lambda header: len(header.columns), default=None))


def _likely_header(candidates: Iterable[Header]) -> Header | None:
    """Where nothing is recognised: the first row that is wide enough and all words."""
    for header in candidates:
        labels = [text for text in header.labels if text]
        if len(labels) >= LEAST_COLUMNS and not any(DIGIT.search(text) for text in labels):
            return header
    return None


def _guessed(sheet: Sheet, header: Header | None) -> Table:
    if header is None:
        return Table(sheet, None, NOTHING, _missing(sheet, ()))
    found = by_contents(sheet, header)
    how = dict.fromkeys(header.columns, HEADER) | dict.fromkeys(found, CONTENTS)
    header = replace(header, columns={**header.columns, **found})
    missing = _missing(sheet, header.columns)
    letters = {key: column_letter(index) for key, index in header.columns.items()}
    mapping = SheetMapping(header.first, header.last, letters, how)
    sure = "number" in header.columns and len(missing) <= MOST_MISSING
    return Table(sheet, header if sure else None, mapping, missing)


def _as_told(sheet: Sheet, told: SheetMapping) -> Table:
    if not told.first:
        return Table(sheet, None, told, unwanted=True)
    columns = {key: column_index(letter) for key, letter in told.columns.items()}
    columns = {key: index for key, index in columns.items() if index < sheet.width}
    header = Header(told.first, told.last, columns, labels_at(sheet, told.first, told.last))
    return Table(sheet, header, told, _missing(sheet, columns))


def _missing(sheet: Sheet, columns: Iterable[str]) -> tuple[str, ...]:
    """Labels of required columns that are not there; a sheet named 刑事 needs no 案件类型."""
    known = set(columns)
    if kind_of(sheet.name) is not None:
        known.add("kind")
    return tuple(LABELS[key] for key in REQUIRED if key not in known)


def describe(table: Table) -> SheetColumns:
    """The columns of one sheet with samples; identity and telephone columns show none."""
    mapping, sheet = table.mapping, table.sheet
    letters = {key: column_index(letter) for key, letter in mapping.columns.items()}
    labels = labels_at(sheet, mapping.first, mapping.last) if mapping.first else ()
    header = table.header or Header(mapping.first, mapping.last, letters, labels)
    columns = describe_columns(sheet, header, hidden=DROPPED, how=mapping.how)
    return SheetColumns(
        sheet=sheet.name,
        header_row=mapping.first,
        last_row=mapping.last,
        columns=columns,
        missing=table.missing,
        by=mapping.by,
        on=mapping.on,
        layout=layout_of(header.labels) if mapping.first else "",
    )
