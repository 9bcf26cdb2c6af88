"""异议申辩 by article 6.3: what makes a result final. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal


def is_final(
    *, now: datetime, until: datetime | None, appealed: bool, answered: bool, withdrawn: bool
) -> bool:
    """Whether a grade can no longer change: the period is over, or its appeal is settled.

    A withdrawn appeal used up the one chance of the case, so that the period changes nothing.
    """
    if appealed:
        return answered or withdrawn
    return until is not None and now >= until


def mean_deduction(totals: Sequence[Decimal]) -> Decimal | None:
    """What the sheets took off a hundred, on the average; None without sheets."""
    if not totals:
        return None
    return sum((100 - total for total in totals), Decimal(0)) / len(totals)


def named_grades(setting: str) -> list[str]:
    """The grades that a plan names, parted by 、 or a comma."""
    return [name for name in re.split("[、，,\\s]+", setting) if name]


def wants_rectification(
    *, grade: str, failing: bool, totals: Sequence[Decimal], grades: Sequence[str], limit: Decimal,
    by_level: bool = False,
) -> bool:  # fmt: skip
    """Whether a case gets a 整改通知 by the plan: a named grade, and as much taken off.

    Where items take levels nothing is taken off and the named grade alone decides. A 不合格 never
    does: it has consequences of its own (article 7).
    """
    if by_level:
        return not failing and grade in grades
    taken = mean_deduction(totals)
    return not failing and grade in grades and taken is not None and taken >= limit
