"""What an expert may enter for an item, as sentences for the fields of its row (article 6.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from evaluations.rules.levels import LEVEL_WORDS, LOW, level_text
from evaluations.rules.standards import Item, Mark, MarkState, plain


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
    if item.by_level or mark.level is not None:
        return tuple(_check_level(item, mark))
    if mark.deduction is None:
        return ()
    if mark.deduction == 0:
        return _check_undeducted(item, mark)
    return _check_deduction(item, mark, mark.deduction)


def _check_veto(item: Item, mark: Mark) -> tuple[Problem, ...]:
    if not item.veto:
        how = "请评 1 到 3" if item.by_level else "请按扣分情形扣分"
        sentence = f"“{item.title}”不是一票否决项，{how}。"
        return (Problem(field="state", sentence=sentence),)
    if mark.state is not MarkState.VETO:
        if mark.blank:
            return ()
        sentence = f"“{item.title}”是一票否决项，只记成立或不成立，不填分数和等次。"
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
    if mark.level is not None:
        sentence = f"“{item.title}”记为“{label}”，就不再评等次，请取消一个。"
        found.append(Problem(field="level", sentence=sentence))
    if not mark.note.strip():
        sentence = f"“{item.title}”记为“{label}”，请在说明里写明原因。"
        found.append(Problem(field="note", sentence=sentence))
    return tuple(found)


def _check_level(item: Item, mark: Mark) -> Iterator[Problem]:
    """A level of the scale; a low one names its cause, or tells it, and the page."""
    title = f"“{item.title}”"
    if not item.by_level:
        yield Problem(field="level", sentence=f"{title}按扣分评，不评等次。")
        return
    if mark.deduction is not None:
        yield Problem(field="deduction", sentence=f"{title}按等次评，不扣分。")
    if mark.level is None:
        return
    if mark.level not in LEVEL_WORDS:
        yield Problem(field="level", sentence=f"{title}只能评 3（最好）、2 或 1（最差）。")
        return
    if not {reason.key for reason in item.reasons}.issuperset(mark.reasons):
        yield Problem(field="reasons", sentence=f"{title}没有所选的情形，请重新选。")
    if mark.level > LOW:
        return
    told = f"{title}评为“{level_text(mark.level)}”"
    if not mark.reasons and not mark.note.strip():
        how = "请选情形，或在说明里写明理由" if item.reasons else "请在说明里写明理由"
        yield Problem(field="reasons", sentence=f"{told}，{how}。")
    elif _needs_note(item, mark) and not mark.note.strip():
        yield Problem(field="note", sentence=f"{told}，选了“其他”，请在说明里写明理由。")
    if not mark.pages.strip():
        yield _pages_missing(item)


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
