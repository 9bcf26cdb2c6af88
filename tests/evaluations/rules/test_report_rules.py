"""The report's sentences from counts alone, against figures worked out by hand."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.agreement import mean_difference, mean_of_moments
from evaluations.rules.precision import EXACT, failure_interval, near_tail, tail
from evaluations.rules.report import OTHERS, analyse, fold_firms
from evaluations.rules.report_counts import Counts, ItemCount, PairCount

LABELS = {"at_once": "两评一致", "agreed": "协商一致", "ruling": "组长意见"}


def pair(**other: Any) -> PairCount:
    """Two experts with four files: three grades alike, differences 1, −1, 2 and 2."""
    values: dict[str, Any] = {
        "panel": "民事行政案件组第一组", "leader": "夏平", "member": "潘安宁",
        "by_place": [2, 1, 1], "compared": 4, "exact": 3, "total": 4_000_000,
        "squares": 10_000_000_000_000, "ruled": 1, "own": 1, "other": 0, "higher": 0, "lower": 1,
    }  # fmt: skip
    return PairCount(**(values | other))


def counts(**other: Any) -> Counts:
    values: dict[str, Any] = {
        "grades": ["优良", "合格", "不合格"],
        "failing_places": [3],
        "population": {"civil": 40, "criminal": 10},
        "kinds": [("civil", 1, 2), ("civil", 3, 1), ("criminal", 2, 1)],
        "outcomes": [("at_once", 3), ("ruling", 1)],
        "firms": [("甲所", 1, 2), ("甲所", 3, 1), ("乙所", 2, 1)],
        "regular": [("", 1, 1), ("优良", 1, 1), ("优良", 3, 1), ("合格", 2, 1)],
        "pairs": [pair()],
        "items": [
            ItemCount(scope="民事", number="1.1", title="会见", full="10", scored=6, lost="15",
                      skipped=2, vetoed=0),
            ItemCount(scope="民事", number="2.1", title="证据", full="5", scored=8, lost="20",
                      skipped=0, vetoed=0),
        ],
    }  # fmt: skip
    return Counts(**(values | other))


def test_what_four_files_say() -> None:
    found = analyse(counts(), LABELS)
    assert found.total == 4
    assert found.distribution == [
        ("全部", {"优良": 2, "合格": 1, "不合格": 1}),
        ("刑事", {"优良": 0, "合格": 1, "不合格": 0}),
        ("民事行政", {"优良": 2, "合格": 0, "不合格": 1}),
    ]
    assert [(item.title, str(item.percent)) for item in found.items] == [
        ("2.1 证据", "50.0"),  # 20 of 8 × 5
        ("1.1 会见", "25.0"),  # 15 of 6 × 10
    ]
    assert [(label, share.count, share.n) for label, share in found.outcomes] == [
        ("两评一致", 3, 4),
        ("组长意见", 1, 4),
    ]
    assert found.pairs[0].difference.mean == 1
    assert (found.rulings.own, found.rulings.lower, found.rulings.neither) == (1, 1, 0)
    assert found.scales == []  # four files are too few for an interval on the chart


def test_one_grade_a_case_beside_the_other() -> None:
    regular = analyse(counts(), LABELS).regular
    assert regular.rows == [
        ("优良", {"优良": 1, "合格": 0, "不合格": 1}),
        ("合格", {"优良": 0, "合格": 1, "不合格": 0}),
    ]
    assert (regular.missing, regular.same.count, regular.same.n) == (1, 2, 3)
    assert (regular.better, regular.worse) == (0, 1)


def test_firms_below_three_files_are_one_line() -> None:
    assert fold_firms(counts().firms, ["优良", "合格", "不合格"]) == [
        ("甲所", {"优良": 2, "合格": 0, "不合格": 1}),
        (OTHERS, {"优良": 0, "合格": 1, "不合格": 0}),
    ]


def test_estimates_by_kind_and_none_without_a_population() -> None:
    rows = analyse(counts(), LABELS).estimates
    assert [(row.label, row.population, row.drawn, row.failing) for row in rows] == [
        ("全部", 50, 4, 1),
        ("刑事", 10, 1, 0),
        ("民事行政", 40, 3, 1),
    ]
    assert analyse(counts(population={}), LABELS).estimates == []


def test_the_record_gives_the_same_figures() -> None:
    assert Counts.from_json(counts().as_json()) == counts()


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 100)).map(
            lambda pair: (Fraction(pair[0]), Fraction(pair[1]))
        ),
        max_size=40,
    )
)
def test_sums_say_the_same_as_the_pairs(pairs: list[tuple[Fraction, Fraction]]) -> None:
    differences = [first - second for first, second in pairs]
    by_sums = mean_of_moments(
        len(pairs),
        total=sum(differences, Fraction(0)),
        squares=sum((each**2 for each in differences), Fraction(0)),
    )
    assert by_sums == mean_difference(pairs)


@pytest.mark.parametrize(
    ("total", "failing", "drawn", "first", "last"),
    [(761, 10, 76, 2, 76), (761, 300, 76, 0, 20), (2500, 40, 250, 5, 250), (900, 5, 90, 5, 5)],
)
def test_floating_terms_say_the_same_as_integers(
    total: int, failing: int, drawn: int, first: int, last: int
) -> None:
    ways, every = tail(total=total, failing=failing, drawn=drawn, first=first, last=last)
    near = near_tail(total=total, failing=failing, drawn=drawn, first=first, last=last)
    assert abs(near - ways / every) <= 1e-9 * (ways / every)


def test_a_large_year_has_the_interval_that_integers_give() -> None:
    total, drawn, failing = 20 * EXACT, 2 * EXACT, 60
    found = failure_interval(total=total, drawn=drawn, failing=failing)

    def at_most(bad: int, last: int) -> Fraction:
        return Fraction(*tail(total=total, failing=bad, drawn=drawn, first=0, last=last))

    risk = Fraction(25, 1000)
    assert 1 - at_most(found.low, failing - 1) > risk >= 1 - at_most(found.low - 1, failing - 1)
    assert at_most(found.high, failing) > risk >= at_most(found.high + 1, failing)
    assert found.low < failing * total // drawn < found.high
