"""分析报告 (article 7): what the year's counts say, with what they can not say at these numbers.

`Counts` is what is frozen as a report is issued: numbers and names, nothing derived. `analyse` says
the rest, so that an issued report reads the same ever after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.rules import agreement, precision
from evaluations.rules.report_counts import Counts, PairCount
from evaluations.rules.report_items import ItemLoss, item_losses, percent_of

FOLDED_BELOW = 3
OTHERS = "其他机构（每家不足3件）"
MICRO = 1_000_000
KINDS = (("全部", ("criminal", "civil", "admin")), ("刑事", ("criminal",)),
         ("民事行政", ("civil", "admin")))  # fmt: skip

Row = tuple[str, dict[str, int]]
"""A label and its number of cases by grade, best grade first."""


@dataclass(frozen=True)
class PairRow:
    """How the two experts of a pair stand to each other, on the same files."""

    panel: str
    leader: str
    member: str
    exact: agreement.Share
    difference: agreement.MeanDifference
    ruled: int


@dataclass(frozen=True)
class Estimate:
    """What the sample says of all cases of a kind that could be drawn."""

    label: str
    population: int
    drawn: int
    failing: int
    interval: precision.Interval

    @property
    def point(self) -> Decimal:
        """The share found, in per cent."""
        return percent_of(self.failing, self.drawn)

    @property
    def sentence(self) -> str:
        """The estimate for people."""
        low, high = self.interval.percents
        return (
            f"抽中 {self.drawn} 件中 {self.failing} 件不合格，推算可抽的 {self.population} 件里有 "
            f"{self.interval.low} 至 {self.interval.high} 件不合格（{low}% 至 {high}%，"
            "把握程度 95%，按有限总体精确计算）。"
        )


@dataclass(frozen=True)
class Regular:
    """The yearly grade beside 一案一评: the table, and how many of the same name agree."""

    rows: list[Row]
    missing: int
    same: agreement.Share
    better: int
    worse: int


@dataclass(frozen=True)
class Analysis:
    """Everything the report says of the figures."""

    total: int
    grades: list[str]
    distribution: list[Row]
    firms: list[Row]
    outcomes: list[tuple[str, agreement.Share]]
    items: list[ItemLoss]
    exact: agreement.Share
    pairs: list[PairRow]
    panels: list[Row]
    rulings: agreement.Rulings
    regular: Regular
    estimates: list[Estimate]
    by_level: bool = False

    @property
    def worst(self) -> list[ItemLoss]:
        """The ten items that lost most of what they could lose."""
        return [item for item in self.items if item.weak][:10]

    @property
    def worst_bars(self) -> list[tuple[str, Decimal, str]]:
        """The same as bars: title, per cent, scope."""
        return [(item.title, item.percent, item.scope) for item in self.worst]

    @property
    def scales(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Each pair's lower end, mean and upper end, to a tenth of a mark; few files have none."""
        tenth, rows = Decimal("0.1"), []
        for row in self.pairs:
            told = row.difference
            if told.mean is None or told.interval is None or told.n < agreement.SMALL:
                continue
            mean = Decimal(told.mean.numerator) / Decimal(told.mean.denominator)
            ends = (told.interval.low, mean, told.interval.high)
            low, middle, high = (value.quantize(tenth) for value in ends)
            short = row.panel.replace("案件组", "").replace("民事行政", "民事")
            rows.append((short, low, middle, high))
        return rows

    @property
    def vetoed(self) -> list[ItemLoss]:
        """The items of which 一票否决 was found."""
        return [item for item in self.items if item.vetoed]


def analyse(counts: Counts, outcome_labels: Mapping[str, str]) -> Analysis:
    """Say what the counts say."""
    total = sum(n for _, _, n in counts.kinds)
    exact = agreement.share(
        sum(pair.exact for pair in counts.pairs), sum(pair.compared for pair in counts.pairs)
    )
    outcomes = dict(counts.outcomes)
    return Analysis(
        total=total,
        grades=counts.grades,
        distribution=_distribution(counts),
        firms=fold_firms(counts.firms, counts.grades),
        outcomes=[
            (label, agreement.share(outcomes[code], total))
            for code, label in outcome_labels.items()
            if outcomes.get(code)
        ],
        items=item_losses(counts.items),
        exact=exact,
        pairs=_pair_rows(counts),
        panels=_panels(counts),
        rulings=_rulings(counts.pairs, graded=total),
        regular=_regular(counts),
        estimates=_estimates(counts),
        by_level=counts.by_level,
    )


def by_grade(grades: Sequence[str], rows: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Numbers by the names of the grades from (place, number)."""
    counted: Counter[int] = Counter()
    for place, n in rows:
        counted[place] += n
    return {grade: counted[place] for place, grade in enumerate(grades, start=1)}


def _distribution(counts: Counts) -> list[Row]:
    rows = []
    for label, kinds in KINDS:
        found = [(place, n) for kind, place, n in counts.kinds if kind in kinds]
        if found:
            rows.append((label, by_grade(counts.grades, found)))
    return rows


def fold_firms(firms: Sequence[tuple[str, int, int]], grades: Sequence[str]) -> list[Row]:
    """Grades by firm, firms with few cases in one row: no conclusion is drawn from two files."""
    listed: dict[str, list[tuple[int, int]]] = {}
    for name, place, n in firms:
        listed.setdefault(name, []).append((place, n))
    rows, folded = [], []
    for name, found in listed.items():
        if name == OTHERS or sum(n for _, n in found) < FOLDED_BELOW:
            folded += found
        else:
            rows.append((name, by_grade(grades, found)))
    rows.sort(key=lambda row: (-sum(row[1].values()), row[0]))
    return [*rows, (OTHERS, by_grade(grades, folded))] if folded else rows


def _pair_rows(counts: Counts) -> list[PairRow]:
    unit = "级" if counts.by_level else "分"
    return [_pair(pair, unit=unit) for pair in counts.pairs if pair.compared]


def _pair(pair: PairCount, *, unit: str) -> PairRow:
    """A fixed pair tells of its two partners only."""
    return PairRow(
        panel=pair.panel,
        leader=pair.leader,
        member=pair.member,
        exact=agreement.share(pair.exact, pair.compared),
        difference=agreement.mean_of_moments(
            pair.compared,
            total=Fraction(pair.total, MICRO),
            squares=Fraction(pair.squares, MICRO * MICRO),
            unit=unit,
        ),
        ruled=pair.ruled,
    )


def _panels(counts: Counts) -> list[Row]:
    """Grades by panel, over all pairs that sat on it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for pair in counts.pairs:
        rows = found.setdefault(pair.panel, [])
        rows += [(place, n) for place, n in enumerate(pair.by_place, start=1)]
    return [(name, by_grade(counts.grades, rows)) for name, rows in found.items() if name]


def _rulings(pairs: Sequence[PairCount], *, graded: int) -> agreement.Rulings:
    """How often, and which way, the leader's opinion decided."""
    ruled, own, other = (
        sum(getattr(pair, name) for pair in pairs) for name in ("ruled", "own", "other")
    )
    return agreement.Rulings(
        share=agreement.share(ruled, graded),
        own=own,
        other=other,
        neither=ruled - own - other,
        higher=sum(pair.higher for pair in pairs),
        lower=sum(pair.lower for pair in pairs),
    )


def _regular(counts: Counts) -> Regular:
    """Rows by the 一案一评 grade of the ledger, columns by the grade of the evaluation."""
    places = {grade: place for place, grade in enumerate(counts.grades, start=1)}
    named = [(name, place, n) for name, place, n in counts.regular if name]
    order = sorted({name for name, _, _ in named}, key=lambda each: (places.get(each, 99), each))
    known = [(places[name], place, n) for name, place, n in named if name in places]
    return Regular(
        rows=[
            (name, by_grade(counts.grades, [(p, n) for each, p, n in named if each == name]))
            for name in order
        ],
        missing=sum(n for name, _, n in counts.regular if not name),
        same=agreement.share(
            sum(n for before, now, n in known if before == now), sum(n for _, _, n in known)
        ),
        better=sum(n for before, now, n in known if now < before),
        worse=sum(n for before, now, n in known if now > before),
    )


def _estimates(counts: Counts) -> list[Estimate]:
    """For all cases and by kind: exact for a draw without strata, strata make it a little wide."""
    rows = []
    for label, kinds in KINDS:
        population = sum(counts.population.get(kind, 0) for kind in kinds)
        found = [(place, n) for kind, place, n in counts.kinds if kind in kinds]
        drawn = sum(n for _, n in found)
        failing = sum(n for place, n in found if place in counts.failing_places)
        if 1 <= drawn <= population:
            interval = precision.failure_interval(total=population, drawn=drawn, failing=failing)
            rows.append(Estimate(label, population, drawn, failing, interval))
    return rows
