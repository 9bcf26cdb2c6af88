"""A decided number and the seats before the seed: what the rules say of them."""

from fractions import Fraction

import pytest

from evaluations.rules.hashing import HashName
from evaluations.rules.quotas import preview_lr, preview_sys, quotas_lr, quotas_sys
from evaluations.rules.sizes import SizeDecision, decision_faults
from evaluations.rules.tickets import Urn

SIZES = {"criminal": 235, "civil": 498, "admin": 16}
FULL = {"reason": "甲", "clause": "乙", "signer": "丙", "document": "丁"}


@pytest.mark.parametrize(
    ("decision", "fields"),
    [
        (SizeDecision(80), set()),
        (SizeDecision(76, **FULL), set()),
        (SizeDecision(76), {"reason", "clause", "signer", "document"}),
        (SizeDecision(76, reason="甲", clause="乙"), {"signer", "document"}),
        (SizeDecision(80, reason="甲"), {"reason"}),
        (SizeDecision(0, **FULL), {"size"}),
        (SizeDecision(754, **FULL), {"size"}),
    ],
)
def test_a_decision_and_its_grounds(decision: SizeDecision, fields: set[str]) -> None:
    assert set(decision_faults(decision, by_rule=80, eligible=753)) == fields


def test_no_cases_no_decision() -> None:
    assert set(decision_faults(SizeDecision(20), by_rule=0, eligible=0)) == {"size"}


def test_the_preview_of_largest_remainder_is_the_quota() -> None:
    shown = preview_lr(SIZES, 80)
    assert {one.key: one.least for one in shown} == quotas_lr(SIZES, 80)
    assert all(one.least == one.most for one in shown)
    assert sum(one.expected for one in shown) == 80


@pytest.mark.parametrize("seed", ["40718832690155274936", "27182818284590452353", "1" * 20])
def test_systematic_seats_stay_between_the_announced_ones(seed: str) -> None:
    shown = {one.key: one for one in preview_sys(SIZES, 77)}
    assert shown["admin"].expected == Fraction(77 * 16, 749)
    quotas = quotas_sys(SIZES, 77, urn=Urn(HashName.SHA256, "WZ-2031-S1", seed))
    for key, quota in quotas.items():
        assert shown[key].least <= quota <= shown[key].most
