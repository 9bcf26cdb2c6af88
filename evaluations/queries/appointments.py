"""聘任: the seat of an expert as staff and the expert himself see it."""

from dataclasses import dataclass

from evaluations.models import (
    DrawKind,
    DrawnCase,
    PanelMember,
    Plan,
    ReplacementRequest,
    ScoreSheet,
)
from evaluations.queries.draws_calls import call_count
from evaluations.queries.draws_lists import live_draw
from experts.models import Expert
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User

NO_SEAT = "没有找到这位专家的席位：不在本年度的评估小组里，或已经退出。请从分组匹配页选择。"
NOT_MINE = "没有你本年度的聘任：不在评估小组里，或已经退出。有疑问请联系公共法律服务科。"
MAY_LEAVE = (Plan.Stage.EMPANELLED, Plan.Stage.MATCHED, Plan.Stage.MARKING)


@dataclass(frozen=True)
class Seat:
    """An expert's place on a panel; `waiting` says that a withdrawal waits for confirmation.

    `unsettled` counts the expert's sealed sheets of cases without a grade: those deliberations
    stay with the expert even after the withdrawal.
    """

    plan: Plan
    expert: Expert
    name: str
    firm: str
    panel: str
    role: str
    waiting: bool
    may_leave: bool
    unsettled: int


def _seats(plan: Plan, **who: object) -> list[PanelMember]:
    """Standing seats of the locked draw of experts: nobody learns of a seat before the room."""
    draw = live_draw(plan, DrawKind.EXPERTS)
    if draw is None or not draw.drawn_at or draw.announced < call_count(draw):
        return []
    rows = PanelMember.objects.standing().filter(draw=draw, **who)
    return list(rows.select_related("panel", "expert__person__firm"))


def _seat(plan: Plan, member: PanelMember) -> Seat:
    person = member.expert.person
    waiting = ReplacementRequest.objects.filter(draw=member.draw_id, item=person.code, outcome="")
    is_waiting = waiting.exists()
    return Seat(
        plan=plan,
        expert=member.expert,
        name=person.name,
        firm=person.firm.name,
        panel=str(member.panel),
        role="组长" if member.leads else "组员",
        waiting=is_waiting,
        may_leave=plan.stage in MAY_LEAVE and not is_waiting,
        unsettled=ScoreSheet.objects.standing()
        .filter(
            expert=member.expert_id,
            drawn_case__in=DrawnCase.objects.of(plan),
            sealed=True,
            drawn_case__gradings__isnull=True,
        )
        .count(),
    )


def seat_of(plan: Plan, expert: int) -> Seat:
    """The seat of an expert by primary key. Raises `RefusedError` (404)."""
    found = _seats(plan, expert=expert)
    if not found:
        raise RefusedError(NO_SEAT, status=404)
    return _seat(plan, found[0])


def appointment_of(plan: Plan, user: User) -> Seat:
    """The reader's own seat of a year. Raises `RefusedError` (404)."""
    found = _seats(plan, expert__person=user.person_id) if user.person_id else []
    if not found:
        raise RefusedError(NOT_MINE, status=404)
    return _seat(plan, found[0])


def own_appointments(user: User) -> list[Seat]:
    """The reader's seats in years that are still going on, the latest first."""
    if not user.person_id:
        return []
    plans = Plan.objects.filter(stage__in=MAY_LEAVE)
    return [
        _seat(plan, member)
        for plan in plans
        for member in _seats(plan, expert__person=user.person_id)
    ]
