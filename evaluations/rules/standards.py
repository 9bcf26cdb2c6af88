"""评分标准: what a sheet asks, and what an expert may enter (article 6.1).

Points, reasons and bands are data; here is how they agree. `grading` decides grades.
"""

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from evaluations.rules.errors import RuleError


class Scope(StrEnum):
    """适用范围 of a set of items: case type, and for criminal cases the stage."""

    INVESTIGATION = "刑事-侦查"
    PROSECUTION = "刑事-审查起诉"
    TRIAL = "刑事-审判"
    CIVIL = "民事"
    ADMIN = "行政"


CRIMINAL_STAGES = {
    "侦查": Scope.INVESTIGATION,
    "审查起诉": Scope.PROSECUTION,
    "起诉": Scope.PROSECUTION,
    "审判": Scope.TRIAL,
    "一审": Scope.TRIAL,
    "二审": Scope.TRIAL,
    "再审": Scope.TRIAL,
    "死刑复核": Scope.TRIAL,
}


class Method(StrEnum):
    """评分办法: what an expert enters for an item, and how the grade follows from it."""

    POINTS = "points"
    LEVELS = "levels"

    @property
    def label(self) -> str:
        """The method as people read it."""
        return {"points": "百分扣分", "levels": "逐项评等次"}[self.value]


class MarkState(StrEnum):
    """How an item was dealt with; the values are those of the database."""

    SCORED = ""
    NOT_APPLICABLE = "na"
    CANNOT_ASSESS = "cannot"
    VETO = "veto"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return STATE_LABELS[self]


STATE_LABELS = {
    MarkState.SCORED: "已评",
    MarkState.NOT_APPLICABLE: "不适用",
    MarkState.CANNOT_ASSESS: "无法评价",
    MarkState.VETO: "一票否决",
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """扣分情形 under a number key: `low` to `high` marks, fixed where both are equal.

    A cause for a low level has no amounts: both are 0.
    """

    key: int
    text: str
    low: Decimal
    high: Decimal
    other: bool = False

    @property
    def fixed(self) -> bool:
        """Whether the reason sets its amount."""
        return self.low == self.high


@dataclass(frozen=True, kw_only=True)
class Item:
    """评估项目; a `veto` item carries no marks and is only found or not found.

    An item `by_level` carries no marks either: it takes a level (`rules.levels`).
    """

    number: str
    title: str
    full_marks: Decimal
    guidance: str = ""
    rule: str = ""
    where: str = ""
    training: str = ""
    veto: bool = False
    na_allowed: bool = True
    reasons: tuple[Reason, ...] = ()
    by_level: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """一级指标 with its items."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Band:
    """等次: `floor` is inclusive and compared with the unrounded total or judgement."""

    name: str
    floor: Decimal
    failing: bool = False


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One version of a standard as it applies to one scope."""

    name: str
    version: int
    scope: str
    sections: tuple[Section, ...]
    bands: tuple[Band, ...]
    method: Method = Method.POINTS

    @property
    def by_level(self) -> bool:
        """Whether items take levels and the grade an overall judgement."""
        return self.method is Method.LEVELS

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the paper sheet."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What an expert entered for an item. No deduction and no level is blank: never 0.

    Which of the two an item takes is its own (`Item.by_level`). `bulk`: entered for the rest of a
    section at once; how it was entered, not what.
    """

    item: str
    state: MarkState = MarkState.SCORED
    deduction: Decimal | None = None
    reasons: tuple[int, ...] = ()
    pages: str = ""
    note: str = ""
    level: int | None = None
    bulk: bool = field(default=False, compare=False)

    @property
    def blank(self) -> bool:
        """Whether the item still waits for the expert."""
        nothing = self.deduction is None and self.level is None
        return self.state is MarkState.SCORED and nothing


def applicable_scope(*, kind: str, stage: str) -> Scope | None:
    """The items that fit a case: `kind` is criminal, civil or admin; None when undecidable.

    Civil and administrative cases share one set over all stages (诉讼, 仲裁, 调解, 执行, 复议):
    what has no hearing is marked 不适用. A criminal case needs a known stage.
    """
    if kind == "civil":
        return Scope.CIVIL
    if kind == "admin":
        return Scope.ADMIN
    return CRIMINAL_STAGES.get(stage.strip()) if kind == "criminal" else None


def plain(amount: Decimal) -> str:
    """Marks as people write them: 2, 1.5, never 2.00 or 2E+1."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_amount(text: str) -> Decimal | None:
    """A typed deduction; None when blank. Full-width digits and 。 are accepted.

    Raises `RuleError` with the sentence for the expert when it is no number of marks: only
    digits with at most two decimals, so that neither a sign nor an exponent slips in.
    """
    typed = unicodedata.normalize("NFKC", text).replace("。", ".").replace("｡", ".").strip()
    if not typed:
        return None
    whole, _, decimals = typed.partition(".")
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit() or len(decimals) > 2:
        raise RuleError("扣分请填数字，最多两位小数，如 2 或 1.5；不扣分填 0。")
    return Decimal(typed)
