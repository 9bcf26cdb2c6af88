"""单项合议扣分: what the pair may settle item by item, and what it comes to."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from evaluations.queries.deliberation import Case, CompareRow, Comparison, compare
from evaluations.queries.sheets import marks_by_sheet
from evaluations.queries.standards import load_scope
from evaluations.rules.grading import assess
from evaluations.rules.levels import LEVEL_WORDS, level_text
from evaluations.rules.standards import Mark

NOTHING: Mapping[str, int] = {}


def open_items(comparison: Comparison) -> list[CompareRow]:
    """The items but vetoes on which the two sheets differ: only these can be settled."""
    return [row for row in comparison.rows if row.differs and not row.veto]


def why_not_amounts(
    case: Case, amounts: Mapping[str, Decimal], *, grade: str, levels: Mapping[str, int] = NOTHING
) -> str:
    """Why these deductions or levels cannot be proposed with this grade; empty when they can.

    Deductions for all items must come to the grade; levels never do: the whole file is judged.
    """
    if not amounts and not levels:
        return ""
    misfit = amounts if case.by_level else levels
    if misfit:
        return "合议的单项与本案的评分办法不符，请刷新页面后再提出。"
    comparison = compare(case, every_item=False)
    differing = {row.number: row for row in open_items(comparison)}
    strange = _strange_item(differing, amounts, levels)
    vetoes = any(row.differs and row.veto for row in comparison.rows)
    if strange or case.by_level or vetoes or set(amounts) != set(differing):
        return strange
    found = _grade(case, amounts)
    if found == grade:
        return ""
    return f"各项合议扣分得出的等次是“{found}”，与提出的“{grade}”不同。请改一处。"


def _strange_item(
    differing: Mapping[str, CompareRow], amounts: Mapping[str, Decimal], levels: Mapping[str, int]
) -> str:
    for number, level in levels.items():
        if number not in differing or level not in LEVEL_WORDS:
            return f"“{number}”的合议等次须是 3、2 或 1，且只填两人有分歧的项目。"
    for number, amount in amounts.items():
        row = differing.get(number)
        if row is None or not 0 <= amount <= row.full:
            return f"“{number}”的合议扣分须在 0 到满分之间，且只填两人有分歧的项目。"
    return ""


def _grade(case: Case, amounts: Mapping[str, Decimal]) -> str:
    standard, _ = load_scope(case.pair[0].standard, case.pair[0].scope)
    marks = marks_by_sheet(case.pair)[case.pair[0].pk]
    settled = [Mark(item=number, deduction=amount) for number, amount in amounts.items()]
    result = assess(standard, [*(m for m in marks if m.item not in amounts), *settled])
    return result.grade.name if result.grade else "无法得出"


def with_agreed(case: Case, comparison: Comparison) -> Comparison:
    """The comparison with what both agreed on for single items, where they settled any."""
    agreed = [p for p in case.proposals if p.answer == p.Answer.AGREED]
    told: dict[str, str] = {}
    if agreed:
        told = {number: f"−{amount}" for number, amount in agreed[-1].amounts.items()}
        told |= {number: level_text(level) for number, level in agreed[-1].levels.items()}
    rows = [replace(row, agreed=told.get(row.number, "")) for row in comparison.rows]
    return replace(comparison, rows=tuple(rows))
