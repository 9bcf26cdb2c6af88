"""What every act on a draw does first: plan before draw, then who may, then what stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from evaluations.actions.plan import lock_plan
from evaluations.models import Draw, Plan
from evaluations.permissions.draws import may_run_draws, may_type_seed
from evaluations.rules.errors import RuleError
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@contextmanager
def rule_refusals() -> Iterator[None]:
    """Hand the sentence of a rule to the user (422)."""
    try:
        yield
    except RuleError as error:
        raise RefusedError(str(error), status=422) from None


def lock_draw(draw: Draw) -> tuple[Plan, Draw]:
    """Lock the plan, then the draw; both carry what the database says now."""
    plan = lock_plan(draw.plan)
    locked = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    locked.plan = plan
    return plan, locked


def now_of(plan: Plan) -> datetime:
    """The plan's moment, which exists only under the lock."""
    if plan.now is None:
        raise RuntimeError("lock the plan first")
    return plan.now


def refuse_unless_runs(by: User | None) -> None:
    """Raise `RefusedError` (403) unless 科室 asks."""
    if not may_run_draws(by):
        raise RefusedError("抽选由科室办理。请用科室账号登录，或联系公共法律服务科。", status=403)


def refuse_unless_types(by: User | None) -> None:
    """Raise `RefusedError` (403) unless the account may type the seed."""
    if not may_type_seed(by):
        raise RefusedError(
            "随机数由科室或中心的账号录入，两遍须是两个人。请换账号登录。", status=403
        )


def refuse_void(draw: Draw) -> None:
    """Raise `RefusedError` when the draw is void."""
    if draw.voided_at:
        raise RefusedError(f"{draw.code}已作废，不能再办。请在抽选页看新的一次。")


def refuse_backward_clock(plan: Plan, draw: Draw) -> None:
    """Raise `RefusedError` when the rehearsal clock stands before what is on record already."""
    facts = (draw.frozen_at, draw.sheet_a_at, draw.drawn_at)
    last = max(fact for fact in facts if fact)
    if now_of(plan) <= last:
        raise RefusedError(
            f"演练时钟早于{draw.code}已经记录的步骤，时间不能倒退。请先把演练时钟往后拨。"
        )
