"""What a sample size buys: exact interval of the number of failing cases (draw.md §3).

Hypergeometric, two-sided; never the normal formula. Integers only up to `EXACT` cases; above that
the same sums with floating terms, which are right to about one part in ten million.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, lgamma

EXACT = 3000
NEGLIGIBLE = 1e-18
"""A term this small beside the largest one no longer moves a sum of floating terms."""


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


def near_tail(*, total: int, failing: int, drawn: int, first: int, last: int) -> float:
    """Return the same probability with floating terms, summed from the end nearest the middle."""
    low, high = max(first, drawn - (total - failing), 0), min(last, failing, drawn)
    if low > high:
        return 0.0
    middle = (drawn + 1) * (failing + 1) // (total + 2)
    start = min(max(middle, low), high)
    log = _log_comb(failing, start) + _log_comb(total - failing, drawn - start)
    peak = exp(log - _log_comb(total, drawn))
    found, up, down = 1.0, 1.0, 1.0
    rest = total - failing - drawn
    for at in range(start, high):
        up *= (failing - at) * (drawn - at) / ((at + 1) * (rest + at + 1))
        found += up
        if up < NEGLIGIBLE:
            break
    for at in range(start, low, -1):
        down *= at * (rest + at) / ((failing - at + 1) * (drawn - at + 1))
        found += down
        if down < NEGLIGIBLE:
            break
    return found * peak


def _log_comb(many: int, few: int) -> float:
    return lgamma(many + 1) - lgamma(few + 1) - lgamma(many - few + 1)


def plausible(
    *, total: int, failing: int, drawn: int, first: int, last: int, risk: Fraction
) -> bool:
    """Whether the tail is more likely than the risk allowed on one side."""
    if total > EXACT:
        near = near_tail(total=total, failing=failing, drawn=drawn, first=first, last=last)
        return near > float(risk)
    ways, all_ways = tail(total=total, failing=failing, drawn=drawn, first=first, last=last)
    return ways * risk.denominator > all_ways * risk.numerator


@lru_cache(maxsize=512)
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
