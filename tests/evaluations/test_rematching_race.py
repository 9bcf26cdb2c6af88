"""Late recusals at the same moment, on real connections: one decision per case, all kept."""

from typing import Any

import pytest

from evaluations.actions.rematching import rematch_case
from evaluations.models import Assignment, DrawEvent
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_proof import prove
from experts.actions import declare_recusal
from tests.evaluations.draw_year import Year, matched_year
from tests.evaluations.test_draws_race import press_together

pytestmark = pytest.mark.django_db(transaction=True)


def recused(year: Year, count: int) -> list[Any]:
    """Pairs of civil cases whose leader has a recorded relation."""
    pairs = [p for p in assigned_pairs(year.plan) if p.panel.category == "civil"][:count]
    for pair in pairs:
        declare_recusal(
            pair.leader, year=2031, reason="kin", explanation="承办人之兄",
            case_key=pair.drawn_case.case.key, by=year.bureau,
        )  # fmt: skip
    return pairs


def test_one_of_many_confirmations_of_a_case_counts() -> None:
    year = matched_year()
    (pair,) = recused(year, 1)
    done, sentences = press_together(
        lambda _: rematch_case(pair.drawn_case, expert=pair.leader, by=year.clerk)
    )
    assert done == 1
    assert {"不用重新匹配" in sentence for sentence in sentences} == {True}
    assert DrawEvent.objects.filter(kind="recused").count() == 1
    assert Assignment.objects.filter(drawn_case=pair.drawn_case).count() == 2


def test_two_late_recusals_at_once_are_both_decided_and_proven() -> None:
    year = matched_year()
    pairs = recused(year, 2)
    done, _ = press_together(
        lambda n: rematch_case(pairs[n % 2].drawn_case, expert=pairs[n % 2].leader, by=year.clerk)
    )
    assert done == 2
    match = DrawEvent.objects.filter(kind="recused")[0].draw
    assert prove(match).ok
    live = Assignment.objects.live().filter(drawn_case__in=[p.drawn_case for p in pairs])
    assert live.count() == 2
