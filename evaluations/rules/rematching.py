"""Changes after the matching (2.6): a replaced case, a late recusal; everything else stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from evaluations.rules.conflicts import Recusals
from evaluations.rules.errors import RuleError
from evaluations.rules.freeze_match import Conflict, GroupRow, MatchCase, MatchFreeze
from evaluations.rules.matching import Assigned
from evaluations.rules.tickets import Purpose, Urn


class MatchState(NamedTuple):
    """Who evaluates what after some changes, and the recusals declared since."""

    assigned: tuple[Assigned, ...]
    declared: tuple[Conflict, ...] = ()

    def row(self, case_no: str) -> Assigned:
        """Return the row of a case. Raises `RuleError` when it is not matched."""
        for row in self.assigned:
            if row.case_no == case_no:
                return row
        raise RuleError(f"案件“{case_no}”不在匹配结果里。请核对案号。")

    def swapped(self, old: Assigned, new: Assigned) -> MatchState:
        """Return the state with one row in place of another."""
        rows = tuple(new if row is old else row for row in self.assigned)
        return MatchState(rows, self.declared)


def replace_case(
    frozen: MatchFreeze,
    state: MatchState,
    *,
    seed: str,
    missing: str,
    new: str,
    also: Iterable[Conflict] = (),
) -> MatchState:
    """Return the state after `new` took the place of `missing`: its group if admissible.

    `also` are relations to the new case that were recorded after the list was sealed.
    """
    old = state.row(missing)
    if any(row.case_no == new for row in state.assigned):
        raise RuleError(f"案件“{new}”已经匹配过，不能再作递补。请核对案号。")
    case = listed_case(frozen, new)
    if case.category is not old.category:
        raise RuleError(f"案件“{new}”与“{missing}”类别不同，不能递补。请按签序取同层候补。")
    after = MatchState(state.assigned, (*state.declared, *also))
    return after.swapped(old, reseat(frozen, after, seed=seed, case=case, old=old))


def recuse_late(
    frozen: MatchFreeze,
    state: MatchState,
    *,
    seed: str,
    recusal: Conflict,
    also: Iterable[Conflict] = (),
    sat: tuple[str, str] | None = None,
) -> MatchState:
    """Return the state after an expert of the case's group declared a recusal of that case.

    `also` are relations of other experts to the same case that were recorded after the list was
    sealed: whoever has one must not be given the case either. `sat` is the pair of the case
    where a withdrawal had changed it.
    """
    case_no, person = recusal.value, recusal.person
    old = state.row(case_no)
    if person not in (sat or (old.leader, old.member)):
        raise RuleError(f"专家“{person}”不评估案件“{case_no}”，不需要更换。请核对。")
    after = MatchState(state.assigned, (*state.declared, recusal, *also))
    case = listed_case(frozen, case_no)
    return after.swapped(old, reseat(frozen, after, seed=seed, case=case, old=old))


def with_panels(frozen: MatchFreeze, panels: Mapping[str, Sequence[str]]) -> MatchFreeze:
    """Return the list with panels as withdrawals left them: code → leader, member (2.5).

    Whoever sits on a panel is no alternate any more.
    """
    groups = tuple(
        GroupRow(row.group, row.category, *panels.get(row.group, (row.leader, row.member)))
        for row in frozen.groups
    )
    seated = {person for row in groups for person in (row.leader, row.member)}
    alternates = tuple(row for row in frozen.alternates if row.person not in seated)
    return replace(frozen, groups=groups, alternates=alternates)


def listed_case(frozen: MatchFreeze, case_no: str) -> MatchCase:
    """Return the frozen row of a case. Raises `RuleError` when it was not frozen."""
    for case in frozen.cases:
        if case.case_no == case_no:
            return case
    raise RuleError(f"案件“{case_no}”不在匹配的封存名单里。请核对案号，或重新封存匹配名单。")


def reseat(
    frozen: MatchFreeze, state: MatchState, *, seed: str, case: MatchCase, old: Assigned
) -> Assigned:
    """Return the new row: the old group if admissible, else least loaded, ties by ticket."""
    seatings = Recusals(frozen, extra=state.declared).seatings(case)
    if not seatings:
        raise RuleError(
            f"案件“{case.case_no}”没有可以评估的小组和候补专家。请补充候补专家或取下一件候补案件。"
        )
    urn = Urn(frozen.head.hash, frozen.head.draw, seed)
    load = Counter(row.group for row in state.assigned if row is not old)
    best = min(
        seatings,
        key=lambda seating: (
            seating.group != old.group,
            load[seating.group],
            urn.ticket(Purpose.REPLACE, f"{case.case_no}|{seating.group}"),
        ),
    )
    return Assigned(old.category, old.rank, case.case_no, *best)


def changed_rows(before: MatchState, after: MatchState) -> Sequence[tuple[Assigned, Assigned]]:
    """Return the rows that differ, old and new beside each other."""
    pairs = zip(before.assigned, after.assigned, strict=True)
    return [(old, new) for old, new in pairs if old != new]
