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
    """扣分情形 under a number key: `low` to `high` marks, fixed where both are equal."""

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
    """评估项目; a `veto` item carries no marks and is only found or not found."""

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


@dataclass(frozen=True, kw_only=True)
class Section:
    """一级指标 with its items."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Band:
    """等次: `floor` is inclusive and compared with the unrounded total."""

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

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of the paper sheet."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What an expert entered for an item. `deduction=None` is blank: not scored, never 0.

    `bulk`: entered by 本节其余项不扣分; how it was entered, not what.
    """

    item: str
    state: MarkState = MarkState.SCORED
    deduction: Decimal | None = None
    reasons: tuple[int, ...] = ()
    pages: str = ""
    note: str = ""
    bulk: bool = field(default=False, compare=False)

    @property
    def blank(self) -> bool:
        """Whether the item still waits for the expert."""
        return self.state is MarkState.SCORED and self.deduction is None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A sentence for the expert at a field of a mark: deduction, reasons, pages, note, state."""

    field: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class AmountRange:
    """What a set of reasons allows to deduct; `exact` sets the amount without asking."""

    low: Decimal = field(default=Decimal(0))
    high: Decimal = field(default=Decimal(0))

    @property
    def exact(self) -> Decimal | None:
        """The only possible amount, if there is only one."""
        return self.low if self.low == self.high else None


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


def amount_range(item: Item, keys: tuple[int, ...]) -> AmountRange:
    """What the chosen reasons allow: fixed amounts add up, ranges bound the sum, full marks cap.

    The cap is 扣完为止. Raises `KeyError` for a key the item does not have.
    """
    chosen = {reason.key: reason for reason in item.reasons}
    low = sum((chosen[key].low for key in set(keys)), Decimal(0))
    high = sum((chosen[key].high for key in set(keys)), Decimal(0))
    return AmountRange(low=min(low, item.full_marks), high=min(high, item.full_marks))


def check_mark(item: Item, mark: Mark) -> tuple[Problem, ...]:
    """All that is wrong with a mark on its own; empty when it may be sealed.

    A blank item is no problem here: a draft has blanks. `grading.assess` names what is missing.
    """
    if item.veto or mark.state is MarkState.VETO:
        return _check_veto(item, mark)
    if mark.state is not MarkState.SCORED:
        return _check_left_out(item, mark)
    if mark.deduction is None:
        return ()
    if mark.deduction == 0:
        return _check_undeducted(item, mark)
    return _check_deduction(item, mark, mark.deduction)


def _check_veto(item: Item, mark: Mark) -> tuple[Problem, ...]:
    if not item.veto:
        sentence = f"“{item.title}”不是一票否决项，请按扣分情形扣分。"
        return (Problem(field="state", sentence=sentence),)
    if mark.state is not MarkState.VETO:
        if mark.deduction is None and mark.state is MarkState.SCORED:
            return ()
        sentence = f"“{item.title}”是一票否决项，只记成立或不成立，不填分数。"
        return (Problem(field="state", sentence=sentence),)
    found = [] if mark.pages.strip() else [_pages_missing(item)]
    if not mark.note.strip():
        sentence = f"“{item.title}”记为成立，请在说明里写明查到的事实。"
        found.append(Problem(field="note", sentence=sentence))
    return tuple(found)


def _check_left_out(item: Item, mark: Mark) -> tuple[Problem, ...]:
    label = mark.state.label
    found = []
    if mark.state is MarkState.NOT_APPLICABLE and not item.na_allowed:
        sentence = f"“{item.title}”对每件案件都适用，不能记“不适用”。请评分或记“无法评价”。"
        found.append(Problem(field="state", sentence=sentence))
    if mark.deduction is not None:
        sentence = f"“{item.title}”记为“{label}”，请清空扣分。“{label}”不是 0 分。"
        found.append(Problem(field="deduction", sentence=sentence))
    if not mark.note.strip():
        sentence = f"“{item.title}”记为“{label}”，请在说明里写明原因。"
        found.append(Problem(field="note", sentence=sentence))
    return tuple(found)


def _check_undeducted(item: Item, mark: Mark) -> tuple[Problem, ...]:
    if not mark.reasons:
        return ()
    sentence = f"“{item.title}”选了扣分情形但扣分是 0。请填扣分，或取消情形。"
    return (Problem(field="deduction", sentence=sentence),)


def _check_deduction(item: Item, mark: Mark, amount: Decimal) -> tuple[Problem, ...]:
    if amount < 0 or amount > item.full_marks:
        limit = plain(item.full_marks)
        sentence = f"“{item.title}”满分{limit}分，扣分只能填 0 到 {limit}。"
        return (Problem(field="deduction", sentence=sentence),)
    found = list(_check_reasons(item, mark, amount))
    if not mark.pages.strip():
        found.append(_pages_missing(item))
    if _needs_note(item, mark) and not mark.note.strip():
        sentence = f"“{item.title}”选了“其他”，请在说明里写明扣分理由。"
        found.append(Problem(field="note", sentence=sentence))
    return tuple(found)


def _check_reasons(item: Item, mark: Mark, amount: Decimal) -> tuple[Problem, ...]:
    known = {reason.key for reason in item.reasons}
    if not mark.reasons or not known.issuperset(mark.reasons):
        sentence = f"“{item.title}”扣了{plain(amount)}分，请选扣分情形。"
        return (Problem(field="reasons", sentence=sentence),)
    allowed = amount_range(item, mark.reasons)
    if allowed.low <= amount <= allowed.high:
        return ()
    low, high = plain(allowed.low), plain(allowed.high)
    should = f"应扣{low}分" if allowed.exact is not None else f"应扣{low}至{high}分"
    sentence = f"“{item.title}”所选情形{should}，现在填的是{plain(amount)}分。请改扣分或改情形。"
    return (Problem(field="deduction", sentence=sentence),)


def _needs_note(item: Item, mark: Mark) -> bool:
    return any(reason.other and reason.key in mark.reasons for reason in item.reasons)


def _pages_missing(item: Item) -> Problem:
    return Problem(field="pages", sentence=f"“{item.title}”请填卷宗页码，便于核对。")
