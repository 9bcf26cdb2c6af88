"""随机匹配 (article 1) by LAQD/1 2.6: limits, extras by lot, cases in ticket order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluations.rules.conflicts import Recusals, Seating
from evaluations.rules.errors import RuleError
from evaluations.rules.flows import Placing
from evaluations.rules.freeze_experts import Category
from evaluations.rules.freeze_match import MatchCase, MatchFreeze
from evaluations.rules.panels import LABELS
from evaluations.rules.seeds import check_seed
from evaluations.rules.tickets import Purpose, Urn


class Limits(NamedTuple):
    """How many cases a group of a category gets; `relaxed` if ±1 is impossible."""

    category: Category
    cases: int
    groups: int
    low: int
    up: int
    relaxed: bool


class Assigned(NamedTuple):
    """A case with its group; `note` names stand-ins as `old>new`, `-` for none."""

    category: Category
    rank: int
    case_no: str
    group: str
    leader: str
    member: str
    note: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The outcome of a draw of kind `match`."""

    limits: tuple[Limits, ...]
    load: tuple[tuple[str, int], ...]
    assigned: tuple[Assigned, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """The cases and groups of one category, with a placing that proves feasibility."""

    category: Category
    cases: tuple[MatchCase, ...]
    groups: tuple[str, ...]
    seatings: tuple[dict[str, Seating], ...]
    placing: Placing
    limits: Limits


def find_limits(category: Category, placing: Placing, *, cases: int, groups: int) -> Limits:
    """Place all cases and return the limits: smallest maximum, then largest minimum.

    Everybody is placed somewhere when each case has an admissible group.
    """
    up, waiting = -(-cases // groups), list(range(cases))
    while waiting:
        placing.up = [up] * groups
        waiting = [case for case in waiting if not placing.add(case)]
        up += bool(waiting)
    placing.up = [up] * groups
    low = 0
    while low < cases // groups:
        placing.low = [min(low + 1, load) for load in placing.load]
        if not all(raise_group(placing, group, low + 1) for group in range(groups)):
            break
        low += 1
    placing.low = [low] * groups
    relaxed = (low, up) != (cases // groups, -(-cases // groups))
    return Limits(category, cases, groups, low, up, relaxed)


def raise_group(placing: Placing, group: int, least: int) -> bool:
    """Bring one group to the minimum and keep it there."""
    done = placing.raise_to(group, least)
    placing.low[group] = min(least, placing.load[group])
    return done


def prepare(frozen: MatchFreeze) -> tuple[Bench, ...]:
    """Return one bench per category with cases, in byte order.

    This is the proof, before the seed, that a full matching exists. Raises `RuleError` naming
    every case that no group and no alternate may take, with its experts.
    """
    recusals = Recusals(frozen)
    cases = [case for case in frozen.cases if case.role == "S"]
    check_seatable(frozen, recusals, cases)
    benches = []
    for category in sorted({case.category for case in cases}):
        mine = tuple(case for case in cases if case.category is category)
        groups = tuple(group.group for group in recusals.groups[category])
        index = {group: i for i, group in enumerate(groups)}
        seatings = tuple({s.group: s for s in recusals.seatings(case)} for case in mine)
        allowed = [sum(1 << index[group] for group in row) for row in seatings]
        placing = Placing(allowed, groups=len(groups))
        limits = find_limits(category, placing, cases=len(mine), groups=len(groups))
        benches.append(Bench(category, mine, groups, seatings, placing, limits))
    return tuple(benches)


def check_seatable(frozen: MatchFreeze, recusals: Recusals, cases: Sequence[MatchCase]) -> None:
    """Refuse when a case has no admissible group, naming cases, experts and the remedy."""
    blocked = [case for case in cases if not recusals.seatings(case)]
    if not blocked:
        return
    named = "；".join(describe(recusals, case) for case in blocked[:10])
    more = f"等{len(blocked)}件" if len(blocked) > 10 else ""
    labels = "、".join(dict.fromkeys(LABELS[case.category] for case in blocked))
    raise RuleError(
        f"无法匹配，有案件没有任何小组或候补专家可以评估：{named}{more}。"
        f"请为{labels}类补充没有回避关系的候补专家，或用候补案件替换后重新封存。"
    )


def describe(recusals: Recusals, case: MatchCase) -> str:
    """Name a blocked case and the experts of its category who are recused."""
    groups = recusals.groups[case.category]
    people = [p for g in groups for p in (g.leader, g.member)]
    people += recusals.alternates[case.category]
    recused = recusals.recused(case)
    if not groups:
        return f"“{case.case_no}”（没有{LABELS[case.category]}小组）"
    return f"“{case.case_no}”（应回避：{'、'.join(p for p in people if p in recused)}）"


def draw_extras(bench: Bench, *, urn: Urn) -> None:
    """Decide by lot which groups get one case more, as far as feasible."""
    placing, limits = bench.placing, bench.limits
    if limits.up - limits.low != 1:
        return
    index = {group: i for i, group in enumerate(bench.groups)}
    for name in urn.ordered(Purpose.MATCH_EXTRA, bench.groups):
        group = index[name]
        if placing.raise_to(group, limits.up):
            placing.low[group] = limits.up
        else:
            placing.up[group] = limits.low


def assign(bench: Bench, *, urn: Urn) -> list[Assigned]:
    """Place the cases of a category in ticket order, each by its own order of groups."""
    draw_extras(bench, urn=urn)
    index = {case.case_no: i for i, case in enumerate(bench.cases)}
    places = {group: i for i, group in enumerate(bench.groups)}
    assigned = []
    for rank, case_no in enumerate(urn.ordered(Purpose.MATCH_CASE, index), 1):
        case = index[case_no]
        row = bench.seatings[case]
        order = urn.ordered(Purpose.MATCH_EDGE, row, prefix=f"{case_no}|")
        group = bench.groups[bench.placing.settle(case, [places[name] for name in order])]
        seating = row[group]
        assigned.append(
            Assigned(
                bench.category,
                rank,
                case_no,
                group,
                seating.leader,
                seating.member,
                seating.note,
            )
        )
    return assigned


def draw_match(frozen: MatchFreeze, *, seed: str) -> MatchResult:
    """Match cases and groups. Pure; raises `RuleError` for a bad seed or a blocked case."""
    check_seed(seed, head=frozen.head)
    urn = Urn(frozen.head.hash, frozen.head.draw, seed)
    benches = prepare(frozen)
    assigned = [row for bench in benches for row in assign(bench, urn=urn)]
    load = dict.fromkeys((group.group for group in frozen.groups), 0)
    for row in assigned:
        load[row.group] += 1
    return MatchResult(
        tuple(bench.limits for bench in benches), tuple(load.items()), tuple(assigned)
    )
