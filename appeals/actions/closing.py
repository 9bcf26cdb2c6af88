"""归档: the year closes when no clock runs and nothing is open."""

from django.db import transaction

from appeals.permissions import may_handle_consequences
from appeals.queries.closing import closing_blockers
from evaluations.actions.plan import lock_plan, move_plan
from evaluations.models import Plan
from evaluations.rules.stages import Stage
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


def close_year(plan: Plan, *, by: User | None) -> Plan:
    """归档. Refused while a period runs or anything is open: the refusal names each."""
    with transaction.atomic():
        plan = lock_plan(plan, in_stages=(Stage.PUBLISHED,))
        if not may_handle_consequences(by):
            raise RefusedError("归档由科室办理，请换用科室账号。", status=403)
        assert plan.now is not None
        blockers = closing_blockers(plan, now=plan.now)
        if blockers:
            raise RefusedError("还不能归档：" + "；".join(blockers) + "。")
        move_plan(plan, Stage.CLOSED, by=by)
        record_event("close_year", by=by, year=plan.year, target=str(plan))
    return plan
