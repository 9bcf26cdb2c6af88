"""Replacements after a draw (2.4, 2.5, 2.6) re-derived one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluations.rules.errors import RuleError
from evaluations.rules.freeze import Freeze
from evaluations.rules.freeze_experts import ExpertsFreeze
from evaluations.rules.freeze_match import MatchFreeze
from evaluations.rules.freeze_sample import SampleFreeze
from evaluations.rules.matching import MatchResult
from evaluations.rules.panels import ExpertsResult, Group, replace_expert
from evaluations.rules.rematching import MatchState, recuse_late, replace_case
from evaluations.rules.results import Result
from evaluations.rules.sampling import SampleResult, next_reserve

Event = Mapping[str, Any]


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
    """Return the groups after all withdrawals; each `new` must be the alternate in turn."""
    groups, gone = result.groups, set[str]()
    for number, event in enumerate(events, 1):
        withdrawn, new = named(event, "withdrawn", number), named(event, "new", number)
        after = replace_expert(frozen, result, withdrawn=withdrawn, groups=groups, used=gone)
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
        new = named(event, "new", number)
        if "recused" in event:
            case_no, person = named(event, "case", number), named(event, "recused", number)
            reason = named(event, "reason", number)
            state = recuse_late(
                frozen, state, seed=seed, case_no=case_no, person=person, reason=reason
            )
            recorded: object = new
        else:
            case_no, missing = new, named(event, "missing", number)
            state = replace_case(frozen, state, seed=seed, missing=missing, new=new)
            recorded = event.get("group")
        derived = state.row(case_no).group
        if recorded != derived:
            raise differ(number, recorded=recorded, derived=derived)
    return state


def replay(frozen: Freeze, result: Result, *, seed: str, events: Sequence[Event]) -> object:
    """Re-derive every event of a certificate. Raises `RuleError` naming the first wrong one."""
    if isinstance(frozen, SampleFreeze) and isinstance(result, SampleResult):
        return replay_sample(result, events)
    if isinstance(frozen, ExpertsFreeze) and isinstance(result, ExpertsResult):
        return replay_experts(frozen, result, events)
    if isinstance(frozen, MatchFreeze) and isinstance(result, MatchResult):
        return replay_match(frozen, result, seed=seed, events=events)
    raise AssertionError("list and result are of different kinds")
