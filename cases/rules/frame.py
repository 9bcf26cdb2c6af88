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
    """declared = imported + excluded + rejected, or the difference.

    `imported` are the cases in the draw; `declared` is None until a second person typed it.
    """

    declared: int | None
    imported: int
    excluded: int
    rejected: int

    @property
    def accounted(self) -> int:
        """Everything that came in, whatever became of it."""
        return self.imported + self.excluded + self.rejected

    @property
    def difference(self) -> int | None:
        """Positive: cases are missing; negative: more came than were declared."""
        return None if self.declared is None else self.declared - self.accounted

    @property
    def surplus(self) -> int:
        """How many cases came in beyond the declared number."""
        return max(0, -(self.difference or 0))

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing and nothing is too many."""
        return self.difference == 0

    @property
    def problem(self) -> str:
        """What keeps the list from being sealed, with the remedy; "" when nothing does."""
        if not self.imported + self.excluded:
            return "还没有导入办结案件。请先由中心导入台账，再办这一步。"
        if self.difference is None:
            return "还没有录入申报件数。请第二人按登记簿在案件页录入总件数，再办这一步。"
        if not self.difference:
            return ""
        word = "少" if self.difference > 0 else "多"
        return (
            f"申报{self.declared}件，可抽{self.imported}件、剔除{self.excluded}件、"
            f"不导入{self.rejected}件，合计{self.accounted}件，{word}{abs(self.difference)}件。"
            "请在抽样框核对页查明差在哪里，补导、更正或由第二人重新录入申报件数后再办这一步。"
        )


def reconcile(
    *, declared: int | None, imported: int, excluded: int = 0, rejected: int = 0
) -> Reconciliation:
    """The control total typed from the register against what became of every row."""
    return Reconciliation(declared, imported, excluded, rejected)
