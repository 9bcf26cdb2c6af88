"""换件、换人: one person records it, another confirms; only then does the draw decide who comes."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from evaluations.actions.draws_locks import now_of, refuse_unless_runs, refuse_void
from evaluations.actions.draws_replace import exchange_case, refuse_replacement, reserve_for
from evaluations.actions.draws_withdraw import exchange_expert, refuse_withdrawal
from evaluations.actions.plan import lock_plan
from evaluations.models import Draw, DrawEvent, DrawKind, DrawnCase, Plan, ReplacementRequest
from evaluations.permissions.replacements import may_confirm_replacement, may_take_back
from evaluations.queries.draws_lists import live_draw
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import Role, User

STAGES = (Stage.DRAWN, Stage.EMPANELLED, Stage.MATCHED, Stage.MARKING)
CAUSES = {"declined": "谢绝聘请", "left": "中途退出", "absent": "未到场"}
"""Why an expert's person is not there."""
Outcome = ReplacementRequest.Outcome


@dataclass(frozen=True)
class Said:
    """What is recorded of an item: kind of the event and the reason in words."""

    kind: str
    item: str
    reason: str


@transaction.atomic
def request_replacement(
    drawn_case: DrawnCase, *, kind: str, reason: str, by: User
) -> ReplacementRequest:
    """Record that a drawn case cannot be evaluated (`missing`, `ineligible`).

    Nothing is exchanged until another person confirms. Raises `RefusedError` where the case
    could not be exchanged now.
    """
    plan = lock_plan(drawn_case.draw.plan, in_stages=STAGES)
    refuse_unless_runs(by)
    draw = Draw.objects.select_for_update().get(pk=drawn_case.draw_id)
    old = DrawnCase.objects.select_related("case").get(pk=drawn_case.pk)
    refuse_replacement(plan, draw, old, kind=kind, reason=reason)
    reserve_for(draw, old)
    return record_request(plan, draw, Said(kind, old.case.number, reason.strip()), by=by)


@transaction.atomic
def request_withdrawal(
    plan: Plan, expert: Expert, *, cause: str, reason: str, by: User
) -> ReplacementRequest:
    """Record that an expert of a panel declines, leaves or did not appear (article 5).

    科室 records it for anybody, an expert (请辞) for himself.
    """
    locked = lock_plan(plan, in_stages=STAGES[1:])
    if by.role == Role.EXPERT and by.person_id == expert.person_id:
        cause = "declined" if Stage(locked.stage) is not Stage.MARKING else "left"
    else:
        refuse_unless_runs(by)
    if cause not in CAUSES or not reason.strip():
        raise RefusedError("请选择退出的情形，并写明具体原因。", status=422)
    draw = live_draw(locked, DrawKind.EXPERTS)
    if draw is None:
        raise RefusedError(f"{locked.year}年度还没有抽选专家。请先抽选专家。")
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    refuse_withdrawal(locked, draw, expert)
    said = f"{CAUSES[cause]}：{reason.strip()}"[:200]
    kind = DrawEvent.Kind.WITHDRAWN.value
    return record_request(locked, draw, Said(kind, expert.person.code, said), by=by)


def record_request(plan: Plan, draw: Draw, said: Said, *, by: User) -> ReplacementRequest:
    """Write the waiting request; one at a time for an item."""
    waiting = draw.requests.filter(item=said.item, outcome="").select_related("by").first()
    if waiting:
        raise RefusedError(
            f"这一项已由{waiting.by.name}登记，正等另一人确认。请在“换件换人”页办理。"
        )
    made = ReplacementRequest.objects.create(
        draw=draw, kind=said.kind, item=said.item, reason=said.reason, at=now_of(plan), by=by
    )
    detail: dict[str, object] = {"kind": said.kind, "item": said.item, "reason": said.reason}
    record_event("request_replacement", by=by, year=plan.year, target=draw.code, detail=detail)
    return made


def lock_request(request: ReplacementRequest) -> tuple[Plan, ReplacementRequest]:
    """Lock plan, draw and request, in this order; refuse what is decided or whose draw is void."""
    review = request.draw.kind == DrawKind.REVIEW
    plan = lock_plan(request.draw.plan, in_stages=(Stage.PUBLISHED,) if review else STAGES)
    draw = Draw.objects.select_for_update(of=("self",)).get(pk=request.draw_id)
    draw.plan = plan
    rows = ReplacementRequest.objects.select_for_update(of=("self",)).select_related("by")
    locked = rows.get(pk=request.pk)
    locked.draw = draw
    if locked.outcome:
        raise RefusedError(f"这一项{locked.get_outcome_display()}，不用再办。请刷新“换件换人”页。")
    refuse_void(draw)
    return plan, locked


EXCHANGES: dict[str, Callable[[Plan, ReplacementRequest, User], DrawEvent]] = {
    DrawEvent.Kind.MISSING: exchange_case,
    DrawEvent.Kind.INELIGIBLE: exchange_case,
    DrawEvent.Kind.WITHDRAWN: exchange_expert,
}


@transaction.atomic
def confirm_replacement(request: ReplacementRequest, *, by: User) -> DrawEvent:
    """Confirm another person's entry: the next ticket in order takes the place, now and for good.

    Raises `RefusedError` (403) for the one who recorded it.
    """
    plan, locked = lock_request(request)
    if not may_confirm_replacement(by, locked):
        raise RefusedError(
            "换件、换人须由另一人确认：登记的人不能自己确认，两人中须有一人是科室。", status=403
        )
    if locked.draw.kind == DrawKind.REVIEW:
        raise RefusedError("复评组换人请在该件异议申辩页确认。")
    event = EXCHANGES[locked.kind](plan, locked, by)
    decide_request(plan, locked, outcome=Outcome.CONFIRMED, by=by, event=event)
    return event


@transaction.atomic
def return_replacement(request: ReplacementRequest, *, reason: str, by: User) -> ReplacementRequest:
    """Send an entry back with the reason: nothing is exchanged."""
    plan, locked = lock_request(request)
    if not may_confirm_replacement(by, locked):
        raise RefusedError("退回须由登记人以外的人办理。登记人请用撤回。", status=403)
    if not reason.strip():
        raise RefusedError("请写明退回的理由。", status=422)
    locked.note = reason.strip()[:200]
    decide_request(plan, locked, outcome=Outcome.RETURNED, by=by)
    _trail("return_replacement", plan, locked, by=by)
    return locked


@transaction.atomic
def take_back_replacement(request: ReplacementRequest, *, by: User) -> ReplacementRequest:
    """Take back the own entry before it is decided."""
    plan, locked = lock_request(request)
    if not may_take_back(by, locked):
        raise RefusedError("只有登记的人在确认之前可以撤回。", status=403)
    decide_request(plan, locked, outcome=Outcome.TAKEN_BACK, by=by)
    _trail("take_back_replacement", plan, locked, by=by)
    return locked


def decide_request(
    plan: Plan,
    request: ReplacementRequest,
    *,
    outcome: str,
    by: User,
    event: DrawEvent | None = None,
) -> None:
    """Close a locked request with what became of it."""
    request.outcome, request.event = outcome, event
    request.decided_by, request.decided_at = by, now_of(plan)
    request.save(update_fields=["outcome", "event", "decided_by", "decided_at", "note"])


def _trail(action: str, plan: Plan, request: ReplacementRequest, *, by: User) -> None:
    detail: dict[str, object] = {"item": request.item, "note": request.note}
    record_event(action, by=by, year=plan.year, target=request.draw.code, detail=detail)


def replace_missing(
    drawn_case: DrawnCase, *, kind: str, reason: str, by: User, confirmed_by: User
) -> DrawnCase:
    """Both steps for a case, for commands and tests that act for two accounts."""
    with transaction.atomic():
        request = request_replacement(drawn_case, kind=kind, reason=reason, by=by)
        confirm_replacement(request, by=confirmed_by)
        return DrawnCase.objects.select_related("case").get(replaces=drawn_case)


def withdraw_expert(
    plan: Plan, expert: Expert, *, cause: str, reason: str, by: User, confirmed_by: User
) -> DrawEvent:
    """Both steps for an expert, for commands and tests that act for two accounts."""
    with transaction.atomic():
        request = request_withdrawal(plan, expert, cause=cause, reason=reason, by=by)
        return confirm_replacement(request, by=confirmed_by)
