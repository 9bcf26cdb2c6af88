"""单项合议扣分: what the pair may settle item by item, and what it comes to."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from evaluations.queries.deliberation import Case, CompareRow, Comparison, compare
from evaluations.queries.sheets import marks_by_sheet
from evaluations.queries.standards import load_scope
from evaluations.rules.grading import assess
from evaluations.rules.standards import Mark


def differing_items(case: Case) -> list[CompareRow]:
    """The items with marks on which the two sheets differ: only these can be settled."""
    return [row for row in compare(case, every_item=False).rows if row.differs and row.full]


def why_not_amounts(case: Case, amounts: Mapping[str, Decimal], *, grade: str) -> str:
    """Why these deductions cannot be proposed with this grade; empty when they can."""
    if not amounts:
        return ""
    comparison = compare(case, every_item=False)
    differing = {row.number: row for row in comparison.rows if row.differs}
    for number, amount in amounts.items():
        row = differing.get(number)
        if row is None or not 0 <= amount <= row.full:
            return f"“{number}”的合议扣分须在 0 到满分之间，且只填两人有分歧的项目。"
    if set(amounts) != set(differing):
        return ""
    found = _grade(case, amounts)
    if found == grade:
        return ""
    return f"各项合议扣分得出的等次是“{found}”，与提出的“{grade}”不同。请改一处。"


def _grade(case: Case, amounts: Mapping[str, Decimal]) -> str:
    standard, _ = load_scope(case.pair[0].standard, case.pair[0].scope)
    marks = marks_by_sheet(case.pair)[case.pair[0].pk]
    settled = [Mark(item=number, deduction=amount) for number, amount in amounts.items()]
    result = assess(standard, [*(m for m in marks if m.item not in amounts), *settled])
    return result.grade.name if result.grade else "无法得出"


def with_agreed(case: Case, comparison: Comparison) -> Comparison:
    """The comparison with the deductions that both agreed on, where they settled items."""
    agreed = [p.amounts for p in case.proposals if p.answer == p.Answer.AGREED]
    amounts = agreed[-1] if agreed else {}
    rows = [
        replace(row, agreed=f"−{amounts[row.number]}" if row.number in amounts else "")
        for row in comparison.rows
    ]
    return replace(comparison, rows=tuple(rows))
