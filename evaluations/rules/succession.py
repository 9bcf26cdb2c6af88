"""Who evaluates a case after an expert left the panel (2.5 after the matching, with 2.6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from evaluations.rules.panels import Group


class Seats(NamedTuple):
    """The two who evaluate a case; the first leads."""

    leader: str
    member: str


def next_clean(
    panel: Group,
    *,
    alternates: Sequence[str],
    gone: Collection[str],
    barred: Collection[str],
    taken: Collection[str],
) -> list[str]:
    """Return who may take an empty seat of a case, in turn: first the panel as it sits now.

    `alternates` are the unused ones in their order; `gone` have left, `barred` may not judge
    this case, `taken` have or had a seat of it.
    """
    queue = dict.fromkeys((panel.leader, panel.member, *alternates))
    return [p for p in queue if p not in taken and p not in gone and p not in barred]


def seats_after(
    pair: Seats,
    *,
    panel: Group,
    alternates: Sequence[str],
    gone: Collection[str],
    barred: Collection[str],
    may_lead: Collection[str],
) -> Seats | None:
    """Return the two of a case after withdrawals, or None where nobody clean is left.

    Who stays keeps the case; an empty seat goes to the next clean one. Where the leader left,
    the remaining qualified member leads, else the new one who is; where nobody is qualified the
    remaining member (2.6).
    """
    stay = [person for person in pair if person not in gone]
    if len(stay) == len(pair):
        return pair
    free = next_clean(panel, alternates=alternates, gone=gone, barred=barred, taken=pair)
    seats = [*stay, *free][:2]
    if len(seats) < len(pair):
        return None
    if pair.leader not in gone:
        return Seats(*seats)
    leader = next((person for person in seats if person in may_lead), seats[0])
    return Seats(leader, next(person for person in seats if person != leader))
