"""What a leader quota costs: the chances of those who may lead and of those who may not (2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from evaluations.rules.freeze_experts import ExpertsFreeze, Slot
from evaluations.rules.panels import LABELS


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance of one person to be drawn, by whether he or she may lead; `even` if all may."""

    leader: Fraction
    other: Fraction
    even: Fraction


def chances(*, leaders: int, others: int, seats: int, groups: int) -> Chances:
    """Return the exact chances in one category, everybody serving it alone.

    People come in random order; where fewer than `groups` of the first `seats` may lead, the
    last of the others give way. So the number of leaders drawn is the larger of `groups` and a
    hypergeometric number. Needs `leaders >= groups`, `leaders + others >= seats`.
    """
    people = leaders + others
    ways = Fraction(1, comb(people, seats))
    expected = sum(
        max(count, groups) * comb(leaders, count) * comb(others, seats - count) * ways
        for count in range(min(leaders, seats) + 1)
    )
    return Chances(
        leader=Fraction(expected) / leaders,
        other=(seats - Fraction(expected)) / others if others else Fraction(0),
        even=Fraction(seats, people),
    )


def percent(chance: Fraction) -> str:
    """A chance with one decimal, half up."""
    tenths = (2000 * chance.numerator + chance.denominator) // (2 * chance.denominator)
    return f"{tenths // 10}.{tenths % 10}%"


def price_of(frozen: ExpertsFreeze, slot: Slot) -> str:
    """The price of the quota in one category as a sentence; empty where there is none to pay."""
    able = [member for member in frozen.pool if member.serves(slot.category)]
    leaders = sum(member.may_lead for member in able)
    others = len(able) - leaders
    if leaders < slot.groups or len(able) < slot.seats or not others:
        return ""
    found = chances(leaders=leaders, others=others, seats=slot.seats, groups=slot.groups)
    return (
        f"{LABELS[slot.category]}每组须有一名组长：{leaders}名可任组长者每人抽中机会"
        f"{percent(found.leader)}，其余{others}名每人{percent(found.other)}；"
        f"如果人人可任组长，机会都是{percent(found.even)}。"
    )


def prices(frozen: ExpertsFreeze) -> list[str]:
    """The price in every category, with the reservation where people serve both."""
    said = [sentence for slot in frozen.slots if (sentence := price_of(frozen, slot))]
    both = any(member.specialties == "criminal,civil" for member in frozen.pool)
    if said and both and len(frozen.slots) > 1:
        said.append("两类都能评的专家在每一类各有一签，上面按每一类单独估算。")
    return said
