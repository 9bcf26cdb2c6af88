"""The lines an import reports: findings, cleaning ledger, skipped rows. Pure; no subject matter."""

from dataclasses import dataclass
from enum import StrEnum

from wanzhou_eval.workbooks.model import Cell, Sheet


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


def text_of(value: Cell) -> str:
    """A cell as the user saw it, as near as can be told."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else str(value)


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
