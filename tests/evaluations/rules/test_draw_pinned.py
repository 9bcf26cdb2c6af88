"""Results pinned for ever: a difference here means that old certificates no longer verify.

Never adjust a value. A change of the rules is a new version of the specification.
"""

from collections.abc import Callable
from random import Random

from evaluations.rules.canonical import Head
from evaluations.rules.certificates import run_draw
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import Freeze
from evaluations.rules.freeze_sample import Allocation, SampleTerms, Variable, build_sample
from evaluations.rules.hashing import HashName
from tests.evaluations.rules.certificate_builders import year
from tests.evaluations.rules.draw_builders import (
    SEED,
    frame,
    frame_cases,
    random_experts,
    random_match,
)


def test_results_are_pinned_for_ever() -> None:
    """A difference here means that old certificates no longer verify: never adjust a value."""
    every = (Variable.TYPE, Variable.MONTH, Variable.ORG)
    frames = [
        frame(300),
        frame(300, alloc=Allocation.SYS, strata=every),
        frame(300, min1=True, strata=(Variable.MONTH,), n=40, override="检验"),
        build_sample(Head("T-S1", HashName.SM3), terms=SampleTerms(n=30), cases=frame_cases(300)),
    ]
    hashes = [run_draw(frozen, seed=SEED).result_hash[:16] for frozen in frames]
    assert hashes == [
        "f925c5343795e7e9",
        "109960519765d7c6",
        "7e83caf61340482a",
        "622cae446e26336a",
    ]
    assert [cert["result_hash"][:16] for cert in year()] == [
        "0c14d95cbd0f37b7",
        "ae352244722f5a84",
        "6c3854c74bff5dd9",
    ]


def test_years_of_real_size_are_pinned() -> None:
    """Frames of 76 to 20,000 cases, excluded rows, both allocations."""
    every = (Variable.TYPE, Variable.MONTH, Variable.ORG)
    frames = [
        frame(761, excluded=12, strata=(Variable.TYPE,)),
        frame(761, n=76, override="方案载明", strata=every, alloc=Allocation.SYS),
        frame(76, strata=(Variable.TYPE,)),
        frame(20_000, strata=(Variable.TYPE, Variable.MONTH)),
    ]
    hashes = [run_draw(frozen, seed=SEED).result_hash[:16] for frozen in frames]
    assert hashes == [
        "3ace3700075c52dc",
        "d86494cd261ab69b",
        "557865936dba1355",
        "eb69665a55b89426",
    ]


def hashes_of(make: Callable[[Random], Freeze], count: int) -> list[str]:
    """Result hashes of the first generated lists that can be drawn from."""
    found: list[str] = []
    dice = Random(2022)
    while len(found) < count:
        try:
            found.append(run_draw(make(dice), seed=SEED).result_hash[:16])
        except RuleError:  # too few experts, or a case nobody may take
            continue
    return found


def test_generated_pools_are_pinned() -> None:
    assert hashes_of(random_experts, 12) == [
        "ea8dec2d81a27c64",
        "8fb039bf9da54e42",
        "1c47b407bf393d48",
        "f1ee0368521da138",
        "13da35285e79f055",
        "61888d1dcf7c0fb4",
        "5bc7a241c9b30474",
        "5e2795bb61c26c16",
        "8d8f85255a4fe956",
        "23dbced145100661",
        "fa3f314ffa821736",
        "ee6a97b30279b0fd",
    ]


def test_generated_matchings_are_pinned() -> None:
    assert hashes_of(random_match, 12) == [
        "4c1fc63fc66c2080",
        "a3a8ca4fe73d4b12",
        "22309a82e9df65a0",
        "ac6e841ae680d954",
        "33e3ba42daaeb8b5",
        "a364a7b4976df6b4",
        "0744bbe57f0c316c",
        "314f6779a9092246",
        "651717c8f0c8903d",
        "31e6abd83289cdf6",
        "7f3f9e854f562495",
        "c31e9d68e38a9ae7",
    ]
