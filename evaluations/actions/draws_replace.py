"""换件: a drawn case that cannot be evaluated gives way to the next ticket of its stratum."""

from datetime import datetime
from typing import Any

from evaluations.actions.draws_locks import now_of, rule_refusals
from evaluations.actions.marking import create_sheets
from evaluations.actions.rematching import seat
from evaluations.models import (
    Draw,
    DrawEvent,
    DrawKind,
    DrawnCase,
    Plan,
    ReplacementRequest,
    ScoreSheet,
)
from evaluations.queries.assignments import assigned_pairs
from evaluations.queries.draws_lists import live_draw
from evaluations.queries.draws_reserve import exhausted, reserve_of
from evaluations.queries.match_state import facts_of, later_conflicts, match_state, panels_changed
from evaluations.rules.matching import Assigned
from evaluations.rules.rematching import replace_case, with_panels
from evaluations.rules.sampling import Drawn
from evaluations.rules.stages import Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

KINDS = {DrawEvent.Kind.MISSING.value, DrawEvent.Kind.INELIGIBLE.value}


def exchange_case(plan: Plan, request: ReplacementRequest, by: User) -> DrawEvent:
    """Replace a drawn case by the next unused reserve of its stratum (draw.md §2.4).

    Called under the plan's lock when the second person confirms. After the matching the new case
    gets the old one's panel where nobody there is recused, else the least loaded; in the marking
    also its sheets. Raises `RefusedError` when a sheet is sealed or no reserve is left.
    """
    draw, now = request.draw, now_of(plan)
    rows = DrawnCase.objects.select_for_update(of=("self",)).select_related("case")
    old = rows.get(draw=draw, case__number=request.item)
    refuse_replacement(plan, draw, old, kind=request.kind, reason=request.reason)
    new = put_in_place(draw, old, reserve_for(draw, old), now=now)
    event = note_event(draw, request, new, now=now, by=by)
    match = live_draw(plan, DrawKind.MATCH)
    if match:
        row, facts = seat_late(plan, match, old, new)
        decided = note_event(match, request, new, now=now, by=by, facts=facts)
        seat(match, new, row, event=decided)
        if Stage(plan.stage) is Stage.MARKING:
            swap_sheets(plan, old, new)
    detail: dict[str, object] = {
        "old": old.case.number, "new": new.case.number, "reason": request.reason,
        "recorded_by": request.by.username,
    }  # fmt: skip
    record_event("replace_missing", by=by, year=plan.year, target=draw.code, detail=detail)
    return event


def refuse_replacement(plan: Plan, draw: Draw, old: DrawnCase, *, kind: str, reason: str) -> None:
    """Raise `RefusedError` when this case cannot be replaced now."""
    if kind not in KINDS or not reason.strip():
        raise RefusedError("请选择换件的原因类别，并写明具体原因。", status=422)
    if old.replaced_at:
        raise RefusedError(f"卷宗{old.case.label}已经换件，不能再换。请在抽选记录看递补的案件。")
    if draw.voided_at or not draw.signed_at:
        raise RefusedError(f"{draw.code}还没有签名锁定，不能换件。请先在操作台办完。")
    match = live_draw(plan, DrawKind.MATCH)
    if match and not match.drawn_at:
        raise RefusedError(
            f"匹配名单{match.code}已经封存，里面有这件案件。请先完成匹配再换件，或先作废{match.code}。"
        )
    sheets = ScoreSheet.objects.standing().filter(drawn_case=old)
    if sheets.filter(sealed=True).exists() and sheets.count() > 1:
        raise RefusedError(f"卷宗{old.case.label}已有专家封存评分，不能再换件。")


def reserve_for(draw: Draw, old: DrawnCase) -> Drawn:
    """The next ticket of the stratum, from list and seed; nobody chooses."""
    with rule_refusals():
        reserve = reserve_of(draw, old)
    if reserve is None:
        raise RefusedError(exhausted(old))
    return reserve


def put_in_place(draw: Draw, old: DrawnCase, reserve: Drawn, *, now: datetime) -> DrawnCase:
    """Mark the old row and write the new one in its place."""
    old.replaced_at = now
    old.save(update_fields=["replaced_at"])
    return DrawnCase.objects.create(
        draw=draw,
        case=draw.plan.frame.cases.get(number=reserve.case_no),
        rank=old.rank,
        stratum=reserve.stratum,
        ticket=reserve.ticket,
        replaces=old,
    )


def note_event(
    draw: Draw,
    request: ReplacementRequest,
    new: DrawnCase,
    *,
    now: datetime,
    by: User,
    facts: dict[str, Any] | None = None,
) -> DrawEvent:
    """The dated fact beside the draw, with the two people who stand for it."""
    return DrawEvent.objects.create(
        draw=draw,
        kind=request.kind,
        item=request.item,
        replacement=new.case.number,
        facts=facts or {},
        reason=request.reason,
        at=now,
        by=request.by,
        confirmed_by=by,
    )


def seat_late(
    plan: Plan, match: Draw, old: DrawnCase, new: DrawnCase
) -> tuple[Assigned, dict[str, Any]]:
    """The panel of the new case by the rule for late replacements, and what it was decided by."""
    with rule_refusals():
        frozen, state = match_state(match)
        also = later_conflicts(plan, frozen, state, case=new.case)
        panels = panels_changed(plan, frozen)
        state = replace_case(
            with_panels(frozen, panels),
            state,
            seed=match.seed,
            missing=old.case.number,
            new=new.case.number,
            also=also,
        )
    return state.row(new.case.number), facts_of(also, panels)


def swap_sheets(plan: Plan, old: DrawnCase, new: DrawnCase) -> None:
    """Take back the open sheets of the old case and open two for the new one."""
    sheets = ScoreSheet.objects.select_for_update().filter(
        drawn_case=old, withdrawn_at__isnull=True
    )
    for sheet in sheets:
        sheet.withdrawn_at, sheet.withdrawn_reason = now_of(plan), "本案已换件，不再评估"
        sheet.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    pairs = [pair for pair in assigned_pairs(plan) if pair.drawn_case.pk == new.pk]
    if plan.standard:
        create_sheets(plan.standard, pairs)
