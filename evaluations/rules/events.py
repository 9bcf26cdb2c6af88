"""Replacements after a draw (2.4, 2.5, 2.6) re-derived one after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import Freeze
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_match import Conflict, MatchFreeze
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.matching import Assigned, MatchResult
from evaluations.rules.panels import ExpertsResult, Group, replace_expert
from evaluations.rules.rematching import MatchState, recuse_late, replace_case, with_panels
from evaluations.rules.results import Result
from evaluations.rules.sampling import SampleResult, next_reserve

Event = Mapping[str, Any]
REVIEW_CODE = re.compile(r"-R[0-9]+$")
"""How the code of a draw of reviewers ends; the code is part of the sealed list."""


def differ(number: int, *, recorded: object, derived: str) -> RuleError:
    """Return the refusal of an event whose replacement is not the one the draw decides."""
    return RuleError(f"第{number}次递补：证书写“{recorded}”，按签序应为“{derived}”。请以签序为准。")


def named(event: Event, key: str, number: int) -> str:
    """Return a text field of an event."""
    value = event.get(key)
    if not isinstance(value, str) or not value:
        raise RuleError(f"第{number}次递补没有写明“{key}”。请补全后重新导出证书。")
    return value


def replay_sample(result: SampleResult, events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return (missing, new) of every event; each `new` must be the next reserve."""
    pairs: list[tuple[str, str]] = []
    for number, event in enumerate(events, 1):
        missing, new = named(event, "missing", number), named(event, "new", number)
        derived = next_reserve(result, missing=missing, used={new for _, new in pairs}).case_no
        if new != derived:
            raise differ(number, recorded=new, derived=derived)
        pairs.append((missing, new))
    return pairs


def replay_experts(
    frozen: ExpertsFreeze, result: ExpertsResult, events: Sequence[Event]
) -> tuple[Group, ...]:
    """Return the groups after all withdrawals; each `new` must be the alternate in turn.

    `also` of an event are alternates who can not take the seat, each with the reason: a review
    of one case passes over those who are recused from it. A draw for the year passes over nobody.
    """
    groups, gone = result.groups, set[str]()
    review = bool(REVIEW_CODE.search(frozen.head.draw))
    for number, event in enumerate(events, 1):
        withdrawn, new = named(event, "withdrawn", number), named(event, "new", number)
        also = also_out(event, number)
        if also and not review:
            raise RuleError(
                f"第{number}次递补另列了跳过的候补，只有复评组抽选可以这样办。请以签序为准。"
            )
        gone |= {person for person, _ in also}
        try:
            after = replace_expert(frozen, result, withdrawn=withdrawn, groups=groups, used=gone)
        except RuleError as error:
            raise RuleError(f"第{number}次递补：{error}") from None
        before = next(group for group in groups if group.code == after.code)
        derived = next(p for p in after[2:] if p not in before[2:])
        if new != derived:
            raise differ(number, recorded=new, derived=derived)
        gone.add(withdrawn)
        groups = tuple(after if group.code == after.code else group for group in groups)
    return groups


def replay_match(
    frozen: MatchFreeze, result: MatchResult, *, seed: str, events: Sequence[Event]
) -> MatchState:
    """Return the matching after replaced cases (`missing`) and late recusals (`recused`)."""
    state = MatchState(result.assigned)
    for number, event in enumerate(events, 1):
        state = changed_by(frozen, state, event, seed=seed, number=number)
    return state


def changed_by(
    frozen: MatchFreeze, state: MatchState, event: Event, *, seed: str, number: int
) -> MatchState:
    """Return the state after one event; panel and both experts must be those of the rule."""
    new = named(event, "new", number)
    now = with_panels(frozen, pairs_in(event, "panels", number))
    if "recused" in event:
        case_no, person = named(event, "case", number), named(event, "recused", number)
        recusal = Conflict(person, "case", case_no, named(event, "reason", number))
        also = also_recused(event, case_no, number)
        sat = pairs_in({"sat": {"": event["sat"]}}, "sat", number)[""] if "sat" in event else None
        state = recuse_late(now, state, seed=seed, recusal=recusal, also=also, sat=sat)
        recorded: object = new
    else:
        case_no, missing = new, named(event, "missing", number)
        also = also_recused(event, case_no, number)
        state = replace_case(now, state, seed=seed, missing=missing, new=new, also=also)
        recorded = event.get("group")
    check_seats(event, state.row(case_no), recorded=recorded, number=number)
    return state


def check_seats(event: Event, row: Assigned, *, recorded: object, number: int) -> None:
    """Check panel, and leader and member where the event names them, against the rule's row."""
    due = {"leader": row.leader, "member": row.member}
    pairs = [(recorded, row.group), *((event[key], due[key]) for key in due if key in event)]
    for written, derived in pairs:
        if written != derived:
            raise differ(number, recorded=written, derived=derived)


def pairs_in(event: Event, key: str, number: int) -> dict[str, tuple[str, str]]:
    """Return pairs of persons by name, as an event records them."""
    found = event.get(key, {})
    if not isinstance(found, dict) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in found.values()
    ):
        raise RuleError(f"第{number}次递补的“{key}”应写明两名专家的代码。请重新导出证书。")
    return {name: (pair[0], pair[1]) for name, pair in found.items()}


def also_recused(event: Event, case_no: str, number: int) -> list[Conflict]:
    """Return the relations to the case that were recorded after the list was sealed."""
    return [Conflict(person, "case", case_no, reason) for person, reason in also_out(event, number)]


def also_out(event: Event, number: int) -> list[tuple[str, str]]:
    """Return the further persons whom an event leaves out, each with the reason."""
    also = event.get("also", [])
    if not isinstance(also, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
        for pair in also
    ):
        raise RuleError(f"第{number}次递补的“also”应逐条写明专家代码和原因。请重新导出证书。")
    return [(person, reason) for person, reason in also]


def replay(frozen: Freeze, result: Result, *, seed: str, events: Sequence[Event]) -> object:
    """Re-derive every event of a certificate. Raises `RuleError` naming the first wrong one."""
    if isinstance(frozen, SampleFreeze) and isinstance(result, SampleResult):
        return replay_sample(result, events)
    if isinstance(frozen, ExpertsFreeze) and isinstance(result, ExpertsResult):
        return replay_experts(frozen, result, events)
    if isinstance(frozen, MatchFreeze) and isinstance(result, MatchResult):
        return replay_match(frozen, result, seed=seed, events=events)
    raise AssertionError("list and result are of different kinds")
