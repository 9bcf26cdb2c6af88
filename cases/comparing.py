"""A reading against the frame and against what was decided about its rows. Nothing writes."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cases.imports.fields import LABELS
from cases.imports.reading import CaseRow, LedgerReading
from cases.models import CaseKind, Frame
from cases.readings import FACTS, StoredCase, row_facts, stored_facts
from wanzhou_eval.tables import Finding, text_of
from wanzhou_eval.workbooks import Row, Workbook, column_index

Place = tuple[str, int]
"""Sheet and row as the spreadsheet shows it."""
FIELDS = (*FACTS, "stage", "firm", "handlers")
"""The fields of `row_facts` and `StoredCase.facts`, in their order."""
COLUMNS = {**LABELS, "recipients_count": "受援人数"}


@dataclass(frozen=True, slots=True)
class Change:
    """What a file would do to the frame: a new case, or one field of a known one."""

    row: CaseRow
    column: str = ""
    before: str = ""
    after: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """新增 and 修改 line by line, and the cases that the file lacks by key."""

    changes: tuple[Change, ...] = ()
    missing: frozenset[str] = frozenset()


def shown(value: object) -> str:
    """A field for people to read; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, (tuple, list)):
        return "、".join(map(str, value))
    return CaseKind(value).label if value in CaseKind.values else str(value)


def facts_in_words(case: StoredCase) -> dict[str, str]:
    """Everything a stored case says, by field."""
    return {field: shown(fact) for field, fact in zip(FIELDS, case.facts, strict=True)}


def compare_rows(reading: LedgerReading, frame: Frame) -> Comparison:
    """新增, 修改 field by field, 缺少, against the cases stored now; nothing for an empty frame."""
    stored = stored_facts(frame)
    if not stored:
        return Comparison()
    corrected = set(frame.corrections.order_by().values_list("case_id", "field"))
    changes: list[Change] = []
    for row in reading.rows:
        case = stored.get(row.key)
        changes.extend(_differences(row, case, corrected) if case else (Change(row),))
    return Comparison(tuple(changes), frozenset(stored) - {row.key for row in reading.rows})


def _differences(
    row: CaseRow, case: StoredCase, corrected: Collection[tuple[int, str]]
) -> Iterator[Change]:
    says = row_facts(row)
    if says == case.facts:
        return
    for field, old, new in zip(FIELDS, case.facts, says, strict=True):
        if old != new:
            again = (case.pk, field) in corrected
            yield Change(row, COLUMNS[field], shown(old), shown(new), again)


def without_rows(reading: LedgerReading, places: Collection[Place]) -> LedgerReading:
    """The reading without the rows decided not to be imported, and without their findings."""
    if not places:
        return reading
    left_out = frozenset(places)
    return replace(
        reading,
        rows=tuple(r for r in reading.rows if (r.sheet, r.row) not in left_out),
        findings=tuple(f for f in reading.findings if (f.sheet, f.row) not in left_out),
        cleaning=tuple(c for c in reading.cleaning if (c.sheet, c.row) not in left_out),
    )


def rows_at(workbook: Workbook, places: Collection[Place]) -> dict[Place, Row]:
    """The rows at these places."""
    wanted = frozenset(places)
    return {
        (sheet.name, row.number): row
        for sheet in workbook.sheets
        for row in sheet.rows
        if (sheet.name, row.number) in wanted
    }


def column_of(reading: LedgerReading, sheet: str, field: str) -> int | None:
    """The index of a field's column on a sheet."""
    mapping = reading.mapping.get(sheet)
    letter = mapping.columns.get(field) if mapping else ""
    return column_index(letter) if letter else None


def fingerprint_of(row: Row, *, skip: int | None) -> str:
    """What makes a row the same row in the next file: its cells without the 序号."""
    cells = [text_of(cell).strip() for index, cell in enumerate(row.cells) if index != skip]
    return hashlib.sha256("\t".join(cells).rstrip("\t").encode()).hexdigest()


def rows_rejected_before(
    reading: LedgerReading, workbook: Workbook, *, fingerprints: Iterable[str]
) -> frozenset[Place]:
    """Rows with a finding that stand, cell by cell, among the rows rejected from earlier files."""
    standing = Counter(fingerprints)
    if not standing:
        return frozenset()
    places = dict.fromkeys((f.sheet, f.row) for f in reading.findings if f.row)
    rows = rows_at(workbook, places)
    found = set()
    for place in places:
        skip = column_of(reading, place[0], "serial")
        mark = fingerprint_of(rows[place], skip=skip) if place in rows else ""
        if standing[mark] > 0:
            standing[mark] -= 1
            found.add(place)
    return frozenset(found)


def findings_at(
    findings: Iterable[Finding], places: Collection[Place]
) -> dict[Place, list[Finding]]:
    """The findings of the given rows."""
    grouped: dict[Place, list[Finding]] = {place: [] for place in places}
    for finding in findings:
        if (finding.sheet, finding.row) in grouped:
            grouped[finding.sheet, finding.row].append(finding)
    return grouped
