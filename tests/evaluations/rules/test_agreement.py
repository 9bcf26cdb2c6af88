"""Shares and differences with honest intervals, against textbook figures."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.agreement import (
    Z95,
    Interval,
    MeanDifference,
    Ruled,
    Share,
    exact_agreement,
    mean_difference,
    percent,
    rulings,
    share,
    t_quantile,
    wilson,
)

D = Decimal


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (0, 10, "0", "0.277533"),
        (10, 10, "0.722467", "1"),
        (5, 10, "0.236593", "0.763407"),
        (50, 100, "0.403832", "0.596168"),
        (81, 263, "0.255289", "0.366210"),
        (1, 1, "0.206549", "1"),
    ],
)
def test_wilson_intervals(count: int, n: int, low: str, high: str) -> None:
    assert wilson(count, n) == Interval(low=D(low), high=D(high))


def test_nothing_to_compare() -> None:
    assert wilson(0, 0) is None
    assert share(0, 0) == Share(count=0, n=0, interval=None)
    assert share(0, 0).value is None
    assert share(0, 0).sentence == "没有可比的案件"
    assert mean_difference([]).sentence == "没有可比的案件"


def test_small_numbers_are_told_as_counts() -> None:
    assert exact_agreement([("优良", "优良"), ("优良", "合格"), ("合格", "合格")]) == share(2, 3)
    assert share(2, 3).sentence == "2/3件（件数少，不计百分比）"
    assert share(9, 9).sentence == "9/9件（件数少，不计百分比）"
    assert share(15, 19).sentence == "15/19件，78.9%（95%区间56.7%至91.5%）"
    assert share(15, 19).value == Fraction(15, 19)


def test_percentages_round_halves_up() -> None:
    told = [percent(D(value)) for value in ("0.0005", "0.9995", "1", "0.1234")]
    assert told == ["0.1%", "100.0%", "100.0%", "12.3%"]


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_within_limits(counted: tuple[int, int]) -> None:
    count, n = counted
    interval = wilson(count, n)
    assert interval is not None
    share_seen = D(count) / n
    assert 0 <= interval.low <= share_seen <= interval.high <= 1
    for bound in (interval.low, interval.high):
        if 0 < bound < 1:
            distance = (share_seen - bound) ** 2
            assert abs(distance - Z95**2 * bound * (1 - bound) / n) < D("0.00001")


def test_students_points() -> None:
    points = [t_quantile(freedom) for freedom in (1, 2, 9, 18, 30, 39, 40, 75, 119, 120, 500)]
    wanted = "12.7062 4.3027 2.2622 2.1009 2.0423 2.0423 2.0211 2.0003 2.0003 1.9799 1.9799"
    assert [str(point) for point in points] == wanted.split()


def test_mean_difference_within_pairs() -> None:
    pairs = [(80, 78), (70, 72), (90, 84)]
    found = mean_difference([(Fraction(first), Fraction(second)) for first, second in pairs])
    assert found == MeanDifference(
        n=3, mean=Fraction(2), interval=Interval(low=D("-7.9367"), high=D("11.9367"))
    )
    assert found.sentence == "3件，平均相差+2.00分（件数少，仅供参考）"


def test_one_pair_has_no_interval_and_equal_pairs_a_point() -> None:
    assert mean_difference([(Fraction(80), Fraction(81))]) == MeanDifference(
        n=1, mean=Fraction(-1), interval=None
    )
    equal = mean_difference([(Fraction(80), Fraction(80))] * 12)
    assert equal.interval == Interval(low=D("0.0000"), high=D("0.0000"))
    assert equal.sentence == "12件，平均相差0分（95%区间0至0分）"


def test_swapping_the_partners_turns_the_sign() -> None:
    pairs = [(Fraction(80 + n), Fraction(79)) for n in range(12)]
    there = mean_difference(pairs)
    back = mean_difference([(second, first) for first, second in pairs])
    assert (there.mean, back.mean) == (Fraction(13, 2), Fraction(-13, 2))
    assert there.interval is not None
    assert back.interval == Interval(low=-there.interval.high, high=-there.interval.low)


def test_rulings_and_their_direction() -> None:
    ruled = [
        Ruled(leader_sheet=1, member_sheet=2, ruling=1),
        Ruled(leader_sheet=2, member_sheet=1, ruling=2),
        Ruled(leader_sheet=1, member_sheet=2, ruling=2),
        Ruled(leader_sheet=1, member_sheet=3, ruling=2),
    ]
    found = rulings(ruled, graded=76)
    assert (found.share.count, found.share.n) == (4, 76)
    assert (found.own, found.other, found.neither) == (2, 1, 1)
    assert (found.higher, found.lower) == (2, 1)
