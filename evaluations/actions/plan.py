"""拟定、印发 and the moves of a plan; also the lock that every act of the year takes first."""

from datetime import datetime

from evaluations.models import Plan, StageEntry
from evaluations.rules.stages import MOVES, Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.clock import database_now
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def lock_plan(plan: Plan, *, in_stages: tuple[Stage, ...] = ()) -> Plan:
    """Lock the plan's row, read the clock after it, and check the stage.

    The first thing an action does inside its transaction; lock order is plan, then frame, then
    drawn case, then child rows. Raises `RefusedError` (409) when the plan is in another stage.
    """
    locked = Plan.objects.select_for_update(of=("self",)).select_related("frame").get(pk=plan.pk)
    locked.now = database_now() + locked.clock_offset
    if in_stages and Stage(locked.stage) not in in_stages:
        wanted = "、".join(stage.label for stage in in_stages)
        raise RefusedError(
            f"{locked.year}年度现在是“{locked.get_stage_display()}”阶段，"
            f"这一步只能在“{wanted}”阶段办理。请回年度总览看下一步。"
        )
    return locked


def move_plan(plan: Plan, to: Stage, *, by: User | None) -> None:
    """Enter a stage on a locked plan, record the dated fact and the audit line.

    Raises `RefusedError` when the move is not in `rules.stages.MOVES`.
    """
    assert isinstance(plan.now, datetime), "lock the plan first"
    if to not in MOVES[Stage(plan.stage)]:
        raise RefusedError(
            f"{plan.year}年度不能从“{plan.get_stage_display()}”直接进入“{to.label}”。"
            "请按年度总览的流程逐步办理。"
        )
    before, plan.stage = plan.stage, to.value
    plan.save(update_fields=["stage"])
    StageEntry.objects.create(plan=plan, stage=to.value, at=plan.now, by=by)
    record_event(
        "move_plan", by=by, year=plan.year, target=str(plan), detail={"from": before, "to": to.value}
    )
