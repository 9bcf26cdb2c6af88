"""回避 in the matching (2.6): who may evaluate which case, and who stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from evaluations.rules.canonical import NONE
from evaluations.rules.freeze_match import Conflict, GroupRow, MatchCase, MatchFreeze


class Seating(NamedTuple):
    """A group as it would evaluate one case; `note` names the stand-ins, `-` for none."""

    group: str
    leader: str
    member: str
    note: str


class Recusals:
    """Every recusal of a freeze file, indexed; `extra` are those declared later."""

    def __init__(self, frozen: MatchFreeze, *, extra: Iterable[Conflict] = ()) -> None:
        self.orgs = {row.person: row.org for row in frozen.people}
        self.by_org: dict[str, set[str]] = defaultdict(set)
        self.by_handler: dict[str, set[str]] = defaultdict(set)
        self.by_case: dict[str, set[str]] = defaultdict(set)
        self.alternates: dict[str, list[str]] = defaultdict(list)
        self.groups: dict[str, list[GroupRow]] = defaultdict(list)
        for row in frozen.alternates:
            self.alternates[row.category].append(row.person)
        for group in frozen.groups:
            self.groups[group.category].append(group)
        for person, org in self.orgs.items():
            self.by_org[org].add(person)
            self.by_handler[person].add(person)
        index = {"org": self.by_org, "handler": self.by_handler, "case": self.by_case}
        for conflict in (*frozen.conflicts, *extra):
            index[conflict.scope][conflict.value].add(conflict.person)

    def recused(self, case: MatchCase) -> set[str]:
        """Return the experts who may not evaluate a case."""
        people = set(self.by_case.get(case.case_no, ()))
        for org in case.orgs.split(","):
            if org != NONE:
                people |= self.by_org.get(org, set())
        for handler in case.handlers.split(","):
            if handler != NONE:
                people |= self.by_handler.get(handler, set())
        return people

    def seatings(self, case: MatchCase) -> list[Seating]:
        """Return the admissible groups of a case; with stand-ins only if no group is clean."""
        recused = self.recused(case)
        groups = self.groups[case.category]
        clean = [
            Seating(g.group, g.leader, g.member, NONE)
            for g in groups
            if g.leader not in recused and g.member not in recused
        ]
        if clean:
            return clean
        stand_ins = [p for p in self.alternates[case.category] if p not in recused]
        made = (with_stand_ins(group, recused=recused, stand_ins=stand_ins) for group in groups)
        return [seating for seating in made if seating]


def with_stand_ins(
    group: GroupRow, *, recused: set[str], stand_ins: Sequence[str]
) -> Seating | None:
    """Return the group with the first clean alternates in place of recused experts.

    With the leader recused the remaining member leads that case.
    """
    out = [person for person in (group.leader, group.member) if person in recused]
    if len(stand_ins) < len(out):
        return None
    stay = [person for person in (group.leader, group.member) if person not in recused]
    leader, member = (*stay, *stand_ins)[:2]
    note = ",".join(f"{old}>{new}" for old, new in zip(out, stand_ins, strict=False))
    return Seating(group.group, leader, member, note)
