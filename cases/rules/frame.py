"""抽样框: the window of closing dates, late filing, and the reconciliation of the total."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LATE_FILING_DAYS = 30
"""Closing material is due within 30 days of closing (办理法律援助案件程序规定)."""


def in_window(closed_on: date, window: tuple[date, date]) -> bool:
    """Whether a case was closed inside the plan's window, both days included (article 4)."""
    return window[0] <= closed_on <= window[1]


def is_filed_late(closed_on: date, filed_on: date | None) -> bool:
    """Whether the file came in more than 30 calendar days after closing."""
    return filed_on is not None and (filed_on - closed_on).days > LATE_FILING_DAYS


def frame_sha256(keys: Iterable[str]) -> str:
    """SHA-256 of all keys in code point order, joined by LF, no LF at the end, UTF-8."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """declared = imported + excluded + rejected, or the difference."""

    declared: int
    imported: int
    excluded: int
    rejected: int

    @property
    def difference(self) -> int:
        """Positive: cases are missing; negative: more came than were declared."""
        return self.declared - self.imported - self.excluded - self.rejected

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing and nothing is too many."""
        return self.difference == 0


def reconcile(
    *, declared: int, imported: int, excluded: int = 0, rejected: int = 0
) -> Reconciliation:
    """The control total typed from the register against what became of every row."""
    return Reconciliation(declared, imported, excluded, rejected)
