"""The matching as it stands: the sealed list, and every change since replayed from its events."""

from collections.abc import Sequence
from typing import Any

from cases.models import Case
from evaluations.models import Draw, DrawEvent, DrawKind, PanelMember, Plan
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_proof import certificate_events
from evaluations.queries.relations import REASON_LABELS, case_relations
from evaluations.rules.certificates import run_draw
from evaluations.rules.conflicts import Recusals
from evaluations.rules.errors import RuleError
from evaluations.rules.events import replay_match
from evaluations.rules.freeze_match import Conflict, MatchFreeze
from evaluations.rules.matching import MatchResult
from evaluations.rules.rematching import MatchState, listed_case


def match_state(match: Draw) -> tuple[MatchFreeze, MatchState]:
    """The sealed list and the state after all events. Raises `RuleError` when they disagree."""
    outcome = run_draw(match.freeze_text, seed=match.seed)
    frozen, result = outcome.frozen, outcome.result
    if not isinstance(frozen, MatchFreeze) or not isinstance(result, MatchResult):
        raise RuleError("匹配记录不完整。请先复算匹配证明。")
    events = certificate_events(match)
    return frozen, replay_match(frozen, result, seed=match.seed, events=events)


def panels_changed(plan: Plan, frozen: MatchFreeze) -> dict[str, list[str]]:
    """Panels that withdrawals changed since the list was sealed: code → leader, member."""
    draw = live_draw(plan, DrawKind.EXPERTS)
    now: dict[str, list[str]] = {}
    seats = PanelMember.objects.standing().filter(draw=draw).order_by("-leads", "pk")
    for code, person in seats.values_list("panel__code", "expert__person__code"):
        now.setdefault(code, []).append(person)
    then = {row.group: [row.leader, row.member] for row in frozen.groups}
    return {code: pair for code, pair in now.items() if pair != then[code]}


def left_since(plan: Plan, frozen: MatchFreeze) -> list[str]:
    """Listed alternates who left after they had taken a seat: they take no case any more."""
    draw = live_draw(plan, DrawKind.EXPERTS)
    gone = DrawEvent.objects.filter(draw=draw, kind=DrawEvent.Kind.WITHDRAWN)
    left = set(gone.values_list("item", flat=True))
    return sorted(row.person for row in frozen.alternates if row.person in left)


def later_conflicts(
    plan: Plan, frozen: MatchFreeze, state: MatchState, *, case: Case
) -> list[Conflict]:
    """Who of the list may not be given a case, as is known since the list was sealed.

    Relations recorded since, and alternates who left.
    """
    known = Recusals(frozen, extra=state.declared).recused(listed_case(frozen, case.number))
    listed = {row.person for row in frozen.people} - known
    reasons = dict.fromkeys(left_since(plan, frozen), "已退出")
    reasons |= {
        expert.person.code: REASON_LABELS[reason]
        for expert, reason in case_relations(plan, case).items()
    }
    return sorted(
        Conflict(person, "case", case.number, reason)
        for person, reason in reasons.items()
        if person in listed
    )


def facts_of(
    also: list[Conflict], panels: dict[str, list[str]], sat: Sequence[str] = ()
) -> dict[str, Any]:
    """What an event records beside the draw; nothing where nothing changed."""
    facts: dict[str, Any] = {}
    if also:
        facts["also"] = [[one.person, one.reason] for one in also]
    if panels:
        facts["panels"] = panels
    if sat:
        facts["sat"] = list(sat)
    return facts
