"""How far two experts agree, told honestly at small numbers (article 7, analysis).

Shares with Wilson intervals, differences with Student intervals. No kappa: for one panel of two
its expectation by chance rests on too few files. Exact numbers are `Fraction`, bounds `Decimal`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

Z95 = Decimal("1.959963984540054")
SMALL = 10
"""Below this number a share is told as a count, without a percentage."""

T95_TABLE = (
    "12.7062 4.3027 3.1824 2.7764 2.5706 2.4469 2.3646 2.3060 2.2622 2.2281 "
    "2.2010 2.1788 2.1604 2.1448 2.1314 2.1199 2.1098 2.1009 2.0930 2.0860 "
    "2.0796 2.0739 2.0687 2.0639 2.0595 2.0555 2.0518 2.0484 2.0452 2.0423"
)
T95 = T95_TABLE.split()
"""Student's 97.5% points for 1 to 30 degrees of freedom."""

T95_BEYOND = ((120, "1.9799"), (60, "2.0003"), (40, "2.0211"), (30, "2.0423"))


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A 95% interval, both ends inclusive."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class Share:
    """`count` of `n` with its Wilson interval; None for n = 0."""

    count: int
    n: int
    interval: Interval | None

    @property
    def value(self) -> Fraction | None:
        """The exact share."""
        return Fraction(self.count, self.n) if self.n else None

    @property
    def sentence(self) -> str:
        """The share for people: a bare count while there are few."""
        if self.interval is None:
            return "没有可比的案件"
        counted = f"{self.count}/{self.n}件"
        if self.n < SMALL:
            return f"{counted}（件数少，不计百分比）"
        told = percent(Decimal(self.count) / self.n)
        low, high = percent(self.interval.low), percent(self.interval.high)
        return f"{counted}，{told}（95%区间{low}至{high}）"


@dataclass(frozen=True, kw_only=True)
class MeanDifference:
    """Mean of first minus second over pairs, in marks; the interval needs two pairs."""

    n: int
    mean: Fraction | None
    interval: Interval | None
    unit: str = "分"

    @property
    def sentence(self) -> str:
        """The difference for people."""
        if self.mean is None:
            return "没有可比的案件"
        told = f"{self.n}件，平均相差{_marks(self.mean)}{self.unit}"
        if self.interval is None or self.n < SMALL:
            return f"{told}（件数少，仅供参考）"
        low, high = _signed(self.interval.low), _signed(self.interval.high)
        return f"{told}（95%区间{low}至{high}{self.unit}）"


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A leader's ruling beside the two grades, as ordinals: 1 is the best grade."""

    leader_sheet: int
    member_sheet: int
    ruling: int


@dataclass(frozen=True, kw_only=True)
class Rulings:
    """Leader-decided share and its direction against the other expert's grade."""

    share: Share
    own: int
    other: int
    neither: int
    higher: int
    lower: int


def percent(value: Decimal) -> str:
    """A share as people read it, to one decimal, halves up."""
    tenths = int(value * 1000 + Decimal("0.5"))
    return f"{tenths // 10}.{tenths % 10}%"


def wilson(count: int, n: int) -> Interval | None:
    """The 95% Wilson score interval of a share; None for n = 0. Never leaves [0, 1]."""
    if n == 0:
        return None
    with localcontext() as context:
        context.prec = 40
        share, z2 = Decimal(count) / n, Z95 * Z95
        centre = share + z2 / (2 * n)
        half = Z95 * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
        low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    places = Decimal("0.000001")
    low, high = low.quantize(places), high.quantize(places)
    return Interval(
        low=max(low, Decimal(0)) if count else Decimal(0),
        high=min(high, Decimal(1)) if count < n else Decimal(1),
    )


def share(count: int, n: int) -> Share:
    """`count` of `n` with its interval."""
    return Share(count=count, n=n, interval=wilson(count, n))


def exact_agreement(pairs: Sequence[tuple[str, str]]) -> Share:
    """How many pairs of sheets came to the same grade before any discussion."""
    return share(sum(first == second for first, second in pairs), len(pairs))


def t_quantile(freedom: int) -> Decimal:
    """Student's 97.5% point; between the steps of the table the wider one is taken."""
    if freedom <= len(T95):
        return Decimal(T95[freedom - 1])
    return Decimal(next(value for least, value in T95_BEYOND if freedom >= least))


def mean_difference(pairs: Sequence[tuple[Fraction, Fraction]]) -> MeanDifference:
    """How much more the first of a pair gives than the second, on the same files.

    With fixed pairs this compares two partners and nobody else.
    """
    differences = [Fraction(first) - Fraction(second) for first, second in pairs]
    squares = sum((value**2 for value in differences), Fraction(0))
    return mean_of_moments(len(pairs), total=sum(differences, Fraction(0)), squares=squares)


def mean_of_moments(
    n: int, *, total: Fraction, squares: Fraction, unit: str = "分"
) -> MeanDifference:
    """The same from the sum of the differences and of their squares: what a database adds up.

    `unit` is a mark, or a step of the overall judgement.
    """
    if n == 0:
        return MeanDifference(n=0, mean=None, interval=None, unit=unit)
    mean = total / n
    if n == 1:
        return MeanDifference(n=1, mean=mean, interval=None, unit=unit)
    variance = (squares - total * mean) / (n - 1)
    half = t_quantile(n - 1) * (_decimal(variance) / n).sqrt()
    places = Decimal("0.0001")
    middle = _decimal(mean)
    return MeanDifference(
        n=n,
        mean=mean,
        interval=Interval(
            low=(middle - half).quantize(places), high=(middle + half).quantize(places)
        ),
        unit=unit,
    )


def rulings(ruled: Sequence[Ruled], *, graded: int) -> Rulings:
    """How often the leader decided, and which way, of `graded` cases."""
    own = sum(case.ruling == case.leader_sheet for case in ruled)
    other = sum(case.ruling == case.member_sheet != case.leader_sheet for case in ruled)
    return Rulings(
        share=share(len(ruled), graded),
        own=own,
        other=other,
        neither=len(ruled) - own - other,
        higher=sum(case.ruling < case.member_sheet for case in ruled),
        lower=sum(case.ruling > case.member_sheet for case in ruled),
    )


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _marks(value: Fraction) -> str:
    return _signed(_decimal(value))


def _signed(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')):+}" if value else "0"
