"""提醒: staff remind an expert of the sheets that are not sealed; he reads it in 我的任务."""

from django.db import transaction

from evaluations.actions.draws_locks import now_of
from evaluations.actions.plan import lock_plan
from evaluations.models import DrawnCase, Nudge, Plan, ScoreSheet, SheetRound
from evaluations.permissions.marking import may_nudge
from evaluations.rules.stages import Stage
from experts.models import Expert
from wanzhou_eval.audit import record_event
from wanzhou_eval.errors import RefusedError
from wanzhou_eval.models import User


@transaction.atomic
def nudge_expert(plan: Plan, *, expert: int, by: User) -> Nudge:
    """Remind one expert, once a day. Raises `RefusedError` when there is nothing to remind of."""
    plan = lock_plan(plan, in_stages=(Stage.MARKING,))
    if not may_nudge(by):
        raise RefusedError("提醒专家由科室和中心办理。", status=403)
    waiting = ScoreSheet.objects.standing().filter(
        expert=expert,
        round=SheetRound.FIRST,
        sealed=False,
        drawn_case__in=DrawnCase.objects.of(plan),
    )
    told = Expert.objects.select_related("person").filter(pk=expert).first()
    if told is None or not waiting.exists():
        raise RefusedError("这位专家没有未交的评分表，不用提醒。请刷新页面查看现在的进度。")
    if Nudge.objects.filter(plan=plan, expert=told, day=plan.today).exists():
        raise RefusedError(f"今天已经提醒过{told}，明天可以再提醒。")
    nudge = Nudge.objects.create(plan=plan, expert=told, day=plan.today, at=now_of(plan), by=by)
    record_event("nudge_expert", by=by, year=plan.year, target=told.person.code)
    return nudge
