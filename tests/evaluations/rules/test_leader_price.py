"""The price of a leader quota: exact figures, and the draw itself over many seeds."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules.leader_price import chances, percent, prices
from evaluations.rules.panels import draw_experts
from tests.evaluations.rules.draw_builders import experts, pool


@pytest.mark.parametrize(
    ("leaders", "leader", "other"),
    [(10, "20.0%", "0.0%"), (5, "24.4%", "15.6%"), (2, "51.1%", "12.2%"), (1, "100.0%", "11.1%")],
)
def test_two_of_ten(leaders: int, leader: str, other: str) -> None:
    found = chances(leaders=leaders, others=10 - leaders, seats=2, groups=1)
    assert (percent(found.leader), percent(found.other)) == (leader, other)
    assert found.even == Fraction(1, 5)


@given(st.integers(1, 8), st.integers(0, 12), st.integers(1, 4))
def test_the_chances_add_up_to_the_seats(leaders: int, others: int, groups: int) -> None:
    groups = min(groups, leaders, (leaders + others) // 2)
    if not groups:
        return
    found = chances(leaders=leaders, others=others, seats=2 * groups, groups=groups)
    assert leaders * found.leader + others * found.other == 2 * groups
    assert found.leader >= found.even
    assert others == 0 or found.other <= found.even


def test_the_draw_itself_pays_this_price() -> None:
    frozen = experts(pool(criminal=6, civil=0, leaders=2), slots="criminal:2")
    count, drawn = 1500, 0
    for n in range(count):
        result = draw_experts(frozen, seed=f"{n:024d}")
        drawn += sum(frozen.people[one.person].may_lead for one in result.drawn)
    expected = chances(leaders=2, others=4, seats=2, groups=1).leader * 2 * count
    assert abs(drawn - expected) < 4 * float(expected) ** 0.5 * 0.6


def test_the_sentence_names_both_chances_and_says_nothing_where_all_may_lead() -> None:
    assert prices(experts(pool(criminal=4, civil=8))) == []
    said = prices(experts(pool(criminal=4, civil=8, leaders=4)))
    (sentence,) = said
    assert sentence == (
        "民事行政每组须有一名组长：4名可任组长者每人抽中机会80.4%，其余4名每人69.6%；"
        "如果人人可任组长，机会都是75.0%。"
    )
