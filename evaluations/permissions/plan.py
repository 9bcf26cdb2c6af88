"""Who runs the plan."""

from evaluations.models import Plan
from wanzhou_eval.models import Role, User


def may_run_plan(user: User | None, plan: Plan | None = None) -> bool:
    """科室 runs the year; None is the operator's command line."""
    return user is None or user.role == Role.BUREAU


def may_read_year(user: User) -> bool:
    """Staff pages of a year: 科室, 中心, 局领导, 审计."""
    return user.role in {Role.BUREAU, Role.CLERK, Role.LEADER, Role.AUDITOR}


def may_move_clock(user: User | None, plan: Plan) -> bool:
    """The clock of a rehearsal year is moved by 科室; a real year's never."""
    return plan.rehearsal and may_run_plan(user, plan)
