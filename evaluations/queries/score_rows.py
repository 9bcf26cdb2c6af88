"""The rows of a score sheet as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from evaluations.rules.standards import Reason, plain


@dataclass(frozen=True)
class ItemRow:
    """One item with what the author entered; `error` is what still has to be put right."""

    id: int
    number: str
    title: str
    guidance: str
    rule: str
    where: str
    training: str
    full_marks: Decimal
    na_allowed: bool
    state: str
    deduction: Decimal | None
    score: Decimal | None
    reasons: tuple[Reason, ...]
    chosen: tuple[int, ...]
    pages: str
    note: str
    version: int
    error: str
    bulk: bool = False

    @property
    def whys(self) -> list[str]:
        """The chosen 扣分情形 in words."""
        return [reason.text for reason in self.reasons if reason.key in self.chosen]


@dataclass(frozen=True)
class VetoRow:
    """一票否决情形: found or not found."""

    id: int
    number: str
    title: str
    guidance: str
    checked: bool
    pages: str
    note: str
    version: int
    error: str


@dataclass(frozen=True)
class SectionCount:
    """What an expert has done of a 一级指标; `code` names it in the page."""

    code: str
    scored_count: int
    item_count: int
    deducted: Decimal


@dataclass(frozen=True)
class SectionRow(SectionCount):
    """一级指标 with its items and counts."""

    title: str
    items: tuple[ItemRow, ...]
    full_marks: Decimal


@dataclass(frozen=True)
class Totals:
    """The running total out of `full`; `grade` only when every item is dealt with."""

    score: Decimal | None
    full: Decimal
    deducted: Decimal
    scored_count: int
    item_count: int
    grade: str
    sections: Sequence[SectionCount]

    def as_json(self) -> dict[str, object]:
        """The totals for the script of the page."""
        return {
            "score": plain(self.score) if self.score is not None else "0",
            "full": plain(self.full),
            "deducted": plain(self.deducted),
            "scored_count": self.scored_count,
            "item_count": self.item_count,
            "grade": self.grade,
            "sections": [
                {
                    "code": section.code,
                    "scored_count": section.scored_count,
                    "item_count": section.item_count,
                    "deducted": plain(section.deducted),
                }
                for section in self.sections
            ],
        }


@dataclass(frozen=True)
class SheetHead:
    """What the expert may know of the file: never the handler, the firm or the regular grade."""

    id: int
    serial: str
    year: int
    number: str
    kind: str
    cause: str
    stage_label: str
    closed_on: date
    standard_label: str
    version: int
    comment: str
    sealed: bool
    sealed_at: datetime | None
    seal_hash: str
    saved_at: datetime | None
    position: int
    expert: str
    review: bool


@dataclass(frozen=True)
class ScorePage:
    """Everything on the page of one sheet."""

    head: SheetHead
    sections: tuple[SectionRow, ...]
    vetoes: tuple[VetoRow, ...]
    totals: Totals
    problems: tuple[tuple[str, str], ...]
    lock_text: str


@dataclass(frozen=True)
class QueueCell:
    """One file of the queue strip; `state` is `progress` (sealed, draft, empty) or current."""

    position: int
    serial: str
    url: str
    state: str
    progress: str


@dataclass(frozen=True)
class Queue:
    """The author's files in order. Costs one query; tells nothing of anybody else."""

    cells: list[QueueCell]
    position: int
    sealed: int
    drafts: int
    next_url: str
