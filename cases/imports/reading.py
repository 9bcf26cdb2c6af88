"""What a ledger says once read: typed rows, findings, the cleaning ledger, the totals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from cases.imports.desk import Draft
from cases.imports.mapping import SheetColumns, SheetMapping, Table
from cases.rules import Kind, Stage
from wanzhou_eval.tables import CleaningStep, Finding, Level, SkippedRow


class CaseRow(NamedTuple):
    """One closed case (one litigation stage). `row` is the row as the spreadsheet shows it.

    `number` is the canonical form that the draw sees, `number_original` what was typed;
    `recipient` holds all names of a group case, `recipients_count` their number.
    """

    sheet: str
    row: int
    serial: int
    number: str
    number_original: str
    key: str
    skeleton: str
    kind: Kind
    stage: Stage | None
    stage_label: str
    cause: str
    aid_method: str
    source: str
    recipient: str
    recipient_category: str
    recipients_count: int
    firm: str
    handlers: tuple[str, ...]
    assigned_on: date | None
    closed_on: date
    filed_on: date | None
    subsidy: Decimal | None
    regular_grade: str
    remarks: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the accepted rows, for the preview and the reconciliation."""

    cases: int
    by_kind: Mapping[str, int]
    by_month: Mapping[str, int]
    by_kind_month: Mapping[tuple[str, str], int]
    by_kind_stage: Mapping[tuple[str, str], int]
    by_firm: Mapping[str, int]
    by_grade: Mapping[str, int]
    unfiled: int
    subsidy: Decimal


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Where every row in use of a sheet went: used = header + cases + skipped."""

    sheet: str
    used: int
    header: int
    cases: int
    rejected: int
    skipped: int
    hidden: int = 0


def count_rows(
    tables: Sequence[Table],
    *,
    drafts: Sequence[Draft],
    accepted: Sequence[CaseRow],
    skipped: Sequence[SkippedRow],
) -> tuple[SheetRows, ...]:
    """Account for the rows of every sheet; runs of blank rows are no rows in use."""
    cases = Counter(draft.sheet for draft in drafts)
    sound = Counter(row.sheet for row in accepted)
    passed = Counter(row.sheet for row in skipped if not row.last)
    found = []
    for table in tables:
        name, rows = table.sheet.name, table.sheet.rows
        header = len(rows) - cases[name] - passed[name]
        hidden = sum(1 for row in rows if row.hidden)
        rejected = cases[name] - sound[name]
        found.append(
            SheetRows(name, len(rows), header, cases[name], rejected, passed[name], hidden)
        )
    return tuple(found)


def row_list(rows: Sequence[int]) -> str:
    """Ascending row numbers as people write them: 3、5–7."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1][1:] = [row]
        else:
            runs.append([row])
    return "、".join("–".join(str(row) for row in run) for run in runs)


def totals_of(rows: Sequence[CaseRow]) -> Totals:
    """Count the accepted rows by kind, closing month (YYYY-MM), stage, firm and grade."""
    kinds = [row.kind.value for row in rows]
    days = Counter(zip(kinds, map(attrgetter("closed_on"), rows), strict=True))
    by_kind: Counter[str] = Counter()
    by_month: Counter[str] = Counter()
    by_kind_month: Counter[tuple[str, str]] = Counter()
    for (kind, day), count in days.items():
        month = day.isoformat()[:7]
        by_kind[kind] += count
        by_month[month] += count
        by_kind_month[kind, month] += count
    subsidies = Counter(map(attrgetter("subsidy"), rows))
    return Totals(
        cases=len(rows),
        by_kind=by_kind,
        by_month=dict(sorted(by_month.items())),
        by_kind_month=by_kind_month,
        by_kind_stage=Counter(zip(kinds, map(attrgetter("stage_label"), rows), strict=True)),
        by_firm=Counter(map(attrgetter("firm"), rows)),
        by_grade=Counter(map(attrgetter("regular_grade"), rows)),
        unfiled=list(map(attrgetter("filed_on"), rows)).count(None),
        subsidy=paid_in_all(subsidies),
    )


def paid_in_all(subsidies: Mapping[Decimal | None, int]) -> Decimal:
    """The sum of subsidies, each given with how often it comes."""
    paid = (value * count for value, count in subsidies.items() if value is not None)
    return sum(paid, Decimal(0))


@dataclass(frozen=True, slots=True)
class LedgerReading:
    """A ledger as understood. `data_rows` = accepted rows + `rejected` (rows with an error).

    `declared_total` is the number of the 合计 row, None when there is none; `period` the
    dates of a 统计期间 line; `dropped` the headers of columns never stored; `mapping` how
    each sheet was read, `unmapped` that a person must first say what the columns are.
    """

    rows: tuple[CaseRow, ...]
    findings: tuple[Finding, ...]
    cleaning: tuple[CleaningStep, ...]
    skipped: tuple[SkippedRow, ...]
    columns: tuple[SheetColumns, ...]
    sheets: tuple[SheetRows, ...]
    mapping: Mapping[str, SheetMapping]
    unmapped: bool
    totals: Totals
    sha256: str
    kind: str
    declared_total: int | None
    declared_subsidy: Decimal | None
    period: tuple[date, date] | None
    data_rows: int
    rejected: int
    dropped: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the import."""
        return tuple(found for found in self.findings if found.level is Level.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings to look at."""
        return tuple(found for found in self.findings if found.level is Level.WARNING)
