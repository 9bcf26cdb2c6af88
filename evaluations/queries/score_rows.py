"""The rows of a score sheet as the page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from evaluations.rules.levels import LEVEL_WORDS, OVERALL_WORDS, is_lowered
from evaluations.rules.standards import MarkState, Reason, plain


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
    by_level: bool = False
    level: int | None = None

    @property
    def whys(self) -> list[str]:
        """The chosen 扣分情形 in words."""
        return [reason.text for reason in self.reasons if reason.key in self.chosen]

    @property
    def lowered(self) -> bool:
        """Whether something was taken off, or the level is not the best."""
        return is_lowered(self.deduction, self.level)

    @property
    def state_word(self) -> str:
        """The state in words; empty where the item was scored."""
        return MarkState(self.state).label if self.state else ""

    @property
    def level_word(self) -> str:
        """The word of the level given."""
        return LEVEL_WORDS.get(self.level or 0, "")


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
    levels: Sequence[int] = ()

    @property
    def lower(self) -> str:
        """How often a level below the best was given: 一般 2、差 1."""
        return level_counts({level: self.levels.count(level) for level in (2, 1)})


def level_counts(counts: Mapping[int, int]) -> str:
    """How often each level was given, those that were: 好 20、一般 3."""
    told = [f"{word} {counts[level]}" for level, word in LEVEL_WORDS.items() if counts.get(level)]
    return "、".join(told)


@dataclass(frozen=True, kw_only=True)
class SectionRow(SectionCount):
    """一级指标 with its items and counts."""

    title: str
    items: tuple[ItemRow, ...]
    full_marks: Decimal

    @property
    def heading(self) -> str:
        """The title with its marks, where items carry marks."""
        return f"{self.title}（{plain(self.full_marks)} 分）" if self.full_marks else self.title


@dataclass(frozen=True)
class Totals:
    """The running total out of `full`; `grade` only when every item is dealt with.

    Where items take levels, `score` is the overall judgement of five, None before it is made.
    """

    score: Decimal | None
    full: Decimal
    deducted: Decimal
    scored_count: int
    item_count: int
    grade: str
    sections: Sequence[SectionCount]
    by_level: bool = False
    levels: Mapping[int, int] = field(default_factory=dict)

    @property
    def given(self) -> str:
        """How often each level was given."""
        return level_counts(self.levels)

    @property
    def came_to(self) -> str:
        """What the sheet came to, in words."""
        told = "" if self.score is None else plain(self.score)
        return f"总体判断 {told}" if self.by_level else f"总分 {told}"

    @property
    def overall(self) -> int | None:
        """The overall judgement where items take levels."""
        return int(self.score) if self.by_level and self.score is not None else None

    def as_json(self) -> dict[str, object]:
        """The totals for the script of the page."""
        levels = {"overall": self.overall, "levels": dict(self.levels)} if self.by_level else {}
        return levels | {
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
    overall: int | None
    sealed: bool
    sealed_at: datetime | None
    seal_hash: str
    saved_at: datetime | None
    position: int
    expert: str
    review: bool

    @property
    def overall_choices(self) -> list[tuple[int, str]]:
        """What an overall judgement may be, the best first, where items take levels."""
        return list(OVERALL_WORDS.items())


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
