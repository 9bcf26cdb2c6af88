"""Before the seed of a matching: what is possible, what stands in the way (LAQD/1 2.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from evaluations.rules.conflicts import Recusals, Seating
from evaluations.rules.freeze_match import MatchCase, MatchFreeze
from evaluations.rules.matching import Limits, prepare


class BlockedCase(NamedTuple):
    """A case that nobody may evaluate: the experts in the way, and how many clean ones lack.

    `groups` is the number of groups of its category; without one `missing` is 2.
    """

    case: MatchCase
    people: tuple[str, ...]
    groups: int
    missing: int


class StandInCase(NamedTuple):
    """A case without a clean group: every seating has a pre-drawn alternate in it."""

    case: MatchCase
    seatings: tuple[Seating, ...]


@dataclass(frozen=True, slots=True)
class Feasibility:
    """`limits` hold for the cases that can be placed; all of them where nothing is blocked."""

    limits: tuple[Limits, ...]
    blocked: tuple[BlockedCase, ...]
    stand_ins: tuple[StandInCase, ...]


def examine(frozen: MatchFreeze) -> Feasibility:
    """Return the limits per category, the blocked cases and those with stand-ins. No seed."""
    recusals = Recusals(frozen)
    blocked: list[BlockedCase] = []
    stand_ins: list[StandInCase] = []
    placeable = []
    for case in frozen.cases:
        if case.role != "S":
            continue
        seatings = recusals.seatings(case)
        if not seatings:
            blocked.append(block(recusals, case))
            continue
        placeable.append(case)
        if all(seating.note != "-" for seating in seatings):
            stand_ins.append(StandInCase(case, tuple(seatings)))
    benches = prepare(replace(frozen, cases=tuple(placeable)))
    limits = tuple(bench.limits for bench in benches)
    return Feasibility(limits, tuple(blocked), tuple(stand_ins))


def block(recusals: Recusals, case: MatchCase) -> BlockedCase:
    """Name who is in the way of a blocked case."""
    recused = recusals.recused(case)
    groups = recusals.groups[case.category]
    alternates = recusals.alternates[case.category]
    seated = [person for group in groups for person in (group.leader, group.member)]
    spare = sum(person not in recused for person in alternates)
    out = [sum(p in recused for p in (group.leader, group.member)) for group in groups]
    people = tuple(person for person in (*seated, *alternates) if person in recused)
    return BlockedCase(case, people, len(groups), min(out, default=2) - (spare if out else 0))
