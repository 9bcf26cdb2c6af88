"""What a sample size buys: exact interval of the number of failing cases (draw.md §3).

Hypergeometric, two-sided, integers only; never the normal formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb


@dataclass(frozen=True, slots=True)
class Interval:
    """Between `low` and `high` of `total` cases fail, with the confidence asked for."""

    low: int
    high: int
    total: int

    @property
    def percents(self) -> tuple[str, str]:
        """The interval in per cent with one decimal, half up."""
        return percent(Fraction(self.low, self.total)), percent(Fraction(self.high, self.total))


def percent(share: Fraction) -> str:
    """Return a share in per cent with one decimal, half up, as a text without the sign."""
    tenths = (share * 2000 + 1) // 2
    return f"{tenths // 10}.{tenths % 10}"


def tail(*, total: int, failing: int, drawn: int, first: int, last: int) -> tuple[int, int]:
    """Return P(first ≤ failing cases in the sample ≤ last) as numerator and denominator."""
    ways = 0
    for found in range(max(first, drawn - (total - failing), 0), min(last, failing, drawn) + 1):
        ways += comb(failing, found) * comb(total - failing, drawn - found)
    return ways, comb(total, drawn)


def plausible(
    *, total: int, failing: int, drawn: int, first: int, last: int, risk: Fraction
) -> bool:
    """Whether the tail is more likely than the risk allowed on one side."""
    ways, all_ways = tail(total=total, failing=failing, drawn=drawn, first=first, last=last)
    return ways * risk.denominator > all_ways * risk.numerator


def failure_interval(
    *, total: int, drawn: int, failing: int, confidence: Fraction = Fraction(95, 100)
) -> Interval:
    """Return the exact interval after `failing` of `drawn` cases failed, out of `total`.

    Raises ValueError unless 0 ≤ failing ≤ drawn ≤ total and 1 ≤ drawn.
    """
    if not 0 <= failing <= drawn <= total or drawn < 1:
        raise ValueError("needs 0 <= failing <= drawn <= total and at least one drawn")
    risk = (1 - confidence) / 2
    clean = drawn - failing

    def at_least(bad: int) -> bool:
        return plausible(
            total=total, failing=bad, drawn=drawn, first=failing, last=drawn, risk=risk
        )

    def at_most(good: int) -> bool:
        return plausible(
            total=total, failing=total - good, drawn=drawn, first=0, last=failing, risk=risk
        )

    low = least(at_least, failing, total - clean)
    return Interval(low, total - least(at_most, clean, total - failing), total)


def least(holds: Callable[[int], bool], first: int, last: int) -> int:
    """Return the smallest number from `first` to `last` for which `holds`, true from there on."""
    while first < last:
        middle = (first + last) // 2
        if holds(middle):
            last = middle
        else:
            first = middle + 1
    return first


def chance_of_meeting(*, total: int, drawn: int, failing: int) -> Fraction:
    """Return the chance that a sample holds at least one of `failing` cases."""
    return 1 - Fraction(comb(total - failing, drawn), comb(total, drawn))
