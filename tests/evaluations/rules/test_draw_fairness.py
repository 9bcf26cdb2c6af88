"""Fairness of the sample: no order counts, every case alike, nothing changes needlessly."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.rules.canonical import Head
from evaluations.rules.freeze_sample import (
    Allocation,
    FrameCase,
    SampleFreeze,
    SampleTerms,
    Variable,
    build_sample,
)
from evaluations.rules.sampling import draw_sample
from evaluations.rules.sizes import LITERAL_RULE, SizeBase, size_by_rule
from tests.evaluations.rules.draw_builders import SEED, frame, frame_cases
from tests.pace import examples

ROUNDS = examples(2_000, thorough=20_000)
EDGE = 4.0
"""Beyond so many standard deviations, on either side: by chance once in 15,000 runs. The seeds
are fixed, so a run never differs from the last."""


@settings(max_examples=examples(25, thorough=60))
@given(st.integers(5, 120), st.randoms(use_true_random=False), st.booleans())
def test_order_of_rows_and_excluded_rows_do_not_matter(
    count: int, random: Random, stratified: bool
) -> None:
    cases = frame_cases(count)
    mixed = random.sample(cases, len(cases))
    extra = [FrameCase(f"已抽{i}号", "civil", "2022-01", "L99", "ex:city2022") for i in range(3)]
    strata = (Variable.TYPE,) if stratified else ()
    n = size_by_rule(count, eligible=count, rule=LITERAL_RULE)
    terms = SampleTerms(n=n, strata=strata, size_base=SizeBase.ELIGIBLE)
    one = build_sample(Head("T"), terms=terms, cases=cases)
    other = build_sample(Head("T"), terms=terms, cases=[*extra, *mixed])
    assert draw_sample(one, seed=SEED) == draw_sample(other, seed=SEED)


def inclusions(frozen: SampleFreeze) -> Counter[str]:
    """How often each case was drawn over many seeds."""
    hits: Counter[str] = Counter()
    for i in range(ROUNDS):
        hits.update(draw_sample(frozen, seed=f"{i:024d}").sample.case_nos)
    return hits


def deviation(hits: Mapping[str, int], *, share: float, groups: int) -> float:
    """Chi-square of the inclusions against `share`, in standard deviations from its mean.

    Far above 0 the draw prefers some cases; far below it is too even to be a draw by lot.
    `groups` strata of fixed seats take as many degrees of freedom.
    """
    expected = ROUNDS * share
    chi = sum((count - expected) ** 2 for count in hits.values()) / (expected * (1 - share))
    scale = (len(hits) - groups) / len(hits)  # a fixed total correlates the inclusions
    free = len(hits) - groups
    cube = (chi * scale / free) ** (1 / 3)  # Wilson and Hilferty: nearly normal in both tails
    return float((cube - (1 - 2 / (9 * free))) / (2 / (9 * free)) ** 0.5)


@pytest.mark.parametrize("strata", [(), (Variable.TYPE,)])
def test_every_case_is_drawn_alike_and_not_too_evenly(strata: tuple[Variable, ...]) -> None:
    frozen = frame(60, n=15, override="检验", strata=strata)  # a quarter of every stratum
    hits = inclusions(frozen)
    assert len(hits) == 60
    groups = len(set(frozen.eligible[1]))
    assert -EDGE < deviation(hits, share=15 / 60, groups=groups) < EDGE


def test_two_neighbours_of_the_list_are_drawn_together_as_often_as_any_two() -> None:
    frozen, together = frame(60, n=12, override="检验"), 0
    for i in range(ROUNDS):
        chosen = set(draw_sample(frozen, seed=f"{i:024d}").sample.case_nos)
        together += sum({a, b} <= chosen for a, b in pairwise(frozen.eligible[0]))
    expected = ROUNDS * 59 * (12 * 11) / (60 * 59)
    assert abs(together - expected) < 5 * expected**0.5


def test_systematic_rounding_draws_from_small_strata_with_the_same_chance() -> None:
    """35 strata of one or two cases expect a fifth of a seat: LR would never draw from most."""
    every = (Variable.MONTH, Variable.ORG)
    terms: dict[str, Any] = {"n": 12, "override": "检验", "strata": every}
    frozen = frame(60, alloc=Allocation.SYS, **terms)
    hits = inclusions(frozen)
    assert len(hits) == 60
    spread = (ROUNDS * 0.2 * 0.8) ** 0.5
    assert max(abs(count - ROUNDS * 0.2) for count in hits.values()) < 4.5 * spread
    seats: Counter[str] = Counter()
    for number, key in zip(*frozen.eligible, strict=True):
        seats[key] += hits[number]
    sizes = Counter(frozen.eligible[1])
    for key, size in sizes.items():
        share = 12 * size / 60
        deviate = (ROUNDS * (share % 1) * (1 - share % 1)) ** 0.5
        assert abs(seats[key] - ROUNDS * share) < 4.5 * deviate, key
    never = draw_sample(frame(60, **terms), seed=SEED).strata
    assert sum(stratum.quota == 0 for stratum in never) > 20


@settings(max_examples=examples(30, thorough=200))
@given(st.integers(0, 99), st.booleans(), st.integers(0, 10**20))
def test_one_case_less_changes_at_most_that_case(gone: int, stratified: bool, digits: int) -> None:
    """Deleting an undrawn case changes nothing; a drawn one gives way to the first reserve."""
    terms = SampleTerms(n=20, strata=(Variable.TYPE,) if stratified else ())
    cases, seed = frame_cases(100), f"{digits:024d}"
    whole = draw_sample(build_sample(Head("T-S1"), terms=terms, cases=cases), seed=seed)
    number = cases.pop(gone).case_no
    fewer = draw_sample(build_sample(Head("T-S1"), terms=terms, cases=cases), seed=seed)
    before, after = set(whole.sample.case_nos), set(fewer.sample.case_nos)
    if number not in before and not stratified:
        assert fewer.sample.case_nos == whole.sample.case_nos
    left, came = before - after, after - before
    seats = {stratum.key: stratum.quota for stratum in whole.strata}
    if seats == {stratum.key: stratum.quota for stratum in fewer.strata}:
        assert left == before & {number}
    assert len(left) == len(came) <= 1 + (number in before)
    still = [no for no in whole.reserve.case_nos if no in set(fewer.reserve.case_nos)]
    assert [no for no in fewer.reserve.case_nos if no not in before] == still


@settings(max_examples=examples(30, thorough=200))
@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 10**20))
def test_a_larger_sample_only_adds(one: int, other: int, digits: int) -> None:
    """Sample and reserve are one queue: more seats take the next reserves, in their order."""
    queues = []
    for n in sorted((one, other)):
        override = "-" if n == 20 else "检验"
        result = draw_sample(frame(100, n=n, override=override), seed=f"{digits:024d}")
        assert len(result.sample) == n
        queues.append([*result.sample.case_nos, *result.reserve.case_nos])
    assert queues[0] == queues[1]
