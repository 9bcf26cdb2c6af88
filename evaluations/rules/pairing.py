"""Pairing leaders and members of different firms where possible (2.5)."""

from __future__ import annotations

from collections.abc import Sequence


def most_distinct(leader_orgs: Sequence[str], member_orgs: Sequence[str]) -> int:
    """Return how many pairs of different firms are possible (augmenting paths)."""
    holder: dict[int, int] = {}

    def seat(member: int, seen: set[int]) -> bool:
        for group, org in enumerate(leader_orgs):
            if org == member_orgs[member] or group in seen:
                continue
            seen.add(group)
            if group not in holder or seat(holder[group], seen):
                holder[group] = member
                return True
        return False

    return sum(seat(member, set()) for member in range(len(member_orgs)))


def pair_members(
    leader_orgs: Sequence[str], *, member_orgs: Sequence[str], distinct: bool
) -> list[int]:
    """Return for each group the index of its member.

    Members in order, each to the first free group that leaves the others placeable with
    different firms; where that is impossible, that keeps pairs of one firm fewest.
    """
    free = list(range(len(leader_orgs)))
    partner = [0] * len(leader_orgs)
    for member, org in enumerate(member_orgs):
        later = member_orgs[member + 1 :]
        chosen = free[0]
        if distinct:
            gains = {
                group: (org != leader_orgs[group])
                + most_distinct([leader_orgs[g] for g in free if g != group], later)
                for group in free
            }
            chosen = max(free, key=lambda group: gains[group])
        partner[chosen] = member
        free.remove(chosen)
    return partner
